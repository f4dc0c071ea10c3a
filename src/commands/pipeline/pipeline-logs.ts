// `daybook pipeline logs`: the logs of a run's tasks.

import { formatCount, formatDuration } from '../../text/amounts.js';
import { findRun, listTasks, type FinishedTask } from '../../history/runs/run-history.js';
import { failureLines } from '../terminal/pipeline-lines.js';
import type { Command } from '../command.js';
import { withHistory } from '../warehouse/with-history.js';

/** `daybook pipeline logs`. */
export const pipelineLogs: Command = {
  usage: 'RUN [TASK]',
  description: `Shows what a pipeline run did, task by task: the SQL that ran, rows, duration, errors and the rows
that failed a test. RUN is a number or "last". TASK is a model's name or load:FILE; without it all
tasks are shown.`,
  options: {},
  positionals: { min: 1, max: 2 },
  async run({ positionals, config, terminal, logger }) {
    await withHistory({ config, logger }, async (pool) => {
      const run = await findRun(pool, positionals[0] ?? '');
      const tasks = await listTasks(pool, run.runId, positionals[1]);
      terminal.out(tasks.map(describeTask).join('\n'));
    });
    return 0;
  },
};

function describeTask({
  task,
  status,
  rowCount,
  durationMs,
  startedAt,
  sql,
  error,
}: FinishedTask): string {
  const facts = [
    status,
    rowCount === null ? '' : `${formatCount(rowCount)} rows`,
    durationMs === null ? '' : formatDuration(durationMs),
    startedAt ?? '',
  ];
  const lines = [`== ${task}: ${facts.filter((fact) => fact !== '').join(', ')}`];
  if (sql !== null) lines.push(sql.trimEnd());
  if (error !== null) {
    const { failures = [], ...rest } = error;
    lines.push(...Object.entries(rest).map(([name, value]) => `-- ${name}: ${value}`));
    lines.push(...failureLines(failures));
  }
  return `${lines.join('\n')}\n`;
}
