// @module-tag heavy
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import type { Notebook } from '../../src/nbformat/notebook.js';
import { parseNotebook } from '../../src/nbformat/read-notebook.js';
import type { NotebookResult } from '../../src/notebook/report/run-report.js';
import { runNotebooks } from '../../src/notebook/run-notebooks.js';
import type { NotebookRunSettings } from '../../src/notebook/run-settings.js';
import { root } from '../database.js';
import { officialSchema } from '../nbformat/official-schema.js';
import { requireShared, sharedFolder } from '../requirement.js';
import { checkInProcess } from './check-in-process.js';
import { outputsOf, streamText } from './notebooks.js';

/**
 * The TypeScript notebooks ported from nbclient's and papermill's fixtures and written for tslab's
 * traps, with their expectations (../shared/fixtures/execution/EXPECT.tsv).
 */
const source = join(sharedFolder, 'fixtures/execution');
const isThere = existsSync(source);

interface Expectation {
  /** The whole run's. */
  status?: 'passed' | 'failed';
  failure?: object;
  /** Of each cell of code. */
  cells?: string[];
  /** What each cell wrote to stdout. */
  stdout?: (string | RegExp)[];
  /** Anything else. */
  also?: (executed: Notebook, result: NotebookResult) => void;
}

const timedOut = (cells: string[]): Expectation => ({
  status: 'failed',
  failure: { kind: 'cell-timeout', cell: 1, evalue: 'the cell did not finish within 3 seconds' },
  cells,
});
const died = (how: string): Expectation => ({
  status: 'failed',
  failure: { kind: 'kernel-died', cell: 1, evalue: `the kernel ${how}` },
  cells: ['failed', 'not-run'],
});

const expectations: Record<string, Expectation> = {
  AutokillKILL: died('was ended by SIGKILL'),
  ChildInheritsStdio: { stdout: ['captured\n'] }, // the child's own text is no output
  DisableStdinReadline: { stdout: ['CLOSED\n'] },
  FsWriteSync1: { stdout: ['captured\n'] },
  InlineImage: {
    cells: ['passed', 'passed'],
    also: (executed) => {
      expect(outputsOf(executed)[1]?.[0]).toMatchObject({ data: { 'image/png': pixel } });
    },
  },
  InterruptAsync: timedOut(['failed', 'not-run']),
  InterruptAsyncTimer: timedOut(['failed', 'not-run']),
  InterruptAtomicsWait: timedOut(['failed', 'not-run']),
  InterruptCaught: timedOut(['failed', 'not-run']),
  InterruptSync: timedOut(['failed', 'not-run']),
  LastExpression: {
    stdout: [
      '2\n',
      '',
      '',
      'str\n',
      '{ a: { b: { c: [Object] } } }\n',
      'Map(1) { 1 => 2 }\n',
      'Promise { 5 }\n',
      '6\n',
      '[ NaN, -0, 10n ]\n',
      '',
      '',
      '4\n',
      /100 more items/,
    ],
  },
  LeftoverInterval: { stdout: ['kernel must still be stopped at shutdown\n'] },
  NoKernelspec: {
    stdout: ['which kernel?\n'],
    also: (executed) => {
      expect(executed.metadata['kernelspec']).toMatchObject({ name: 'daybook' });
    },
  },
  OrphanChild: {
    stdout: ['number\n'],
    also: () => {
      const { stdout } = spawnSync('ps', ['-eo', 'pgid,args'], { encoding: 'utf8' });
      expect(stdout).not.toMatch(/tslab kernel --config-path=.*daybook-execution-fixtures/);
    },
  },
  ParallelA: { stdout: ['', /Hello from B/] },
  ParallelB: { stdout: ['', /Hello from A/] },
  ProcessAbort: {
    ...died('was ended by SIGABRT'),
    also: (_, { excerpt }) => {
      expect(excerpt.join('\n')).toMatch(/stack trace/);
    },
  },
  ProcessExit1: died('ended with exit code 1'),
  Sleep1s: {
    cells: ['skipped', 'passed', 'passed', 'passed'],
    also: (executed) => {
      const times = executed.cells[1]?.metadata['execution'] as Record<string, string>;
      const at = (name: string) => Date.parse(times[name] ?? '');
      expect(Object.keys(times).sort()).toEqual([
        'iopub.status.busy',
        'iopub.status.idle',
        'shell.execute_reply',
      ]);
      expect(at('iopub.status.idle') - at('iopub.status.busy')).toBeGreaterThanOrEqual(990);
      expect(at('shell.execute_reply') - at('iopub.status.busy')).toBeGreaterThanOrEqual(990);
    },
  },
  SplitUtf8: { stdout: ['\ufffd'.repeat(9)] },
  StaleOutputs: {
    stdout: ['fresh\n'],
    also: (executed) => {
      const [cell] = executed.cells;
      expect(cell).toMatchObject({ execution_count: 1 });
      expect(JSON.stringify(executed)).not.toMatch(/STALE|2000-01-01/);
    },
  },
  StdoutHijack: { stdout: ['', 'restored in next cell\n'] },
  SyntaxError: {
    status: 'failed',
    failure: { kind: 'type-error', cell: 1, line: 1 },
    cells: ['not-run', 'not-run'],
    also: (executed) => {
      expect(outputsOf(executed)[0]).toHaveLength(1);
      expect(outputsOf(executed)[0]?.[0]).toMatchObject({ output_type: 'error' });
    },
  },
  TopLevelAwaitImport: { stdout: [/^function (ENOENT|\{)/, 'function\n'] },
  UncaughtInTimer: {
    status: 'failed',
    failure: { kind: 'late-error', evalue: 'in timer' },
  },
  Unicode: { stdout: ['☃\n', '👩\u200d👩\u200d👧 e\u0301 \u202eRTL 日本語 \u0000nul\n'] },
  UnknownKernel: {
    status: 'failed',
    failure: { kind: 'kernel', evalue: expect.stringContaining('no-such-kernel') as string },
  },
  UpdateDisplayId: {
    also: (executed) => {
      expect(outputsOf(executed)).toEqual([
        [],
        [
          { output_type: 'display_data', data: { 'text/plain': ['above'] }, metadata: {} },
          { output_type: 'display_data', data: { 'application/json': { n: 5 } }, metadata: {} },
          { output_type: 'display_data', data: { 'text/plain': ['below'] }, metadata: {} },
        ],
        [],
        [{ output_type: 'display_data', data: { 'text/plain': ['6'] }, metadata: {} }],
        [],
      ]);
    },
  },
  V44NoIds: {
    stdout: ['1\n'],
    also: (executed) => {
      expect(executed).toMatchObject({ nbformat: 4, nbformat_minor: 5 });
    },
  },
};

const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

let folder: string;

beforeAll(() => {
  if (!isThere) return;
  folder = mkdtempSync(join(tmpdir(), 'daybook-execution-fixtures-'));
  cpSync(source, folder, { recursive: true });
  writeFileSync(join(folder, 'python.png'), Buffer.from(pixel, 'base64'));
});

afterAll(() => {
  if (isThere) rmSync(folder, { recursive: true, force: true });
});

async function runAll(names: readonly string[], options: Partial<NotebookRunSettings> = {}) {
  const output = mkdtempSync(join(folder, 'executed-'));
  const report = await runNotebooks({
    config: parseConfig({ DAYBOOK_HOME: folder }, root),
    env: {
      ...process.env,
      NBEXECUTE_TEST_PARALLEL_TMPDIR: folder,
      DAYBOOK_NOTEBOOK_ENV: 'NBEXECUTE_*',
    },
    paths: names.map((name) => join(folder, `${name}.ipynb`)),
    publish: false,
    jobs: 2,
    cellTimeout: 60_000,
    output,
    check: checkInProcess,
    ...options,
  });
  return names.map((name, index) => {
    const file = join(output, `${name}.ipynb`);
    return {
      name,
      result: report.notebooks[index]!,
      text: existsSync(file) ? readFileSync(file, 'utf8') : undefined,
    };
  });
}

test('there is an expectation for each notebook', (context) => {
  requireShared(context, 'fixtures/execution');
  const files = readdirSync(source).filter((name) => name.endsWith('.ipynb'));
  expect(Object.keys(expectations).sort()).toEqual(
    files.map((name) => name.replace('.ipynb', '')).sort(),
  );
});

describe.runIf(isThere)('each notebook does what is expected', () => {
  let runs: Awaited<ReturnType<typeof runAll>>;

  beforeAll(async () => {
    const names = Object.keys(expectations);
    const slow = names.filter((name) => name.startsWith('Interrupt'));
    runs = [
      ...(await runAll(names.filter((name) => !slow.includes(name)))),
      ...(await runAll(slow, { cellTimeout: 3000 })),
    ];
  }, 600_000);

  test.for(Object.entries(expectations))('%s', ([name, expected], context) => {
    const isValid = officialSchema(context, 5);
    const { status = 'passed', failure, cells, stdout = [], also } = expected;
    const { result, text } = runs.find((run) => run.name === name)!;
    expect(result.status, JSON.stringify(result.failure)).toBe(status);
    if (failure !== undefined) expect(result.failure).toMatchObject(failure);
    if (text === undefined) {
      expect(name).toBe('UnknownKernel'); // nothing could be executed
      return;
    }
    expect(isValid(JSON.parse(text))).toEqual([]);
    const executed = parseNotebook(text, name);
    if (cells !== undefined) expect(result.cells.map((cell) => cell.status)).toEqual(cells);
    for (const [index, wanted] of stdout.entries()) {
      const written = streamText(outputsOf(executed)[index] ?? []);
      if (typeof wanted === 'string') expect(written).toBe(wanted);
      else expect(written).toMatch(wanted);
    }
    also?.(executed, result);
  });
});

test.runIf(isThere)(
  'interrupted, and errors allowed: the next cell runs where the kernel lives on',
  { timeout: 600_000 },
  async () => {
    const names = [
      'InterruptSync',
      'InterruptAsync',
      'InterruptAsyncTimer',
      'InterruptAtomicsWait',
    ];
    for (const { name, result, text = '' } of await runAll(names, {
      cellTimeout: 3000,
      allowErrors: true,
    })) {
      expect(
        result.cells.map((cell) => cell.status),
        name,
      ).toEqual(['failed', 'passed']);
      expect(streamText(outputsOf(parseNotebook(text, name))[1] ?? []), name).toBe('done\n');
    }
  },
);
