import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultSeverities, lintRules } from '../../../src/config/declarations/lint-rules.js';
import type { Cell, Notebook } from '../../../src/nbformat/notebook.js';
import { fixNotebook } from '../../../src/notebook/lint/fix-notebook.js';
import { lintNotebook } from '../../../src/notebook/lint/lint-notebook.js';
import { notebookChecker } from '../../../src/notebook/type-check/check-notebooks.js';

/** In the project, so that `daybook/pipeline` and `daybook/display` are found. */
const path = join(import.meta.dirname, '../../../notebooks/lint.ipynb');
const check = notebookChecker();

function code(
  source: string,
  { tags = [], output }: { tags?: string[]; output?: string } = {},
): Cell {
  const outputs =
    output === undefined
      ? []
      : [
          {
            output_type: 'execute_result' as const,
            execution_count: 1,
            metadata: {},
            data: { 'text/plain': output },
          },
        ];
  return { id: 'a', cell_type: 'code', metadata: { tags }, execution_count: null, outputs, source };
}

function prose(source: string): Cell {
  return { id: 'a', cell_type: 'markdown', metadata: {}, source };
}

function notebookOf(cells: readonly Cell[]): Notebook {
  const kernelspec = { name: 'daybook', display_name: 'Daybook', language: 'typescript' };
  return { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells: [...cells] };
}

/** The findings of cells as `cell:line:column rule`. */
async function findings(
  cells: readonly (Cell | string)[],
  isPublished = true,
  severities = defaultSeverities,
): Promise<string[]> {
  const notebook = notebookOf(cells.map((cell) => (typeof cell === 'string' ? code(cell) : cell)));
  const found = await lintNotebook(notebook, check({ path, notebook }), {
    ...{ severities, isPublished },
  });
  return found.map(({ cell, line, column, rule }) => `${cell}:${line}:${column} ${rule}`);
}

const pipeline = "import { query } from 'daybook/pipeline';";
const display = "import { plot } from 'daybook/display';";

describe('names and order', () => {
  test.each<[string, readonly (Cell | string)[], readonly string[]]>([
    ['nothing', ['const a = 1;', 'a + 1'], []],
    ['declared later', ['b + 1', 'const b = 1; b'], ['1:1:1 later-name']],
    [
      'a type that is declared later',
      ['const r: Row = 1; r', 'type Row = number; 1 as Row'],
      ['1:1:10 later-name'],
    ],
    [
      'declared where nothing runs',
      [code('const c = 1', { tags: ['skip-execution'] }), 'c'],
      ['2:1:1 skipped-name'],
    ],
    ['declared nowhere is TypeScript’s', ['missing + 1'], []],
    ['declared twice', ['const a = 1; a', 'const a = 2; a'], ['2:1:7 shadowed-name']],
    ['in a block it is another one', ['const a = 1; a', '{ const a = 2; a }'], []],
    ['used by nothing', ['const a = 1;\nconst b = 2;', 'b'], ['1:1:7 unused-name']],
    ['used by itself alone is used', ['const a = 1; a'], []],
    ['exported, or meant so', ['export const a = 1;\nconst _b = 2;'], []],
    ['imports', ["import { join, resolve } from 'node:path';\njoin('a')"], ['1:1:16 unused-name']],
    ['changed by another cell', ['const a = [1];', 'a.push(2); a.push(3)'], ['2:1:1 changed-name']],
    ['changed by its own cell', ['const a = [1]; a.push(2)'], []],
  ])('%s', async (_what, cells, expected) => {
    expect(await findings(cells)).toEqual(expected);
  });
});

describe('results that differ at each run', () => {
  test.each([
    ['Math.random()', true],
    ['new Date()', true],
    ['Date.now()', true],
    ['new Date(2020, 1, 1)', false],
    ['Date.parse("2020-01-01")', false],
    ["import { randomUUID } from 'node:crypto';\nrandomUUID()", true],
  ])('%s', async (source, differs) => {
    expect((await findings([source])).length).toBe(differs ? 1 : 0);
  });

  test('in queries', async () => {
    const rows = `${pipeline}\nawait query(\`\n  select now(), random() as r, current_date as d\n\`)`;
    expect(await findings([rows])).toEqual([
      '1:3:10 unseeded',
      '1:3:17 unseeded',
      '1:3:32 unseeded',
    ]);
  });
});

test('all columns unasked', async () => {
  const ask = async (sql: string) => findings([`${pipeline}\nawait query('${sql}')`]);
  expect(await ask('select * from a.b')).toEqual(['1:2:21 select-star']);
  expect(await ask('select b.*, count(*) from a.b')).toEqual(['1:2:21 select-star']);
  expect(await ask('select 1 where exists (select * from a.b)')).toEqual([]);
  expect(await ask('select count(*) from a.b')).toEqual([]);
  // Whoever explores may ask for everything.
  const star = `${pipeline}\nawait query('select * from a.b')`;
  expect(await findings([star], false)).toEqual([]);
  expect(await ask('no sql at all')).toEqual([]);
});

test('a chart without words for what it shows', async () => {
  expect(await findings([`${display}\nplot({ title: 'a', data: [] })`])).toEqual([
    '1:2:1 missing-alt',
  ]);
  expect(await findings([`${display}\nplot({ title: 'a', alt: 'b', data: [] })`])).toEqual([]);
  const given = `${display}\nconst options = { title: 'a', alt: 'b', data: [] };\nplot({ ...options })`;
  expect(await findings([given])).toEqual([]);
  expect(await findings(['const plot = (_: object) => 1;\nplot({ title: 1 })'])).toEqual([]);
});

test('a sentence with a number that the notebook computes', async () => {
  const computed = code('1234.5', { output: '1,234.5 and 0.25 and 2024 and 42' });
  const sentences: [string, boolean][] = [
    ['There were 1234.5 of them', true],
    ['There were 1,234.5 of them', true],
    ['In 2024 there were 42', false],
    ['See `1234.5` and [a](1234.5)', false],
    ['There were 1,234.50 of them', false],
    ['Version 1234.5.1', false],
  ];
  for (const [text, isCopied] of sentences) {
    expect([text, await findings([prose(text), computed])]).toEqual([
      text,
      isCopied ? ['1:1:12 literal-number'] : [],
    ]);
  }
});

test('a rule is as severe as the project says', async () => {
  const notebook = notebookOf([code('const a = 1;')]);
  const found = async (severity: 'error' | 'off') =>
    lintNotebook(notebook, check({ path, notebook }), {
      severities: { ...defaultSeverities, 'unused-name': severity },
      isPublished: true,
    });
  expect((await found('error')).map(({ severity }) => severity)).toEqual(['error']);
  expect(await found('off')).toEqual([]);
  for (const { meaning } of Object.values(lintRules)) expect(meaning).toMatch(/^[A-Z].*\.$/);
});

test('unused imports go, and nothing else', async () => {
  const mend = async (source: string) => {
    const notebook = notebookOf([code(source)]);
    const found = await lintNotebook(notebook, check({ path, notebook }), {
      severities: defaultSeverities,
      isPublished: true,
    });
    const fixed = await fixNotebook(notebook, found);
    return fixed?.cells[0]?.source;
  };
  const rest = "\njoin('a');";
  expect(await mend(`import { resolve, join } from 'node:path';${rest}`)).toBe(
    `import { join } from 'node:path';${rest}`,
  );
  expect(await mend(`import { join, resolve } from 'node:path';${rest}`)).toBe(
    `import { join } from 'node:path';${rest}`,
  );
  expect(await mend(`import path, { join } from 'node:path';${rest}`)).toBe(
    `import { join } from 'node:path';${rest}`,
  );
  expect(await mend("import path, { join } from 'node:path';\npath.join('a');")).toBe(
    "import path from 'node:path';\npath.join('a');",
  );
  expect(await mend(`import {\n  basename,\n  join,\n  resolve,\n} from 'node:path';${rest}`)).toBe(
    `import {\n  join,\n} from 'node:path';${rest}`,
  );
  expect(await mend("// Read\nimport { join } from 'node:path';\nconst a = 1;\na")).toBe(
    '// Read\nconst a = 1;\na',
  );
  expect(await mend("import 'node:path';\n1")).toBeUndefined();
  expect(await mend('const a = 1;')).toBeUndefined();
});
