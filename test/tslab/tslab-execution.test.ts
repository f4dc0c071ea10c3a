// @module-tag heavy
import { describe, expect, test, vi } from 'vitest';
import { streamText } from '../notebook/notebooks.js';
import { runOnTslab, sharedTslab } from '../notebook/kernel-runs.js';

// Kernels start slowly on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

const runOnShared = sharedTslab();

test('the five-cell trap: after an allowed failure every later cell runs', async () => {
  const executed = await runOnTslab([
    'console.log(1)',
    { code: 'throw new Error("meant")', tags: ['raises-exception'] },
    'console.log(3)',
    'console.log(4)',
    'console.log(5)',
  ]);
  expect(executed.failure).toBeUndefined();
  expect(executed.statuses).toEqual(['passed', 'failed', 'passed', 'passed', 'passed']);
  expect(executed.outputs.map((outputs) => streamText(outputs))).toEqual([
    '1\n',
    '',
    '3\n',
    '4\n',
    '5\n',
  ]);
  const counts = executed.notebook.cells.map(
    (cell) => Reflect.get(cell, 'execution_count') as number,
  );
  expect(counts).toEqual([1, 2, 3, 4, 5]);
  expect(executed.outputs[1]).toEqual([
    {
      output_type: 'error',
      ename: 'Error',
      evalue: 'meant',
      traceback: expect.arrayContaining([
        'Error: meant',
        '> 1 | throw new Error("meant")',
      ]) as string[],
    },
  ]);
});

test('a cell that throws ends the run: the rest is not run, the failure is in place', async () => {
  const executed = await runOnShared([
    'console.log("before"); console.error("my own words")',
    '// a comment\n\nconst rows: any = undefined;\nconsole.error("still mine");\nfor (const row of rows) console.log(row);',
    { code: 'console.log("never")' },
    { code: 'skipped', tags: ['skip-execution'] },
    '  \n',
  ]);
  expect(executed.failure).toEqual({
    kind: 'error',
    cell: 2,
    cellId: 'cell-2',
    line: 5,
    column: 19,
    ename: 'TypeError',
    evalue: 'rows is not iterable',
  });
  expect(executed.statuses).toEqual(['passed', 'failed', 'not-run', 'not-run', 'not-run']);
  // The report left stderr, the cell's own text stayed there.
  expect(streamText(executed.outputs[1] ?? [], 'stderr')).toBe('still mine\n');
  expect(executed.outputs[1]?.at(-1)).toMatchObject({
    ename: 'TypeError',
    traceback: expect.arrayContaining([
      '> 5 | for (const row of rows) console.log(row);',
      '    |                   ^',
    ]) as string[],
  });
  expect(executed.notebook.cells.map(({ metadata }) => metadata['daybook'])).toEqual([
    undefined,
    { status: 'failed' },
    { status: 'not-run' },
    { status: 'not-run' },
    { status: 'not-run' },
  ]);
  expect(executed.outputs.slice(2)).toEqual([[], [], []]);
});

test('the line of the cell is right, wherever and however it throws', async () => {
  const cells: [source: string, line: number | undefined, column?: number][] = [
    [
      `// comment
import fs from "fs";
import * as path from "path";
interface Foo { a: number }


function boom(n: number): number {
  if (n > 2)
    throw new TypeError("bad");
  return n;
}
const rows = [1, 2, 3];
class MyError extends Error { constructor(m, readonly code: number) { super(m); this.name = "MyError" } }`,
      0,
    ],
    ['const a = rows.length;\n\nboom(\n  1\n);\n\nboom(\n  rows.length,\n);', 7, 1],
    [
      'type X = {a: number};\n/* multi\nline */\nawait new Promise(r => setTimeout(r, 5));\n\n\nboom(rows[2]);',
      7,
      1,
    ],
    [
      'function cb(x) {\n  return boom(x);\n}\nconst out = rows\n  .map(x => x)\n  .map(cb);\nout',
      6,
    ],
    ['console.log(rows.length, rows.length, boom(3))', 1, 39],
    ['\n\nthrow "just text"', undefined],
    ['console.error("mine first");\nthrow new MyError("with code", 7)', 2, 7],
    [
      'async function later() {\n  await null;\n  throw new RangeError("async")\n}\n\nconst t = 1;\nawait later();',
      7,
      1,
    ],
    ['const e1 = new Error("made here");', 0],
    ['\n\nthrow e1', undefined],
    ['JSON.parse("{bad")', 1],
    ['const o2 = {\n  a: 1,\n  b: boom(9),\n};', 3],
    ['fs.readFileSync(\n  path.join("/no", "such"),\n)', 1],
    ['await fs.promises.readFile("/no/such")', 1],
    ['function deep(n) { if (n === 0) throw new Error("deep"); deep(n - 1) }\n\ndeep(40)', 3, 1],
    ['let missing: string | number;\n(missing as string).trim()', 2],
  ];
  const executed = await runOnShared(
    cells.map(([code]) => code),
    { allowErrors: true },
  );
  for (const [index, [source, line, column]] of cells.entries()) {
    const error = executed.outputs[index]?.find((output) => output.output_type === 'error');
    if (line === 0) {
      expect(error, source).toBeUndefined();
      continue;
    }
    const marked = error?.traceback.find((row) => row.startsWith('>')) ?? '';
    expect(Number(/^> +(\d+) \|/.exec(marked)?.[1] ?? NaN), source).toEqual(line ?? NaN);
    if (column !== undefined) {
      const mark = error?.traceback.find((row) => /\| +\^$/.test(row)) ?? '';
      expect(mark.length - mark.indexOf('|') - 2, source).toBe(column);
    }
    expect(error?.traceback.join('\n'), source).not.toMatch(/evalmachine|node:vm|tslab.dist/);
  }
});

test('a cell that the kernel cannot compile says message, line and column', async () => {
  const executed = await runOnShared([
    'const a = 1;\nconst n: number = "x";\na = 2;',
    'console.log(1)',
  ]);
  expect(executed.failure).toMatchObject({
    kind: 'type-error',
    cell: 1,
    line: 2,
    column: 7,
    ename: 'TypeScriptError',
    evalue: expect.stringMatching(
      /^Type 'string' is not assignable[^]*3:1 - Cannot assign/,
    ) as string,
  });
  expect(executed.outputs[0]).toHaveLength(1);
  expect(executed.statuses).toEqual(['failed', 'not-run']);
});

describe('what no cell waits for', () => {
  test('a promise that rejects fails the cell that made it', async () => {
    const executed = await runOnShared([
      'console.log("first")',
      'const forgotten = Promise.reject(new Error("nobody waits"));\nconsole.log("goes on")',
      'console.log("never")',
    ]);
    expect(executed.failure).toMatchObject({ kind: 'late-error', cell: 2, evalue: 'nobody waits' });
    expect(executed.statuses).toEqual(['passed', 'failed', 'not-run']);
    expect(streamText(executed.outputs[1] ?? [], 'stderr')).toBe('');
    expect(executed.outputs[1]?.at(-1)).toMatchObject({ output_type: 'error' });
  });

  test('a timer that throws later fails the cell that runs then, and says that it may be another', async () => {
    const executed = await runOnShared([
      'const timer = setTimeout(() => { throw new Error("in timer") }, 20);',
      'await new Promise((resolve) => setTimeout(resolve, 200));',
      'console.log("never")',
    ]);
    expect(executed.failure).toMatchObject({ kind: 'late-error', ename: 'Error' });
    expect(executed.failure?.line).toBeUndefined();
    expect(JSON.stringify(executed.outputs)).toContain('of this cell or of an earlier');
    expect(executed.statuses.at(-1)).toBe('not-run');
  });

  test('with errors allowed the run goes on', async () => {
    const executed = await runOnShared(
      ['void Promise.reject(new Error("x"));', 'console.log("ran")'],
      { allowErrors: true },
    );
    expect(executed.failure).toBeUndefined();
    expect(executed.statuses).toEqual(['failed', 'passed']);
  });
});

describe('the kernel ends', () => {
  test('by process.exit: its exit code is named, what was shown before is kept', async () => {
    const executed = await runOnTslab([
      'console.log("shown");\nawait new Promise((resolve) => setTimeout(resolve, 50));',
      'process.exit(3)',
      'console.log("never")',
    ]);
    expect(executed.failure).toMatchObject({
      kind: 'kernel-died',
      cell: 2,
      evalue: 'the kernel ended with exit code 3',
    });
    expect(streamText(executed.outputs[0] ?? [])).toBe('shown\n');
    expect(executed.statuses).toEqual(['passed', 'failed', 'not-run']);
  });

  test('by too little memory: what it said last is in the error output', async () => {
    const executed = await runOnTslab(
      ['const all: any[] = [];\nfor (;;) all.push(new Array(1e6).fill("x"));'],
      { env: { NODE_OPTIONS: '--max-old-space-size=200' } },
    );
    expect(executed.failure).toMatchObject({ kind: 'kernel-died', cell: 1 });
    expect(JSON.stringify(executed.outputs[0])).toMatch(/heap|memory/i);
  });
});

describe('time', () => {
  test('a loop, a wait and a child process are interrupted, and the next cell runs', async () => {
    const limited = (code: string) => ({ code, metadata: { daybook: { timeout: 3 } } });
    const executed = await runOnTslab(
      [
        limited('while (true) continue;'),
        limited('await new Promise(() => {});'),
        limited('import { execSync } from "child_process";\nexecSync("sleep 600")'),
        'console.log("done")',
      ],
      { allowErrors: true },
    );
    expect(executed.statuses).toEqual(['failed', 'failed', 'failed', 'passed']);
    expect(executed.outputs.slice(0, 3).map((outputs) => outputs.at(-1))).toEqual([
      expect.objectContaining({ ename: 'CellTimeout' }),
      expect.objectContaining({ ename: 'CellTimeout' }),
      expect.objectContaining({ ename: 'CellTimeout' }),
    ]);
    expect(streamText(executed.outputs[0] ?? [], 'stderr')).toBe('');
    expect(streamText(executed.outputs[3] ?? [])).toBe('done\n');
  });
});

test('a flood of output is kept, all of it and in order', async () => {
  const executed = await runOnShared([
    'for (let i = 0; i < 5000; i++) console.log(i);\nfor (let i = 0; i < 5000; i++) console.error(i);',
    'console.log("after")',
  ]);
  expect(executed.failure).toBeUndefined();
  expect(executed.warnings).toEqual([]);
  const lines = Array.from({ length: 5000 }, (_, index) => `${index}\n`).join('');
  expect(streamText(executed.outputs[0] ?? [])).toBe(lines);
  expect(streamText(executed.outputs[0] ?? [], 'stderr')).toBe(lines);
  expect(streamText(executed.outputs[1] ?? [])).toBe('after\n');
});

test('what cells fork, and the threads that they start, are none of ours', async () => {
  const executed = await runOnShared([
    `import { fork } from 'node:child_process';
     import { Worker } from 'node:worker_threads';
     import { writeFileSync } from 'node:fs';
     import { tmpdir } from 'node:os';
     import { join } from 'node:path';
     const file = join(tmpdir(), \`daybook-fork-\${process.pid}.mjs\`);
     writeFileSync(file, 'process.exit(7)');
     const child = fork(file);
     const codes = await Promise.all([
       new Promise((resolve) => child.once('exit', resolve)),
       new Promise((resolve) => new Worker(file).once('exit', resolve)),
     ]);
     require('node:fs').unlinkSync(file);
     console.log(JSON.stringify(codes));`,
  ]);
  expect(executed.failure).toBeUndefined();
  expect(streamText(executed.outputs[0] ?? [])).toBe('[7,7]\n');
});
