import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkNotebooks } from '../../../src/notebook/type-check/check-notebooks.js';
import { repetition } from '../../../src/notebook/plan/repeated-cells.js';
import { root } from '../../database.js';
import { notebookOf } from '../notebooks.js';

const flag = 'const flag: boolean = true;';

/** Notebooks with a choice, and the cells that run again for it, or why none may. */
const cases: Record<string, [cells: string[], outcome: number[] | string]> = {
  'what nobody reads': [[flag, 'console.log(1);'], [1]],
  'through other cells': [
    [flag, 'const a = flag;', 'const b = 1;', 'function f() { return a; }', 'f();', 'b;'],
    [1, 2, 4, 5],
  ],
  'a value of the same cell': [
    [`${flag}\nconst word = flag ? 'a' : 'b';\nconst other = 1;`, 'word;', 'other;'],
    [1, 2],
  ],
  'the same import twice': [
    [
      `import { table } from 'daybook/display';\n${flag}`,
      `import { table } from 'daybook/display';`,
      'flag && table([]);',
    ],
    [1, 3],
  ],
  'a name of two cells': [
    [flag, 'const rows = [1];', 'console.log(flag, rows);', 'const rows = [2];'],
    'cells 2 and 4 both declare rows',
  ],
  'a timer in any cell': [
    [flag, 'const timer = setInterval(() => 1, 1);', 'console.log(flag);'],
    'cell 2 uses setInterval, which may go on after it',
  ],
  'a module that may keep something': [
    [
      flag,
      `import { appendFileSync } from 'node:fs';`,
      `appendFileSync('/dev/null', String(flag));`,
    ],
    'cell 3, which depends on what is chosen, uses appendFileSync of node:fs, which may keep what it was given',
  ],
  'the same in a function of another cell': [
    [
      flag,
      `import { appendFileSync } from 'node:fs';\nconst note = (text: string) => appendFileSync('/dev/null', text);`,
      'note(String(flag));',
    ],
    'cell 3, which depends on what is chosen, uses appendFileSync of node:fs, which may keep what it was given',
  ],
  'the environment': [
    [flag, `process.env['A'] = String(flag);`],
    'cell 2, which depends on what is chosen, uses process',
  ],
  'a function that reads it': [
    [flag, `const zone = () => process.env['TZ'];`, 'console.log(flag, zone());'],
    'cell 3, which depends on what is chosen, uses zone, which uses process',
  ],
  'all arrays': [
    [flag, `(Array.prototype as any).last = flag;`],
    'cell 2, which depends on what is chosen, uses .prototype',
  ],
  'a global': [
    [flag, `(Math as any).last = flag;`],
    'cell 2, which depends on what is chosen, uses Math',
  ],
  'a counter of the console': [
    [flag, `console.count(String(flag));`],
    'cell 2, which depends on what is chosen, uses console.count',
  ],
  'a module that is named when it runs': [
    [flag, `const { join } = await import('node:path'); join(String(flag));`],
    'cell 2, which depends on what is chosen, uses import()',
  ],
};

const names = Object.keys(cases);
const checked = checkNotebooks(
  names.map((name) => ({
    path: join(root, 'notebooks', 'test.ipynb'),
    notebook: notebookOf(cases[name]?.[0] ?? []),
  })),
);

test.each(names)('%s', (name) => {
  const { cells = [] } = checked[names.indexOf(name)] ?? {};
  const found = repetition(cells, 1, ['flag']);
  expect('reason' in found ? found.reason : found.cells.map(({ cell }) => cell)).toEqual(
    cases[name]?.[1],
  );
});
