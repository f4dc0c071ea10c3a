// @module-tag heavy
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Cell, Notebook } from '../../src/nbformat/notebook.js';
import type { GivenParameters } from '../../src/notebook/parameters/given-parameters.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import type { CellDraft } from './notebooks.js';
import { TestProject } from './project.js';

vi.setConfig({ testTimeout: 600_000 });

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const parameters = (code: string) => ({ code, tags: ['parameters'] });
const flag = parameters('const flag: boolean = true;');
const metadata = (...choices: string[]) => ({ daybook: { choices } });

/** Cells that may run again, though it takes a look: one notebook. */
const together: CellDraft[] = [
  flag,
  `import { table } from 'daybook/display';
   const rows = [{ name: 'a', size: 1 }, { name: 'b', size: 2 }];
   const label = (size: number) => \`\${size} of \${rows.length}\`;
   const list = [1];`,
  'table(rows); console.log(label(2));',
  'const kept = rows.filter(({ size }) => flag || size > 1); console.log(kept.map(({ size }) => label(size)));',
  'table(kept)',
  'kept.length',
  // What a cell changes is made anew for each choice.
  'const changing = [1];',
  'if (flag) changing.push(2);',
  'console.log(changing);',
  // Nothing is left of another choice.
  `if (flag) { var seen = 'yes'; }`,
  'console.log(typeof seen);',
  `Promise.resolve().then(() => console.log('late'));`,
  // A cell names itself as it did.
  'console.log(flag, new Error().stack?.split("\\n")[1]);',
  'console.log(new Set([1]), Math.max(...rows.map(({ size }) => size)));',
];

/** Notebooks whose choices may not share a kernel, and what is found when they run. */
const found: Record<string, [cells: CellDraft[], reason: string]> = {
  function: [
    [
      flag,
      'const rows = [1];',
      'const grow = (list: number[]) => list.push(flag ? 2 : 3); grow(rows);',
      'console.log(rows);',
    ],
    'rows was changed after its first choice',
  ],
  alias: [
    [
      flag,
      'const box = { seen: new Map<boolean, number>(), at: new Date(0) };',
      'const { seen } = box; seen.set(flag, 1); console.log(seen);',
    ],
    'box was changed after its first choice',
  ],
  one: [
    [
      flag,
      'const rows = [3, 1, 2];',
      'const first = (list: number[]) => (flag ? list[0] : list.sort()[0]); console.log(first(rows));',
      'console.log(rows);',
    ],
    'rows was changed after false was chosen',
  ],
  closure: [
    [
      flag,
      'const next = (() => { let n = 0; return () => (n += 1); })();',
      'console.log(flag, next());',
    ],
    'next holds a function, whose variables nobody can see before cell 3',
  ],
  counter: [
    [
      flag,
      'class Tally { static n = 0; static up() { Tally.n += 1; return Tally.n; } }',
      'console.log(flag, Tally.up());',
    ],
    'Tally was changed after its first choice',
  ],
  hidden: [
    [
      flag,
      'class Tally { #n = 0; up() { this.#n += 1; return this.#n; } }\nconst tally = new Tally();',
      'console.log(flag, tally.up());',
    ],
    'tally holds an object of a class (Tally) before cell 3',
  ],
  prototype: [
    [
      flag,
      `const key = 'proto' + 'type';`,
      `const kind: any = Array; Object.assign(kind[key], { last: flag });`,
      `console.log((['x'] as any).last);`,
    ],
    'Array.prototype.last was changed after its first choice',
  ],
  environment: [
    [flag, 'console.log(flag);', `process.env['SEEN_BY_CELLS'] = 'yes';`, 'console.log(2);'],
    'process.env.SEEN_BY_CELLS was changed after its first choice',
  ],
  assigned: [
    [flag, 'let total = 1;', 'console.log(flag, total);', 'total += 1; console.log(total);'],
    'total got another value after its first choice',
  ],
  expression: [
    [flag, 'const word = /a/g;', `console.log(flag, word.test('aa'), word.lastIndex);`],
    'word was changed after its first choice',
  ],
  promise: [
    [flag, 'void new Promise(() => undefined).then(() => flag);', 'console.log(flag);'],
    'a promise of In[2] is still pending before cell 3',
  ],
  display: [
    [
      flag,
      `const hook = (globalThis as any)[Symbol.for('daybook.display')];
       hook.display({ 'text/plain': 'first' }, {}, 'one');`,
      `hook.update({ 'text/plain': String(flag) }, {}, 'one');`,
    ],
    'hook holds a function, whose variables nobody can see before cell 3',
  ],
};

test('choices that share a kernel come out as each on its own, and others run on their own', async () => {
  using project = new TestProject(database);
  const { one, ...others } = found;
  for (const [name, [cells]] of Object.entries(others)) {
    project.notebook(`notebooks/${name}.ipynb`, cells, metadata('flag'));
  }
  const compared = {
    one: one?.[0] ?? [],
    together,
    error: [flag, 'console.log(1);', `if (!flag) throw new Error('no');`, 'console.log(2);'],
    untyped: [parameters('const flag = true;'), 'console.log(1);', 'console.log(flag ? 1 : 2);'],
  };
  const paths = Object.entries(compared).map(([name, cells]) =>
    project.notebook(`notebooks/${name}.ipynb`, cells, metadata('flag')),
  );
  const { said, shared, apart } = await both(project, [{ flag: true }, { flag: false }], paths);
  const reasons = Object.entries(found).map(([name, [, reason]]) => [name, { reason }]);
  expect(said).toEqual({
    ...Object.fromEntries(reasons),
    together: { cells: [1, 4, 5, 6, 7, 8, 9, 10, 11, 13] },
    error: { cells: [1, 3] },
    untyped: {
      reason: 'its types depend on what is chosen: declare those of the parameters',
    },
  });
  expect(Object.keys(apart)).toHaveLength(8);
  for (const name of Object.keys(apart)) {
    expect([name, plain(shared[name])]).toEqual([name, plain(apart[name])]);
  }
  // Each that is refused runs as it does on its own.
  expect(Object.keys(shared)).toHaveLength(2 * (Object.keys(found).length + 3));
  const outputs = (name: string) => JSON.stringify(shared[`${name}.ipynb`]?.cells);
  expect(outputs('closure--false')).toContain('false 1');
  expect(outputs('counter--false')).toContain('false 1');
});

test('parameters that no cell combines add up', async () => {
  using project = new TestProject(database);
  const cells = [
    parameters(`const one: 'a' | 'b' = 'a';\nconst other: 1 | 2 | 3 = 1;`),
    'const word = `(${one})`;',
    'console.log(word);',
    'console.log(other);',
    'console.log(0);',
  ];
  const path = project.notebook('notebooks/sum.ipynb', cells, metadata('one', 'other'));
  const values = ['a', 'b'].flatMap((one) => [1, 2, 3].map((other) => ({ one, other })));
  const { shared, apart, said } = await both(project, values, [path]);
  expect(said).toEqual({ sum: { cells: [1, 2, 3, 4] } });
  expect(Object.keys(shared)).toHaveLength(6);
  for (const name of Object.keys(apart)) expect(plain(shared[name])).toEqual(plain(apart[name]));
  const ran = (cell: number) =>
    new Set(
      Object.values(shared).map((one) => JSON.stringify(one.cells[cell]?.metadata['execution'])),
    ).size;
  expect([1, 2, 3, 4].map(ran)).toEqual([2, 2, 3, 1]);
});

/** The notebooks of a project, run once with what may be chosen, and some for each of the values alone. */
async function both(
  project: TestProject,
  values: readonly Record<string, unknown>[],
  paths: readonly string[],
) {
  const said: Record<string, unknown> = {};
  const shared = join(project.root, 'shared');
  const apart = join(project.root, 'apart');
  await project.run({
    output: shared,
    onEvent: (event) => {
      if (event.type === 'choices-shared') said[basename(event.path, '.ipynb')] = event.outcome;
    },
  });
  const parameters = values.map((choice) =>
    Object.fromEntries(Object.entries(choice).map(([name, value]) => [name, { value }])),
  ) as readonly GivenParameters[];
  await project.run({ paths, output: apart, parameters, publish: false });
  return { said, shared: read(shared), apart: read(apart) };
}

function read(folder: string): Record<string, Notebook> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [
      name,
      JSON.parse(readFileSync(join(folder, name), 'utf8')) as Notebook,
    ]),
  );
}

/** A notebook without the times of its run. */
function plain(notebook: Notebook | undefined): unknown {
  return notebook?.cells.map((cell: Cell) => {
    return { ...cell, metadata: { ...cell.metadata, execution: null } };
  });
}
