// @module-tag heavy
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi, type TestContext } from 'vitest';
import { startKernel } from '../../src/jupyter/kernel.js';
import type { JsonObject } from '../../src/nbformat/notebook.js';
import { parseNotebook } from '../../src/nbformat/read-notebook.js';
import {
  executeNotebook,
  type ExecutionContext,
} from '../../src/notebook/execute/execute-notebook.js';
import { foreignSqlMessage } from '../../src/notebook/document/foreign-sql.js';
import type { ExecutionSettings } from '../../src/notebook/run-settings.js';
import { createTestDatabase, root, type TestDatabase } from '../database.js';
import { requireInstalledKernel } from '../jupyter/installed-kernel.js';
import { notebookOf, outputsOf, streamText, type CellDraft } from './notebooks.js';
import { TestProject } from './project.js';

// Kernels start slowly on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** What a notebook's metadata says of its kernel. */
function of(name: string, language: string): JsonObject {
  return { kernelspec: { name, display_name: name, language } };
}

/** Runs notebooks, by their names, as `daybook notebooks run` does. */
async function runAll(
  env: Readonly<Record<string, string | undefined>>,
  notebooks: Readonly<Record<string, readonly CellDraft[]>>,
  metadata: JsonObject,
) {
  using project = new TestProject(database);
  for (const [name, cells] of Object.entries(notebooks)) {
    project.notebook(`notebooks/${name}.ipynb`, cells, metadata);
  }
  const output = join(project.root, 'out');
  const report = await project.run({ env, output, jobs: 1 });
  return report.notebooks.map((result) => {
    const text = readFileSync(join(output, result.path.replace('notebooks/', '')), 'utf8');
    const executed = parseNotebook(text, result.path);
    return { ...result, executed, outputs: outputsOf(executed) };
  });
}

describe("Python's kernel", () => {
  const python = of('python3', 'python');

  async function execute(
    context: TestContext,
    cells: readonly CellDraft[],
    options: ExecutionSettings & ExecutionContext,
  ) {
    const { spec, env } = await requireInstalledKernel(context, 'python3');
    const kernel = await startKernel(spec, { cwd: root, env });
    try {
      const executed = await executeNotebook(notebookOf(cells, python), kernel, options, options);
      return { ...executed, outputs: outputsOf(executed.notebook) };
    } finally {
      await kernel.shutdown();
    }
  }

  test('puts out text, results, rich content and updates; its cells are not type-checked', async (context) => {
    const { env } = await requireInstalledKernel(context, 'python3');
    const [result] = await runAll(
      env,
      {
        rich: [
          'import sys\nprint("out")\nprint("err", file=sys.stderr)',
          'answer: str = 6 * 7\nanswer',
          `from IPython.display import display, HTML
display(HTML("<b>bold</b>"))
display({"application/vnd.vega-lite.v5+json": {"mark": "bar"}, "text/plain": "a bar"}, raw=True)`,
          'shown = display(HTML("<i>0 %</i>"), display_id=True)\nshown.update(HTML("<i>100 %</i>"))',
          'from IPython.display import clear_output\nprint("gone")\nclear_output()\nprint("kept")',
          'answer + 1',
        ],
      },
      python,
    );
    expect(result?.failure).toBeUndefined();
    expect(result?.problems).toEqual([]);
    expect(result?.cells.map(({ status }) => status)).toEqual(Array(6).fill('passed'));
    const [streams = [], answer, rich, updated, cleared, last] = result?.outputs ?? [];
    expect([streamText(streams), streamText(streams, 'stderr')]).toEqual(['out\n', 'err\n']);
    expect(answer).toMatchObject([
      { output_type: 'execute_result', execution_count: 2, data: { 'text/plain': ['42'] } },
    ]);
    expect(rich).toMatchObject([
      { output_type: 'display_data', data: { 'text/html': ['<b>bold</b>'] } },
      { data: { 'application/vnd.vega-lite.v5+json': { mark: 'bar' }, 'text/plain': ['a bar'] } },
    ]);
    expect(updated).toMatchObject([{ data: { 'text/html': ['<i>100 %</i>'] } }]);
    expect(cleared).toEqual([{ output_type: 'stream', name: 'stdout', text: ['kept\n'] }]);
    expect(last).toMatchObject([{ data: { 'text/plain': ['43'] } }]);
    expect(result?.executed.metadata).toMatchObject({
      kernelspec: { name: 'python3', language: 'python' },
      language_info: { name: 'python', file_extension: '.py' },
      daybook: { run: { status: 'passed', kernel: { implementation: 'ipython' } } },
    });
  });

  test('an error has its cell, name and traceback; input and SQL cells of ours are refused; none stops the others', async (context) => {
    const { env } = await requireInstalledKernel(context, 'python3');
    const [error, input, sql, syntax] = await runAll(
      env,
      {
        error: [
          'def ratio(a, b):\n    return a / b',
          'print("before")\nratio(1, 0)',
          'print("never")',
        ],
        input: ['name = input("Who? ")', 'print("never")'],
        sql: [
          // Magics of its own are Python's.
          'from IPython.core.magic import register_cell_magic\n@register_cell_magic\ndef sql(line, cell):\n    print(cell)',
          '%%sql\nselect 1',
          { code: 'select 1 as one', metadata: { daybook: { language: 'sql', name: 'ones' } } },
        ],
        syntax: ['y = 1\nx = = 1'],
      },
      python,
    );
    expect(error).toMatchObject({
      status: 'failed',
      failure: {
        kind: 'error',
        cell: 2,
        line: 2,
        ename: 'ZeroDivisionError',
        evalue: 'division by zero',
      },
      cells: [{ status: 'passed' }, { status: 'failed' }, { status: 'not-run' }],
    });
    expect(streamText(error?.outputs[1] ?? [])).toBe('before\n');
    expect(sql).toMatchObject({
      status: 'failed',
      failure: { cell: 3, evalue: foreignSqlMessage },
      cells: [{ status: 'passed' }, { status: 'passed' }, { status: 'not-run' }],
    });
    expect(streamText(sql?.outputs[1] ?? [])).toBe('select 1\n\n');
    expect(error?.outputs[1]?.map(({ output_type: type }) => type)).toEqual(['stream', 'error']);
    expect(error?.excerpt.join('\n')).toContain('ratio(1, 0)');
    expect(input).toMatchObject({
      status: 'failed',
      failure: {
        cell: 1,
        ename: 'StdinNotImplementedError',
        evalue: expect.stringContaining('does not support input') as string,
      },
      cells: [{ status: 'failed' }, { status: 'not-run' }],
    });
    expect(syntax).toMatchObject({
      failure: { kind: 'error', cell: 1, line: 2, ename: 'SyntaxError' },
    });
  });

  test('a cell that takes too long is interrupted, and the kernel keeps what it had', async (context) => {
    const executed = await execute(
      context,
      [
        'kept = 1',
        { code: 'print("begun", flush=True)\nwhile True: pass', tags: ['raises-exception'] },
        'kept + 1',
      ],
      { cellTimeout: 5000, limits: { interruptGrace: 120_000 } },
    );
    const [, interrupted = [], after] = executed.outputs;
    expect(streamText(interrupted)).toBe('begun\n');
    expect(interrupted.at(-1)).toMatchObject({
      ename: 'CellTimeout',
      evalue: 'the cell did not finish within 5 seconds',
    });
    expect(after).toMatchObject([{ data: { 'text/plain': '2' } }]);
    expect(executed.cells.map(({ status }) => status)).toEqual(['passed', 'failed', 'passed']);
  });

  test('comms that the kernel opens do no harm', async (context) => {
    const executed = await execute(
      context,
      [
        `from ipykernel.comm import Comm
comm = Comm(target_name='x', data={'a': 1}, buffers=[b'bytes'])
comm.send({'b': 2})
print('opened')`,
        "comm.close()\nprint('closed')",
      ],
      {},
    );
    expect(executed.failure).toBeUndefined();
    expect(executed.warnings).toEqual([]);
    expect(executed.outputs).toEqual([
      [{ output_type: 'stream', name: 'stdout', text: 'opened\n' }],
      [{ output_type: 'stream', name: 'stdout', text: 'closed\n' }],
    ]);
  });
});

test("Deno's kernel puts out text and results, and its errors have their cell", async (context) => {
  const { env } = await requireInstalledKernel(context, 'deno');
  const [result] = await runAll(
    env,
    { deno: ['console.log("out")', '6 * 7', 'throw new TypeError("wrong")', '1'] },
    of('deno', 'typescript'),
  );
  expect(streamText(result?.outputs[0] ?? [])).toBe('out\n');
  expect(result?.outputs[1]).toMatchObject([{ output_type: 'execute_result' }]);
  expect(result?.failure).toMatchObject({ cell: 3, ename: 'TypeError', evalue: 'wrong' });
  expect(result?.cells.map(({ status }) => status)).toEqual([
    'passed',
    'passed',
    'failed',
    'not-run',
  ]);
});
