// `daybook pipeline runs`: the list of runs in the terminal, with its columns.

import { formatCount, formatDuration } from '../../text/amounts.js';
import { listRuns } from '../../history/runs/run-history.js';
import { countOption, flag } from '../options.js';
import { formatTable } from '../../text/table.js';
import type { Command } from '../command.js';
import { withHistory } from '../warehouse/with-history.js';
import type { PipelineReport } from '../../history/reports/pipeline-report.js';
import type { ReportedRun } from '../../history/runs/pipeline-run.js';

/** `daybook pipeline runs`. */
export const pipelineRuns: Command = {
  usage: '[--limit N] [--json]',
  description: 'Lists the newest pipeline runs, newest first. Times are UTC.',
  options: {
    limit: { type: 'string', placeholder: 'N', help: 'Show so many runs', default: '20' },
    json: { type: 'boolean', help: 'Print one JSON object for each run' },
  },
  async run({ values, config, terminal, logger }) {
    const limit = countOption(values, 'limit') ?? 20;
    const runs = await withHistory({ config, logger }, (pool) => listRuns(pool, limit));
    if (flag(values, 'json')) {
      for (const run of runs) terminal.out(`${JSON.stringify(run)}\n`);
    } else if (runs.length === 0) {
      terminal.out('no run yet: daybook pipeline run\n');
    } else {
      const header = [
        'run',
        'status',
        'started',
        'took',
        'lines',
        'drift',
        'trigger',
        'code',
        'error',
      ];
      terminal.out(formatTable([header, ...runs.map(runRow)]));
    }
    return 0;
  },
};

function runRow(run: ReportedRun): string[] {
  return [
    String(run.runId),
    run.status,
    run.startedAt.slice(0, 19).replace('T', ' '),
    run.durationMs === null ? '' : formatDuration(run.durationMs),
    run.summary === null ? '' : formatCount(run.summary.lines.read),
    driftCount(run),
    run.trigger,
    run.codeVersion ?? '',
    run.error?.code ?? '',
  ];
}

/** The number of new shapes in its lines; runs of earlier versions have no drift. */
function driftCount({ summary }: ReportedRun): string {
  const drift: PipelineReport['drift'] = summary?.drift ?? [];
  return drift.length === 0 ? '' : formatCount(drift.length);
}
