// `daybook notebooks pin` and `daybook notebooks unpin`: runs that are kept whatever the retention says.

import type { Pool } from 'pg';
import { DaybookError } from '../../errors.js';
import { findRun, pinRun, readPinnedRuns, unpinRun } from '../../publication/pinned-runs.js';
import { formatTable } from '../../text/table.js';
import { openWarehouse } from '../../warehouse/warehouse.js';
import type { Command } from '../command.js';
import { flag, textOption } from '../options.js';

/** `daybook notebooks pin`. */
export const notebooksPin: Command = {
  usage: '[RUN|NAME…] [--until DAY] [--json]',
  description: `Keeps runs of notebooks, whatever DAYBOOK_KEEP_NOTEBOOK_RUNS says, so that addresses which name them hold:
the page of the run, its figures as files, comparisons with it. RUN is a number, as the page of a run has it; NAME is
the last part of a page's address, and stands for the run that the page shows now. Pages and the JSON of figures say until
when. Without RUN and NAME it lists the pinned runs.`,
  options: {
    until: {
      type: 'string',
      placeholder: 'DAY',
      help: 'Keep them through this day, like 2027-12-31',
      default: 'for good',
    },
    json: { type: 'boolean', help: 'Print one JSON object for each pinned run' },
  },
  positionals: { min: 0, max: Infinity },
  async run({ values, positionals, config, terminal, logger }) {
    const until = textOption(values, 'until');
    if (until !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(until)) {
      throw new DaybookError('USAGE', `--until ${until} is no day like 2027-12-31`);
    }
    if (until !== undefined && positionals.length === 0) {
      throw new DaybookError('USAGE', '--until says how long to keep a run; name the run, too');
    }
    const warehouse = await openWarehouse(config, { logger });
    try {
      const runs = await runsOf(warehouse.owner, positionals);
      for (const run of runs) {
        await pinRun(warehouse.owner, run, until, config.reportTimeZone);
      }
      const pinned = (await readPinnedRuns(warehouse.owner)).filter(
        ({ runId }) => runs.length === 0 || runs.includes(runId),
      );
      if (flag(values, 'json')) {
        for (const run of pinned) {
          terminal.out(`${JSON.stringify({ ...run, until: run.until ?? null })}\n`);
        }
      } else if (positionals.length === 0) {
        const rows = pinned.map((run) => [
          ...[run.runId, run.slug, run.until ?? 'for good', run.finishedAt, run.title],
        ]);
        terminal.out(formatTable([['run', 'name', 'until', 'ended', 'title'], ...rows]));
      } else {
        for (const { runId, slug } of pinned) {
          const end = until === undefined ? 'for good' : `through ${until}`;
          terminal.out(`run ${runId} of ${slug} is kept ${end}\n`);
        }
      }
      return 0;
    } finally {
      await warehouse.close();
    }
  },
};

/** `daybook notebooks unpin`. */
export const notebooksUnpin: Command = {
  usage: 'RUN|NAME…',
  description: `Takes pins away: the retention holds for these runs again, and the next \`daybook notebooks run\` may delete
them. RUN and NAME are as for \`daybook notebooks pin\`, which lists the pinned runs.`,
  options: {},
  positionals: { min: 1, max: Infinity },
  async run({ positionals, config, terminal, logger }) {
    const warehouse = await openWarehouse(config, { logger });
    try {
      for (const run of await runsOf(warehouse.owner, positionals)) {
        const had = await unpinRun(warehouse.owner, run);
        terminal.out(`run ${run} ${had ? 'is pinned no more' : 'was not pinned'}\n`);
      }
      return 0;
    } finally {
      await warehouse.close();
    }
  },
};

/** @throws DaybookError `RUN_UNKNOWN` for a name or number that there is not, before anything is changed. */
async function runsOf(pool: Pool, names: readonly string[]): Promise<string[]> {
  const runs: string[] = [];
  for (const name of names) {
    const run = await findRun(pool, name);
    if (run === undefined) {
      throw new DaybookError(
        'RUN_UNKNOWN',
        `There is no run ${name}, and no page of that name with one`,
        {
          hint: '`daybook notebooks unpublish` lists the pages with the run that each shows',
        },
      );
    }
    runs.push(run);
  }
  return runs;
}
