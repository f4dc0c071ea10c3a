import { describe, expect, test } from 'vitest';
import { createMessage } from '../../src/jupyter/message.js';
import {
  executeNotebook,
  type ExecutionContext,
} from '../../src/notebook/execute/execute-notebook.js';
import type { ExecutionSettings } from '../../src/notebook/run-settings.js';
import { startFakeKernel, type FakeKernelOptions, type Script } from '../jupyter/fake-kernel.js';
import { notebookOf, outputsOf, streamText, type CellDraft } from './notebooks.js';

/** Short limits: what never comes is not waited for long. */
const limits = { idleTimeout: 150, interruptGrace: 150, abortTimeout: 300 };

async function run(
  cells: readonly CellDraft[],
  script: Script,
  options: ExecutionSettings & ExecutionContext = {},
  fake: FakeKernelOptions = {},
) {
  await using kernel = await startFakeKernel(script, fake);
  const executed = await executeNotebook(
    notebookOf(cells),
    kernel.kernel,
    { limits, ...options },
    options,
  );
  return { ...executed, requests: kernel.requests, outputs: outputsOf(executed.notebook) };
}

const statuses = (executed: { cells: readonly { status: string }[] }) =>
  executed.cells.map(({ status }) => status);

describe('a cell is done when its reply and idle are both in', () => {
  test('the reply comes first, the output after it', async () => {
    const executed = await run(['a'], async (stage) => {
      await stage.busy();
      await stage.reply();
      await stage.print('late but in time');
      await stage.idle();
    });
    expect(executed.failure).toBeUndefined();
    expect(executed.warnings).toEqual([]);
    expect(streamText(executed.outputs[0] ?? [])).toBe('late but in time');
  });

  test('idle comes first, the reply after it', async () => {
    const executed = await run(['a', 'b'], async (stage) => {
      await stage.busy();
      await stage.print(stage.code);
      await stage.idle();
      await stage.reply();
    });
    expect(executed.failure).toBeUndefined();
    expect(executed.outputs.map((outputs) => streamText(outputs))).toEqual(['a', 'b']);
  });

  test('idle is lost: the run goes on, and says so on the page and to the operator', async () => {
    const executed = await run(['a', 'b'], async (stage) => {
      await stage.busy();
      await stage.print(stage.code);
      await stage.reply();
      if (stage.code === 'b') await stage.idle();
    });
    expect(executed.failure).toBeUndefined();
    expect(statuses(executed)).toEqual(['passed', 'passed']);
    expect(executed.warnings).toEqual([expect.stringContaining('cell 1: the kernel did not say')]);
    expect(streamText(executed.outputs[0] ?? [], 'stderr')).toContain('may be missing');
    expect(streamText(executed.outputs[1] ?? [])).toBe('b');
  });

  test('idle is not waited for while output still comes', async () => {
    const pieces = Array.from({ length: 8 }, (_, index) => `${index} `);
    const executed = await run(['a'], async (stage) => {
      await stage.reply();
      for (const piece of pieces) {
        await stage.print(piece);
        await new Promise((resolve) => setTimeout(resolve, limits.idleTimeout / 3));
      }
      await stage.idle();
    });
    expect(streamText(executed.outputs[0] ?? [])).toBe(pieces.join(''));
    expect(executed.warnings).toEqual([]);
  });

  test('an error message without an error status is no failure', async () => {
    const executed = await run(['a', 'b'], async (stage) => {
      await stage.publish('error', { ename: 'E', evalue: 'v', traceback: [] });
      await stage.reply();
      await stage.idle();
    });
    expect(executed.failure).toBeUndefined();
    expect(statuses(executed)).toEqual(['passed', 'passed']);
  });
});

describe('messages of others', () => {
  test('an unknown parent, no parent and a shout are ignored', async () => {
    const executed = await run(['a'], async (stage) => {
      const stranger = createMessage('execute_request', {} as never, { session: 'other' });
      await stage.busy();
      await stage.publish('stream', { name: 'stdout', text: 'stranger' }, stranger);
      await stage.publish('status', { execution_state: 'idle' }, stranger);
      await stage.publishRaw(
        createMessage('stream', { name: 'stdout', text: 'nobody' }, { session: 'x' }),
      );
      await stage.publishRaw({
        ...createMessage('stream', { name: 'stdout', text: 'x' }, { session: 'x' }),
        content: { text: 7 },
        parentHeader: stage.request.header,
      });
      await stage.print('mine');
      await stage.reply();
      await stage.idle();
    });
    expect(executed.outputs[0]).toEqual([{ output_type: 'stream', name: 'stdout', text: 'mine' }]);
  });

  test('output that an earlier cell prints late goes to that cell', async () => {
    let first: Parameters<Script>[0] | undefined;
    const executed = await run(['a', 'b'], async (stage) => {
      first ??= stage;
      await stage.busy();
      if (stage.code === 'b') await first.print('from a, while b runs');
      await stage.print(stage.code);
      await stage.reply();
      await stage.idle();
    });
    expect(executed.outputs.map((outputs) => streamText(outputs))).toEqual([
      'afrom a, while b runs',
      'b',
    ]);
  });

  test('a reply for another request does not end the cell', async () => {
    const executed = await run(['a', 'b'], async (stage) => {
      if (stage.code === 'a') {
        await stage.reply();
        await stage.reply();
        await stage.idle();
        return;
      }
      await stage.busy();
      await stage.print('b ran');
      await stage.reply();
      await stage.idle();
    });
    expect(executed.outputs.map((outputs) => streamText(outputs))).toEqual(['', 'b ran']);
  });
});

describe('a cell that the kernel refuses', () => {
  test.each(['abort', 'aborted'] as const)('%s: it is sent again until it runs', async (status) => {
    const executed = await run(
      [{ code: 'a', tags: ['raises-exception'] }, 'b', 'c'],
      async (stage) => {
        await stage.busy();
        const refused = stage.index > 0 && stage.index < 4;
        if (stage.index === 0) await stage.reply({ status: 'error', ename: 'E', evalue: 'meant' });
        else if (refused) await stage.reply({ status });
        else {
          await stage.print(stage.code);
          await stage.reply();
        }
        await stage.idle();
      },
    );
    expect(executed.requests).toEqual(['a', 'b', 'b', 'b', 'b', 'c']);
    expect(executed.failure).toBeUndefined();
    expect(statuses(executed)).toEqual(['failed', 'passed', 'passed']);
    expect(executed.outputs.slice(1).map((outputs) => streamText(outputs))).toEqual(['b', 'c']);
  });

  test('it is never counted as run: the run fails when the kernel goes on refusing', async () => {
    const executed = await run(['a', 'b'], async (stage) => {
      await stage.reply({ status: 'aborted' });
      await stage.idle();
    });
    expect(executed.failure).toMatchObject({ kind: 'not-run', cell: 1 });
    expect(statuses(executed)).toEqual(['not-run', 'not-run']);
    expect(executed.notebook.cells[0]).toMatchObject({ execution_count: null });
    expect(new Set(executed.requests)).toEqual(new Set(['a']));
  });
});

describe('a kernel that dies', () => {
  test('in mid-cell: its exit code, what it had published, and its last words', async () => {
    const executed = await run(['a', 'b'], async (stage) => {
      await stage.busy();
      await stage.print('before');
      await stage.publish('display_data', { data: { 'text/plain': 'shown' }, metadata: {} });
      stage.die({ code: 7 });
    });
    expect(executed.failure).toMatchObject({
      kind: 'kernel-died',
      cell: 1,
      cellId: 'cell-1',
      evalue: 'the kernel ended with exit code 7',
    });
    expect(statuses(executed)).toEqual(['failed', 'not-run']);
    expect(executed.outputs[0]?.map((output) => output.output_type)).toEqual([
      'stream',
      'display_data',
      'error',
    ]);
    expect(JSON.stringify(executed.outputs[0])).toContain('last words');
  });

  test('allowing errors does not help: there is nothing to go on with', async () => {
    const executed = await run(
      ['a', 'b'],
      (stage) => {
        stage.die({ signal: 'SIGSEGV' });
      },
      { allowErrors: true },
    );
    expect(executed.failure).toMatchObject({ evalue: 'the kernel was ended by SIGSEGV' });
    expect(statuses(executed)).toEqual(['failed', 'not-run']);
  });

  test('between the reply and idle: the cell is not taken for done', async () => {
    const executed = await run(['a'], async (stage) => {
      await stage.reply();
      stage.die({ code: 1 });
    });
    expect(executed.failure?.kind).toBe('kernel-died');
  });

  test('between two cells: the second one is named', async () => {
    const executed = await run(['a', 'b'], async (stage) => {
      await stage.reply();
      await stage.idle();
      stage.die({ code: 1 });
    });
    expect(executed.failure).toMatchObject({ kind: 'kernel-died' });
    expect(statuses(executed)).toContain('failed');
  });
});

describe('time', () => {
  test('a cell is interrupted at its limit, and what it put out stays', async () => {
    const executed = await run(
      ['a', 'b'],
      async (stage) => {
        await stage.busy();
        await stage.print('so far');
        await stage.interrupted;
        await stage.reply({ status: 'error', ename: 'KeyboardInterrupt', evalue: '' });
        await stage.idle();
      },
      { cellTimeout: 100 },
    );
    expect(executed.failure).toMatchObject({
      kind: 'cell-timeout',
      cell: 1,
      evalue: 'the cell did not finish within 0.1 seconds',
    });
    expect(executed.outputs[0]?.[0]).toMatchObject({ text: 'so far' });
    expect(statuses(executed)).toEqual(['failed', 'not-run']);
  });

  test('with errors allowed the next cell runs on the interrupted kernel', async () => {
    const executed = await run(
      ['a', 'b'],
      async (stage) => {
        if (stage.code === 'a') {
          await stage.interrupted;
          await stage.reply({ status: 'error', ename: 'KeyboardInterrupt', evalue: '' });
        } else {
          await stage.print('b ran');
          await stage.reply();
        }
        await stage.idle();
      },
      { cellTimeout: 100, allowErrors: true },
    );
    expect(executed.failure).toBeUndefined();
    expect(statuses(executed)).toEqual(['failed', 'passed']);
    expect(streamText(executed.outputs[1] ?? [])).toBe('b ran');
  });

  test('a kernel that does not react to the interrupt is ended', async () => {
    const executed = await run(['a', 'b'], (stage) => stage.busy(), { cellTimeout: 100 });
    expect(executed.failure?.kind).toBe('cell-timeout');
    expect(JSON.stringify(executed.outputs[0])).toContain('did not react');
  });

  test('the limit of the whole notebook stops it although errors are allowed', async () => {
    const executed = await run(
      ['a', 'b', 'c'],
      async (stage) => {
        if (stage.code === 'b') {
          await stage.interrupted;
          await stage.reply({ status: 'error' });
        } else await stage.reply();
        await stage.idle();
      },
      { timeout: 300, cellTimeout: 60_000, allowErrors: true },
    );
    expect(executed.failure).toMatchObject({ kind: 'notebook-timeout', cell: 2 });
    expect(statuses(executed)).toEqual(['passed', 'failed', 'not-run']);
  });

  test('the signal stops at once and keeps what there is', async () => {
    const controller = new AbortController();
    const executed = await run(
      ['a', 'b'],
      async (stage) => {
        await stage.busy();
        await stage.print('so far');
        controller.abort(new Error('Ctrl-C'));
      },
      { signal: controller.signal },
    );
    expect(statuses(executed)).toEqual(['not-run', 'not-run']);
    expect(executed.failure).toBeUndefined();
  });

  test('asking for input is a failure, never a wait', async () => {
    const executed = await run(['a'], async (stage) => {
      await stage.busy();
      await stage.askForInput();
      await stage.interrupted;
      await stage.reply({ status: 'error' });
      await stage.idle();
    });
    expect(executed.failure).toMatchObject({ kind: 'input-requested', cell: 1 });
  });
});

test('a flood of output arrives whole and in order', async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `${index}\n`);
  const executed = await run(['a'], async (stage) => {
    await stage.busy();
    // Not awaited one by one: this is what makes tslab lose its output.
    await Promise.all(lines.map((line) => stage.print(line)));
    await stage.reply();
    await stage.idle();
  });
  expect(streamText(executed.outputs[0] ?? [])).toBe(lines.join(''));
});

test('more output than the limit is left out, and the page says how much', async () => {
  const executed = await run(
    ['a'],
    async (stage) => {
      await stage.print('x'.repeat(80));
      await stage.print('y'.repeat(80));
      await stage.publish('display_data', { data: { 'text/plain': 'z'.repeat(30) }, metadata: {} });
      await stage.reply();
      await stage.idle();
    },
    { outputLimit: 100 },
  );
  expect(streamText(executed.outputs[0] ?? [])).toBe('x'.repeat(80) + 'y'.repeat(20));
  expect(streamText(executed.outputs[0] ?? [], 'stderr')).toContain('90 more characters');
});

test('execution is timed in the words of the format', async () => {
  const executed = await run(['a'], async (stage) => {
    await stage.busy();
    await stage.publish('execute_input', { code: 'a', execution_count: 4 });
    await stage.reply({ execution_count: 4 });
    await stage.idle();
  });
  const [cell] = executed.notebook.cells;
  expect(cell).toMatchObject({ execution_count: 4 });
  const times = cell?.metadata['execution'] as Record<string, string>;
  expect(Object.keys(times).sort()).toEqual([
    'iopub.execute_input',
    'iopub.status.busy',
    'iopub.status.idle',
    'shell.execute_reply',
  ]);
  for (const time of Object.values(times)) expect(time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
});
