import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  executeNotebook,
  type ExecutionContext,
} from '../../src/notebook/execute/execute-notebook.js';
import type { ExecutionSettings } from '../../src/notebook/run-settings.js';
import { startFakeKernel, type Script } from '../jupyter/fake-kernel.js';
import { markdown, notebookOf, outputsOf, streamText, type CellDraft } from './notebooks.js';

/**
 * The rules of running notebooks that nbclient's and papermill's own tests check, as far as they are
 * not IPython's alone: for each, the tests here that check it. Rules without a test elsewhere have
 * theirs below.
 */
const rules: Record<number, readonly (readonly [file: string, title: string])[]> = {
  1: [['execution-fixtures', 'StaleOutputs']],
  2: [['execution-rules', 'rule 2: text, raw and empty cells are not sent']],
  3: [['execution-rules', 'rule 3: cells tagged skip-execution are not sent']],
  4: [['fake-kernel-runs', 'an unknown parent, no parent and a shout are ignored']],
  5: [
    ['fake-kernel-runs', 'the reply comes first, the output after it'],
    ['fake-kernel-runs', 'idle comes first, the reply after it'],
    ['fake-kernel-runs', 'idle is lost: the run goes on'],
  ],
  6: [['fake-kernel-runs', 'a cell is interrupted at its limit, and what it put out stays']],
  7: [['execution-rules', 'rule 7: a cell may have a limit of its own']],
  8: [['fake-kernel-runs', 'with errors allowed the next cell runs on the interrupted kernel']],
  9: [['fake-kernel-runs', 'a kernel that does not react to the interrupt is ended']],
  10: [
    ['fake-kernel-runs', 'in mid-cell: its exit code'],
    ['execution-fixtures', 'AutokillKILL'],
  ],
  11: [['fake-kernel-runs', 'an error message without an error status is no failure']],
  12: [
    ['execution-rules', 'rule 12: errors are allowed by name'],
    ['execution-rules', 'rule 12: force_raise_errors beats all that is allowed'],
    ['../tslab/tslab-execution', 'the five-cell trap'],
    ['../commands/notebooks', 'the five-cell trap on %s'],
  ],
  13: [['execution-rules', 'rule 13: the kernel is told whether the run goes on']],
  14: [['../commands/notebooks', 'a wrong cell: exit code 1']],
  15: [
    ['fake-kernel-runs', 'asking for input is a failure, never a wait'],
    ['execution-fixtures', 'DisableStdinReadline'],
  ],
  16: [
    ['execute/notebook-outputs', 'run together by name'],
    ['execute/stream-text', 'text without control characters stays'],
    ['daybook-execution', 'what cells put out, as a real kernel sends it'],
  ],
  17: [
    ['execute/notebook-outputs', 'at once, or with the next output; an update is none'],
    ['daybook-execution', 'what cells put out, as a real kernel sends it'],
  ],
  18: [
    ['execute/notebook-outputs', 'change what any earlier cell showed under them'],
    ['execute/notebook-outputs', 'an output that was cleared is forgotten'],
    ['execution-fixtures', 'UpdateDisplayId'],
  ],
  19: [['nbclient-cases', 'all 41 of them']],
  20: [['nbclient-cases', 'all 41 of them']],
  21: [
    ['fake-kernel-runs', 'execution is timed in the words of the format'],
    ['execution-fixtures', 'Sleep1s'],
  ],
  22: [['execution-rules', 'rule 22: the notebook says which language it ran in']],
  23: [['execution-rules', 'rule 23: comms do no harm']],
  24: [['execution-rules', 'rule 24: each cell begins and ends once']],
  25: [
    ['../jupyter/kernel', 'leaves no connection file behind'],
    ['../jupyter/kernel', 'the signal stops the start at once'],
    ['../jupyter/kernel', "['SIGKILL', 'process.kill"],
    ['../commands/notebooks', 'kill -9 while %s runs'],
    ['execution-fixtures', 'OrphanChild'],
  ],
  26: [['execution-fixtures', 'ParallelA']],
  27: [['../jupyter/kernel', 'starts in its folder with its environment']],
  28: [
    ['execution-fixtures', 'NoKernelspec'],
    ['execution-fixtures', 'UnknownKernel'],
  ],
  29: [['run-notebooks', 'executed notebooks, failed ones too']],
  30: [['execution-fixtures', 'ProcessExit1']],
  31: [['parameters', 'strings with quotes and backslashes']],
  32: [
    ['execute/autosave', 'what comes during a write is written next, in its newest state'],
    ['execution-rules', 'rule 32: the notebook can be saved after each cell'],
    ['../commands/notebooks', 'kill -9 while %s runs'],
    ['run-notebooks', 'executed notebooks, failed ones too'],
  ],
  33: [
    ['execution-fixtures', 'V44NoIds'],
    ['../nbformat/read-notebook', '4.%i is upgraded to 4.5'],
  ],
};

/** So many rules there are: none is left out. */
const ruleCount = 33;

test('each rule has its tests', () => {
  expect(Object.keys(rules)).toHaveLength(ruleCount);
  for (const [rule, tests] of Object.entries(rules)) {
    expect(tests.length, `rule ${rule}`).toBeGreaterThan(0);
    for (const [file, title] of tests) {
      const source = readFileSync(join(import.meta.dirname, `${file}.test.ts`), 'utf8');
      expect(source, `rule ${rule}: ${file}`).toContain(title);
    }
  }
});

async function run(
  cells: readonly CellDraft[],
  script: Script,
  options: ExecutionSettings & ExecutionContext = {},
) {
  await using kernel = await startFakeKernel(script);
  const executed = await executeNotebook(notebookOf(cells), kernel.kernel, options, options);
  return {
    ...executed,
    requests: kernel.requests,
    outputs: outputsOf(executed.notebook),
    statuses: executed.cells.map(({ status }) => status),
  };
}

/** Each cell prints its code and passes, but for those that fail with their code as the name. */
const printing =
  (...failing: string[]): Script =>
  async (stage) => {
    await stage.busy();
    await stage.print(stage.code);
    const failed = { status: 'error', ename: stage.code, evalue: 'meant' } as const;
    await stage.reply(failing.includes(stage.code) ? failed : {});
    await stage.idle();
  };

test('rule 2: text, raw and empty cells are not sent', async () => {
  const raw = { cell_type: 'raw', id: 'raw', metadata: {}, source: 'raw' } as const;
  const executed = await run([markdown('# text'), raw, ' \n\t', '', 'a'], printing());
  expect(executed.requests).toEqual(['a']);
  expect(executed.statuses).toEqual(['skipped', 'skipped', 'passed']);
});

test('rule 3: cells tagged skip-execution are not sent', async () => {
  const executed = await run([{ code: 'a', tags: ['skip-execution'] }, 'b'], printing());
  expect(executed.requests).toEqual(['b']);
  expect(executed.statuses).toEqual(['skipped', 'passed']);
});

test('rule 7: a cell may have a limit of its own', async () => {
  const executed = await run(
    [{ code: 'a', metadata: { daybook: { timeout: 0.1 } } }],
    async (stage) => {
      await stage.interrupted;
      await stage.reply({ status: 'error', ename: 'KeyboardInterrupt', evalue: '' });
      await stage.idle();
    },
    { cellTimeout: 600_000 },
  );
  expect(executed.failure).toMatchObject({
    kind: 'cell-timeout',
    cell: 1,
    evalue: 'the cell did not finish within 0.1 seconds',
  });
});

describe('rule 12: errors are allowed by name', () => {
  test('those named go on, another ends the run', async () => {
    const options = { allowErrors: ['RangeError', 'TypeError'] };
    const executed = await run(
      ['RangeError', 'TypeError', 'a', 'SyntaxError', 'b'],
      printing('RangeError', 'TypeError', 'SyntaxError'),
      options,
    );
    expect(executed.statuses).toEqual(['failed', 'failed', 'passed', 'failed', 'not-run']);
    expect(executed.failure).toMatchObject({ ename: 'SyntaxError', cell: 4 });
  });

  test('none named: none allowed', async () => {
    const executed = await run(['E', 'b'], printing('E'), { allowErrors: [] });
    expect(executed.statuses).toEqual(['failed', 'not-run']);
  });
});

test('rule 12: force_raise_errors beats all that is allowed', async () => {
  const told: unknown[] = [];
  for (const options of [{ allowErrors: true }, { allowErrors: ['E'] }, {}]) {
    const executed = await run(
      [{ code: 'E', tags: ['raises-exception'] }, 'b'],
      async (stage) => {
        told.push(stage.request.content['stop_on_error']);
        await printing('E')(stage);
      },
      { ...options, forceRaiseErrors: true },
    );
    expect(executed.statuses).toEqual(['failed', 'not-run']);
    expect(executed.failure).toMatchObject({ ename: 'E', cell: 1 });
  }
  expect(told).toEqual([true, true, true]);
});

test('rule 13: the kernel is told whether the run goes on', async () => {
  const told: unknown[] = [];
  await run([{ code: 'a', tags: ['raises-exception'] }, 'b'], async (stage) => {
    told.push(stage.request.content['stop_on_error']);
    await printing('a')(stage);
  });
  expect(told).toEqual([false, true]);
});

test('rule 22: the notebook says which language it ran in', async () => {
  const executed = await run(['a'], printing());
  expect(executed.notebook.metadata).toMatchObject({
    language_info: { name: expect.any(String) as string },
    kernelspec: { name: expect.any(String) as string },
  });
});

test('rule 23: comms do no harm', async () => {
  const executed = await run(['a'], async (stage) => {
    for (const type of ['comm_open', 'comm_msg', 'comm_close', 'no_such_message']) {
      await stage.publish(type as 'status', { comm_id: '1', data: {} } as never);
    }
    await printing()(stage);
  });
  expect(executed.failure).toBeUndefined();
  expect(executed.outputs.map((outputs) => streamText(outputs))).toEqual(['a']);
});

test('rule 24: each cell begins and ends once', async () => {
  const events: string[] = [];
  const onCell: ExecutionContext['onCell'] = ({ type, cell }) => events.push(`${type} ${cell}`);
  await run([markdown('text'), 'a', '', 'E', 'b'], printing('E'), { onCell });
  expect(events).toEqual(['cell-start 2', 'cell-end 2', 'cell-start 4', 'cell-end 4']);
});

test('rule 32: the notebook can be saved after each cell', async () => {
  const saved: string[][] = [];
  await run(['a', markdown('text'), 'E', 'b'], printing('E'), {
    onProgress: (notebook) => {
      saved.push(outputsOf(notebook()).map((outputs) => streamText(outputs)));
    },
  });
  expect(saved).toEqual([
    ['a', '', ''],
    ['a', 'E', ''],
  ]);
});
