// Doing what is left of a backfill, with its lines on the terminal.

import { runBackfill } from '../../pipeline/backfill/run-backfill.js';
import { processName } from '../../schedules/scheduler.js';
import { codeVersion } from '../../system/code-version.js';
import { formatDuration } from '../../text/amounts.js';
import type { Warehouse } from '../../warehouse/warehouse.js';
import type { ExitCode, Invocation } from '../command.js';
import { countOption, flag } from '../options.js';
import { sliceWords } from './backfill-list.js';

/** `--jobs` of commands that do slices. */
export const jobsOption = {
  type: 'string',
  placeholder: 'N',
  help: 'Do so many files, and then models, of a slice at once',
} as const;

/** `--json` of commands that do slices. */
export const jsonOption = { type: 'boolean', help: 'Print the outcome as JSON' } as const;

/** Goes on with a backfill until it is done, or stopped. */
export async function goOn(
  id: number,
  { values, config, terminal, logger, signal }: Invocation,
  warehouse: Warehouse,
): Promise<ExitCode> {
  terminal.err(`→ npx daybook backfill show ${id}  shows how it stands\n`);
  let began = performance.now();
  const ended = await runBackfill(id, {
    ...{ warehouse, config, signal, logger },
    codeVersion: await codeVersion(config.root, config.codeVersion),
    process: processName(),
    jobs: countOption(values, 'jobs'),
    onEvent: (event) => {
      if (event.type === 'waiting') terminal.err('another run is at work; waiting for it\n');
    },
    onSlice: (slice, { slices }) => {
      const took = formatDuration(performance.now() - began);
      began = performance.now();
      const why = slice.error === null ? '' : `: ${slice.error.message}`;
      const words = `${slice.slice}/${slices.length} ${sliceWords(slice)}`;
      terminal.err(`${words}  ${slice.status}, ${took}${why}\n`);
    },
  });
  if (flag(values, 'json')) terminal.out(`${JSON.stringify(ended)}\n`);
  if (ended.status === 'passed') return 0;
  terminal.err(`→ npx daybook backfill resume ${id}  goes on with what is left\n`);
  return 1;
}
