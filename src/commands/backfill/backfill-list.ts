// `daybook backfill list|show`: backfills, and one as a grid of models and slices.

import {
  findBackfill,
  listBackfills,
  type Backfill,
  type BackfillSlice,
} from '../../history/runs/backfill-record.js';
import { formatDuration } from '../../text/amounts.js';
import { formatTable } from '../../text/table.js';
import type { Command } from '../command.js';
import { flag } from '../options.js';
import { withHistory } from '../warehouse/with-history.js';

/** The most backfills of the list. */
const mostListed = 20;

/** `daybook backfill list`. */
export const backfillList: Command = {
  usage: '[--json]',
  description: 'Lists the newest backfills: what was asked for, by whom, and how they stand.',
  options: { json: { type: 'boolean', help: 'Print one JSON object for each backfill' } },
  run: ({ values, config, terminal, logger }) =>
    withHistory({ config, logger }, async (pool): Promise<0> => {
      const found = await listBackfills(pool, mostListed);
      if (flag(values, 'json')) {
        for (const one of found) terminal.out(`${JSON.stringify(one)}\n`);
      } else if (found.length === 0) {
        terminal.out('no backfill yet: daybook backfill --from 2026-01-01 --to 2026-01-31\n');
      } else {
        const header = ['backfill', 'state', 'days', 'width', 'models', 'slices', 'asked by', 'at'];
        terminal.out(formatTable([header, ...found.map(listRow)]));
      }
      return 0;
    }),
};

function listRow(one: Backfill): string[] {
  const done = one.slices.filter(({ status }) => status === 'passed').length;
  return [
    String(one.backfillId),
    one.status,
    `${one.fromDay} to ${one.toDay}`,
    `${one.width}, ${one.newestFirst ? 'newest' : 'oldest'} first`,
    one.selected.length === 0 ? 'all' : one.selected.join(' '),
    `${done} of ${one.slices.length}`,
    one.askedBy,
    one.askedAt,
  ];
}

/** `daybook backfill show`. */
export const backfillShow: Command = {
  usage: 'ID [--json]',
  description: `Shows a backfill as a grid: how each model ended in each slice, and which run did it. ID is a number or "last".
“daybook pipeline show RUN” tells more of a run.`,
  options: { json: { type: 'boolean', help: 'Print it as JSON' } },
  positionals: { min: 1, max: 1 },
  run: ({ values, positionals, config, terminal, logger }) =>
    withHistory({ config, logger }, async (pool): Promise<0> => {
      const found = await findBackfill(pool, positionals[0] ?? '');
      if (flag(values, 'json')) {
        terminal.out(`${JSON.stringify(found)}\n`);
        return 0;
      }
      const names = [...new Set(found.slices.flatMap(({ tasks }) => Object.keys(tasks)))];
      const rows = found.slices.map((slice) => [
        sliceWords(slice),
        slice.status,
        slice.runId === null ? '' : String(slice.runId),
        slice.durationMs === null ? '' : formatDuration(slice.durationMs),
        ...names.map((name) => slice.tasks[name] ?? ''),
      ]);
      terminal.out(formatTable([['slice', 'state', 'run', 'took', ...names], ...rows]));
      for (const { error, ...slice } of found.slices) {
        if (error !== null) terminal.err(`${sliceWords(slice)}: ${error.message}\n`);
      }
      terminal.err(`backfill ${found.backfillId}: ${found.status}\n`);
      return 0;
    }),
};

/** The days of a slice in words. */
export function sliceWords({ fromDay, toDay }: Pick<BackfillSlice, 'fromDay' | 'toDay'>): string {
  if (fromDay === null || toDay === null) return 'what reads them';
  return fromDay === toDay ? fromDay : `${fromDay} to ${toDay}`;
}
