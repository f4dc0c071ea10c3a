// `daybook pipeline show`: one run with its tasks.

import { formatCount, formatDuration } from '../../text/amounts.js';
import { summaryLines, failureLines } from '../terminal/pipeline-lines.js';
import { findRun, listTasks, type FinishedTask } from '../../history/runs/run-history.js';
import { formatTable } from '../../text/table.js';
import type { Command } from '../command.js';
import { flag } from '../options.js';
import { withHistory } from '../warehouse/with-history.js';
import type { ReportedRun } from '../../history/runs/pipeline-run.js';

/** `daybook pipeline show`. */
export const pipelineShow: Command = {
  usage: 'RUN [--json]',
  description:
    'Shows one pipeline run: what it did and how each task ended. RUN is a number or "last".',
  options: { json: { type: 'boolean', help: 'Print the run with its tasks as one JSON object' } },
  positionals: { min: 1, max: 1 },
  async run({ values, positionals, config, terminal, logger }) {
    await withHistory({ config, logger }, async (pool) => {
      const run = await findRun(pool, positionals[0] ?? '');
      const tasks = await listTasks(pool, run.runId);
      terminal.out(
        flag(values, 'json') ? `${JSON.stringify({ ...run, tasks })}\n` : describeRun(run, tasks),
      );
    });
    return 0;
  },
};

function describeRun(run: ReportedRun, tasks: readonly FinishedTask[]): string {
  const facts = [
    ['run', String(run.runId)],
    ['status', run.status],
    ['trigger', run.trigger],
    ...(run.runKey == null ? [] : [['run key', run.runKey]]),
    ['started', run.startedAt],
    ['finished', run.finishedAt ?? 'not yet'],
    ['code', run.codeVersion ?? 'unknown'],
    ['data', run.dataDir],
    ['through', run.summary?.dataThrough ?? 'unknown'],
    ['as of', `${run.asOf ?? 'unknown'} (${run.timeZone})`],
  ];
  const shown = tasks.filter(({ kind, status }) => kind !== 'test' || status === 'failed');
  const rows = shown.map((task) => [
    task.status,
    task.task,
    task.rowCount === null ? '' : formatCount(task.rowCount),
    // None: it had nothing to do.
    task.durationMs === null || task.durationMs === 0 ? '' : formatDuration(task.durationMs),
    task.attempt === 1 ? '' : `attempt ${task.attempt}`,
    task.error === null ? (task.reason ?? '') : `${task.error.message} [${task.error.code}]`,
  ]);
  const failures = tasks.flatMap(({ task, error }) =>
    error?.failures === undefined ? [] : [`== ${task}`, ...failureLines(error.failures)],
  );
  const failed = failures.length === 0 ? '' : `\n${failures.join('\n')}\n`;
  const error = run.error === null ? '' : `\n${run.error.message} [${run.error.code}]\n`;
  const summary = run.summary === null ? error : `\n${summaryLines(run.summary).join('\n')}\n`;
  return `${formatTable(facts)}\n${formatTable([['status', 'task', 'rows', 'took', '', 'why'], ...rows])}${failed}${summary}`;
}
