import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createMessage, type Message } from '../../src/jupyter/message.js';
import type { Output } from '../../src/nbformat/notebook.js';
import { executeNotebook } from '../../src/notebook/execute/execute-notebook.js';
import { startFakeKernel } from '../jupyter/fake-kernel.js';
import { requireShared } from '../requirement.js';
import { markdown, notebookOf, outputsOf } from './notebooks.js';

/** One of nbclient's protocol cases: messages in, outputs out. */
interface Case {
  name: string;
  iopub: {
    msg_type: string;
    parent_header?: { msg_id: string };
    content: Record<string, unknown>;
    buffers?: { $base64: string }[];
  }[];
  reply_override: { content: Record<string, unknown> } | null;
  executor_settings: Record<string, unknown>;
  expected_outputs: unknown[] | null;
  raises: string | null;
  assertions: string[];
}

/** The reply does not come in time. */
const withoutReply = ['test_deadline_exec_reply'];
/** The kernel never says that it is done. We go on with a warning; nbclient was told to raise. */
const withoutIdle = ['test_deadline_iopub', 'test_eventual_deadline_iopub'];
/** nbclient's caller can force a count; ours cannot, so the kernel's counts. */
const otherCount = ['test_execution_count_message_ignored_on_override'];

const cellOf: Record<string, Parameters<typeof notebookOf>[0]> = {
  test_raises_exception_tag: [{ code: 'a', tags: ['raises-exception'] }],
  test_non_code_cell: [markdown('a')],
  test_non_code_cell_hooks: [markdown('a')],
  test_no_source: ['  \n'],
};

const limits = { idleTimeout: 100, interruptGrace: 50, abortTimeout: 100 };

describe('the protocol cases of nbclient', () => {
  test('all 41 of them', async (context) => {
    const file = requireShared(context, 'fixtures/execution/nbclient_message_cases.json');
    const cases = JSON.parse(readFileSync(file, 'utf8')) as Case[];
    expect(cases).toHaveLength(41);
    for (const one of cases) await check(one);
  });
});

async function check(one: Case): Promise<void> {
  const { name, iopub, reply_override: override, executor_settings: settings } = one;
  await using fake = await startFakeKernel(async (stage) => {
    for (const { msg_type, parent_header, content, buffers = [] } of iopub) {
      const isIdle = content['execution_state'] === 'idle';
      if (isIdle && withoutIdle.includes(name)) continue;
      const template: Message<unknown> = createMessage(
        'status',
        { execution_state: 'busy' },
        {
          session: 'case',
          parent: stage.request,
          buffers: buffers.map(({ $base64 }) => Buffer.from($base64, 'base64')),
        },
      );
      await stage.publishRaw({
        ...template,
        header: { ...template.header, msg_type },
        parentHeader: parent_header ?? template.parentHeader,
        content,
      });
    }
    if (withoutReply.includes(name)) return;
    await stage.reply({ execution_count: null, ...override?.content });
  });
  const executed = await executeNotebook(notebookOf(cellOf[name] ?? ['a']), fake.kernel, {
    limits,
    allowErrors: settings['allow_errors'] === true || 'allow_error_names' in settings,
    ...('timeout' in settings ? { cellTimeout: 100 } : {}),
  });
  const [outputs = []] = outputsOf(executed.notebook);
  const fromKernel = outputs.filter((output) => !isOurs(output, one));

  if (one.expected_outputs !== null) expect(fromKernel, name).toEqual(one.expected_outputs);
  if (withoutIdle.includes(name)) expect(executed.warnings, name).toHaveLength(1);
  else expect(executed.failure !== undefined, name).toBe(one.raises !== null);
  const count = /cell_mock\.execution_count == (\d+)/.exec(one.assertions.join('\n'))?.[1];
  if (count !== undefined) {
    const expected = otherCount.includes(name) ? 42 : Number(count);
    expect(executed.notebook.cells[0], name).toMatchObject({ execution_count: expected });
  }
  const messages = one.assertions.join('\n').includes('message_mock.call_count == 0');
  if (messages) expect(fake.requests, name).toEqual([]);
}

/**
 * What we add to the kernel's own outputs: an error output where a failed reply came without one,
 * the error of a timeout, the remark about a lost idle.
 */
function isOurs(output: Output, { iopub }: Case): boolean {
  if (output.output_type === 'error') return !iopub.some(({ msg_type }) => msg_type === 'error');
  return output.output_type === 'stream' && output.text.includes('[daybook: ');
}
