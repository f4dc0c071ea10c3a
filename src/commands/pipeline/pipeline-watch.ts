// `daybook pipeline watch`: follows a run, wherever it is.

import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodeOf } from '../../history/reports/merge-reports.js';
import { findRun } from '../../history/runs/run-history.js';
import { readRunProgress, type EndedTask } from '../../history/runs/run-progress.js';
import type { Command } from '../command.js';
import { flag } from '../options.js';
import { eventLines, summaryLines } from '../terminal/pipeline-lines.js';
import { withHistory } from '../warehouse/with-history.js';

/** How often the run is looked at, in milliseconds. */
const lookMs = 300;

/** `daybook pipeline watch`. */
export const pipelineWatch: Command = {
  usage: 'RUN [--json]',
  description: `Follows a run that any process on any machine is at, says what it has done, and ends as the run ends, with
its exit code. Ctrl-C ends the watching, not the run. RUN is a number or "last".`,
  failsWhen: 'anything of the run failed, 75 when all that failed passes by itself',
  options: { json: { type: 'boolean', help: 'Print the report of the run as JSON at its end' } },
  positionals: { min: 1, max: 1 },
  async run({ values, positionals, config, terminal, logger, signal }) {
    return withHistory({ config, logger }, async (pool) => {
      const { runId } = await findRun(pool, positionals[0] ?? '');
      const told = new Set<string>();
      let state = '';
      for (;;) {
        const progress = await readRunProgress(pool, runId);
        for (const task of progress.tasks) {
          if (told.has(task.task)) continue;
          told.add(task.task);
          for (const line of taskLines(task)) terminal.err(`${line}\n`);
        }
        if (progress.hasEnded) break;
        const now = `run ${runId} ${progress.isQueued ? 'waits for a worker' : 'is at work'}`;
        if (now !== state) terminal.err(`${now}\n`);
        state = now;
        await sleep(lookMs, undefined, { signal }).catch(() => {
          throw signal.reason;
        });
      }
      const run = await findRun(pool, String(runId));
      if (flag(values, 'json')) terminal.out(`${JSON.stringify(run.summary)}\n`);
      const lines =
        run.summary === null
          ? [`${run.error?.message ?? 'it ended without a report'} [${run.error?.code ?? ''}]`]
          : summaryLines(run.summary);
      terminal.err(`${lines.join('\n')}\n`);
      return run.summary === null ? 1 : exitCodeOf(run.summary);
    });
  },
};

/** The lines of a task that has ended, as `pipeline run` says them. */
function taskLines({ task, kind, status, rowCount, durationMs, error }: EndedTask): string[] {
  const result = { durationMs, ...(error === null ? {} : { error }) };
  if (kind !== 'load') {
    const isBuilt = status !== 'unchanged' || durationMs > 0;
    const report = { ...result, model: task, isBuilt, reason: '', rows: rowCount };
    return eventLines({ type: 'model_finished', status, ...report });
  }
  const loaded = rowCount ?? 0;
  const file = task.slice('load:'.length);
  const ended = status === 'passed' ? 'loaded' : status === 'failed' ? 'failed' : 'unchanged';
  const report = { ...result, file, source: '', lines: loaded, loaded, rejected: 0 };
  return eventLines({ type: 'file_finished', status: ended, ...report });
}
