// @module-tag heavy
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { notebookChecker } from '../../src/notebook/type-check/check-notebooks.js';
import { formatProblem } from '../../src/notebook/document/type-problem.js';
import { root } from '../database.js';
import { runOnDaybook, sharedDaybook } from './kernel-runs.js';
import { markdown, notebookOf, outputsOf, streamText, type CellDraft } from './notebooks.js';

// Kernels start slowly on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

const runOnShared = sharedDaybook();

/** What it has read of libraries for one test, it need not read for the next. */
const check = notebookChecker();

/** What the type check of a whole notebook says: of notebooks without a kernelspec by our rules. */
function problems(
  cells: readonly CellDraft[],
  path = join(root, 'notebooks', 'x.ipynb'),
): string[] {
  return check({ path, notebook: notebookOf(cells) }).problems.map((problem) =>
    formatProblem('x', problem),
  );
}

describe('the type check', () => {
  test('names cell, line, column and number, and counts every kind of cell', () => {
    expect(
      problems([
        markdown('# Title'),
        'const rows = [{ plan: "Basic" }];',
        'rows.map((row) => row.plan);\nrows.map((row) => row.plam);',
      ]),
    ).toEqual([expect.stringMatching(/^x:3:2:23 TS2339 Property 'plam' does not exist/)]);
  });

  test('finds a wrong column of a query', () => {
    expect(
      problems([
        'import { query } from "daybook/pipeline";',
        'const rows = await query<{ month: string }>("select month from gold.monthly_churn");',
        'rows.map((row) => row.mouth)',
      ]),
    ).toEqual([expect.stringMatching(/^x:3:1:23 TS2551 Property 'mouth' does not exist/)]);
  });

  test('finds a wrong column and a wrong table by the types of the warehouse', () => {
    expect(
      problems([
        "import { table } from 'daybook/pipeline';\nconst churn = await table('gold.monthly_churn');",
        'churn.map((row) => row.month.slice(0, 7));\nchurn.map((row) => row.mounth);',
        "await table('gold.monthly_chrun');",
      ]),
    ).toEqual([
      expect.stringMatching(
        /^x:2:2:24 TS2551 Property 'mounth' does not exist.*Did you mean 'month'/,
      ),
      expect.stringMatching(/^x:3:1:13 TS2769 [^]*"gold\.monthly_chrun"/),
    ]);
  });

  test('lets a later cell declare a name anew; one with a problem still declares its names', () => {
    expect(
      problems([
        'const a = 1;',
        'const a = "text"; const wrong: number = a;',
        'a.toUpperCase(); wrong.toFixed();',
        'a.toFixed()',
      ]),
    ).toEqual([
      expect.stringContaining('x:2:1:25 TS2322'),
      expect.stringContaining('x:4:1:3 TS2551'),
    ]);
  });

  test('what a cell declares for all others does not reach those before it', () => {
    expect(problems(['later', 'declare global { var later: number }', 'later.toFixed()'])).toEqual([
      expect.stringMatching(/:1:1:1 TS2304/),
    ]);
  });

  test('does not ask cells to rule out what may be missing, where the project does not', () => {
    const cells = [
      'const rows: { rate: number | null }[] = []; function f(row) { return row }',
      'rows.at(-1).rate.toFixed(1); f(rows[0]); try { f(1) } catch (error) { error.message }',
    ];
    expect(problems(cells, join(tmpdir(), 'x.ipynb'))).toEqual([]);
    expect(problems(cells)).toEqual([
      expect.stringMatching(/^x:2:1:1 TS2532/),
      expect.stringMatching(/^x:2:1:1 TS2531/),
    ]);
  });
});

/** Cells that run after each other, and whether each passes, in the check and in the kernel. */
const cases: [source: string, passes: boolean][] = [
  ['import { readFileSync } from "node:fs"; const n = 1; let s: string | number = 2;', true],
  ['s = "text"; s = n; readFileSync', true],
  ['export const exported = 5', true],
  ['exported.toFixed()', true],
  ['n = 2', false],
  ['import { unknownThing } from "node:fs"', false],
  ['import "./no-such-file.js"', false],
  ['import { findRoot } from "../src/config/config.js"; typeof findRoot', true],
  ['import type { Stats } from "node:fs"; let stats: Stats | undefined; stats', true],
  ['import { fromMarkdown } from "mdast-util-from-markdown"; fromMarkdown("# a").type', true],
  ['import * as dfd from "danfojs-node"; typeof dfd.DataFrame', true],
  ['[1, 2].at(-1); structuredClone(1); 10n ** 2n; [2, 1].toSorted()', true],
  ['await Promise.resolve(1); for (const x of [1]) await x', true],
  ['for await (const x of [1]) console.log(x)', true],
  ['const { a, ...rest } = { a: 1, b: 2 }; rest.b', true],
  ['using resource = { [Symbol.dispose]() {} } as any', true],
  ['try { throw new Error("x") } catch (e) { e.message }', true],
  ['import.meta.url', true],
  ['namespace N { export const z = 1 }', true],
  ['N.z', true],
  ['let = ;', false],
  ['interface T { x: number } const t: T = { x: "1" }', false],
];

test('the check and the kernel say the same of the same code', async () => {
  const cells = cases.map(([source]) => source);
  const executed = await runOnDaybook(cells, { allowErrors: true });
  const outputs = outputsOf(executed.notebook);
  const found = problems(cells);
  for (const [index, [source, passes]] of cases.entries()) {
    const said = `${source}: ${JSON.stringify(outputs[index])}`;
    expect(executed.statuses[index], `kernel: ${said}`).toBe(passes ? 'passed' : 'failed');
    const inCheck = found.filter((problem) => problem.startsWith(`x:${index + 1}:`));
    expect(inCheck.length === 0, `check: ${source}: ${inCheck.join()}`).toBe(passes);
  }
});

test('a cell that throws ends the run, with its place and the error where the kernel put it', async () => {
  const executed = await runOnShared([
    'function first(rows) {\n  return rows[0].plan;\n}',
    'console.error("my own words");\n\nfirst(undefined);',
    'console.log("never")',
  ]);
  expect(executed.failure).toEqual({
    kind: 'error',
    cell: 2,
    cellId: 'cell-2',
    line: 3,
    column: 1,
    ename: 'TypeError',
    evalue: "Cannot read properties of undefined (reading '0')",
  });
  expect(executed.statuses).toEqual(['passed', 'failed', 'not-run']);
  expect(executed.outputs[1]?.map(({ output_type: type }) => type)).toEqual(['stream', 'error']);
});

test('a cell that does not type-check says number, line and column', async () => {
  const executed = await runOnShared(['1;\nconst n: number = "x";']);
  expect(executed.failure).toMatchObject({
    kind: 'type-error',
    line: 2,
    column: 7,
    ename: 'TS2322',
  });
});

test('what cells put out, as a real kernel sends it', async () => {
  const executed = await runOnDaybook(
    [
      'import { clearOutput, display } from "daybook/display";\nconst shown = display({ "text/plain": "first" });',
      markdown('shown.update()'),
      { cell_type: 'raw', id: 'raw', metadata: {}, source: 'no code at all' },
      '  \n',
      { code: 'throw new Error("not run")', tags: ['skip-execution'] },
      'shown.update({ "text/plain": "second" });',
      'console.log("old");\nclearOutput({ wait: true });\nconsole.log("new");',
      'console.log("gone");\nclearOutput();',
      'console.log("stays");\nclearOutput({ wait: true });',
      'process.stdout.write("10%\\r50%\\rdone\\nab\\bc\\n");\nconsole.error("to stderr");',
      'console.log("größe ☃ 👩\u200d👧 日本語 \\u0000");',
      'import { readFileSync } from "node:fs";\nconsole.log(JSON.stringify(readFileSync(0, "utf8")));',
      'console.log("x".repeat(5000));',
    ],
    { outputLimit: 2000 },
  );
  expect(executed.failure).toBeUndefined();
  const [shown = [], , , updated, cleared = [], gone, stays = [], lines = [], text = []] =
    executed.outputs;
  expect(shown).toMatchObject([{ output_type: 'display_data', data: { 'text/plain': 'second' } }]);
  expect(updated).toEqual([]);
  expect(streamText(cleared)).toBe('new\n');
  expect(gone).toEqual([]);
  expect(streamText(stays)).toBe('stays\n');
  expect(streamText(lines)).toBe('done\nac\n');
  expect(streamText(lines, 'stderr')).toBe('to stderr\n');
  expect(streamText(text)).toBe('größe ☃ 👩\u200d👧 日本語 \u0000\n');
  const [input = [], large = []] = executed.outputs.slice(-2);
  expect(streamText(input)).toBe('""\n');
  expect(JSON.stringify(large)).toMatch(/x{1000}.*characters/);
  expect(executed.statuses.filter((status) => status === 'skipped')).toHaveLength(2);
});

test('errors are allowed by name', async () => {
  const executed = await runOnShared(
    ['(undefined as any).x', 'console.log("went on")', 'throw new RangeError("not this one")', '1'],
    { allowErrors: ['TypeError'] },
  );
  expect(executed.statuses).toEqual(['failed', 'passed', 'failed', 'not-run']);
  expect(executed.failure).toMatchObject({ cell: 3, ename: 'RangeError' });
});

test('the value of a last expression is a result', async () => {
  const { outputs } = await runOnDaybook(['1 + 1']);
  expect(outputs[0]).toEqual([
    {
      output_type: 'execute_result',
      execution_count: 1,
      data: { 'text/plain': '2' },
      metadata: {},
    },
  ]);
});

describe('what no cell waits for', () => {
  test('fails the cell that it comes from, also when another runs', async () => {
    const executed = await runOnDaybook([
      'const timer = setTimeout(() => { throw new RangeError("in timer") }, 50);',
      'await new Promise((resolve) => setTimeout(resolve, 300));',
      'console.log("never")',
    ]);
    expect(executed.failure).toMatchObject({ kind: 'late-error', cell: 1, ename: 'RangeError' });
    expect(executed.statuses).toEqual(['failed', 'passed', 'not-run']);
    expect(executed.outputs[0]).toMatchObject([{ output_type: 'error', ename: 'RangeError' }]);
    expect(executed.outputs[1]).toEqual([]);
  });

  test('a promise that rejects at once is an error of its cell', async () => {
    const executed = await runOnShared(['void Promise.reject(new Error("nobody waits"));']);
    expect(executed.failure).toMatchObject({ kind: 'error', cell: 1, evalue: 'nobody waits' });
  });
});

test('a loop, a wait and a child process are interrupted, and the next cell runs', async () => {
  const limited = (code: string) => ({ code, metadata: { daybook: { timeout: 2 } } });
  const executed = await runOnDaybook(
    [
      'const kept = "kept";',
      limited('while (true) continue;'),
      limited('await new Promise(() => {});'),
      limited('import { execSync } from "node:child_process";\nexecSync("sleep 600")'),
      'console.log(kept)',
    ],
    { allowErrors: true },
  );
  expect(executed.statuses).toEqual(['passed', 'failed', 'failed', 'failed', 'passed']);
  for (const outputs of executed.outputs.slice(1, 4)) {
    expect(outputs.map((output) => Reflect.get(output, 'ename') as string)).toEqual([
      'CellTimeout',
    ]);
  }
  expect(streamText(executed.outputs[4] ?? [])).toBe('kept\n');
});

test('no output is lost, however much there is', async () => {
  const executed = await runOnShared(['for (let i = 0; i < 20_000; i++) console.log(i)']);
  expect(executed.warnings).toEqual([]);
  const lines = streamText(executed.outputs[0] ?? []).split('\n');
  expect(lines.length).toBe(20_001);
});

test('when the process of the cells runs out of memory, the cell says so with its last words', async () => {
  const executed = await runOnDaybook(
    ['const all: any[] = [];\nfor (;;) all.push(new Array(1e6).fill("x"));', '1'],
    { env: { NODE_OPTIONS: '--max-old-space-size=200' } },
  );
  expect(executed.failure).toMatchObject({ cell: 1, ename: 'ProcessEnded' });
  expect(JSON.stringify(executed.outputs[0])).toMatch(/heap|memory/i);
  expect(executed.statuses).toEqual(['failed', 'not-run']);
});
