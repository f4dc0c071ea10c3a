// `daybook backfill resume|cancel ID`.

import { askBackfillToStop, findBackfill } from '../../history/runs/backfill-record.js';
import { openWarehouse } from '../../warehouse/warehouse.js';
import type { Command } from '../command.js';
import { whoAsks } from '../who-asks.js';
import { goOn, jobsOption, jsonOption } from './go-on.js';

/** `daybook backfill resume`. */
export const backfillResume: Command = {
  usage: 'ID [--jobs N] [--json]',
  description: `Goes on with a backfill that was stopped or killed, or of which slices failed: what has passed is not done
again. ID is a number or "last".`,
  failsWhen: 'a slice failed or was stopped; 75 while another process is at this backfill',
  options: { jobs: jobsOption, json: jsonOption },
  positionals: { min: 1, max: 1 },
  async run(invocation) {
    const { positionals, config, terminal, logger } = invocation;
    const warehouse = await openWarehouse(config, { logger });
    try {
      const found = await findBackfill(warehouse.owner, positionals[0] ?? '');
      if (found.status !== 'passed') return await goOn(found.backfillId, invocation, warehouse);
      terminal.err(`backfill ${found.backfillId} is done already\n`);
      return 0;
    } finally {
      await warehouse.close();
    }
  },
};

/** `daybook backfill cancel`. */
export const backfillCancel: Command = {
  usage: 'ID',
  description: `Ends a backfill, whichever process on whichever machine is at it, within seconds: the slice that it is at is
rolled back, what was published stays. “daybook backfill resume ID” goes on. ID is a number or "last".`,
  options: {},
  positionals: { min: 1, max: 1 },
  async run({ positionals, config, terminal, logger }) {
    const warehouse = await openWarehouse(config, { logger });
    try {
      const { backfillId } = await findBackfill(warehouse.owner, positionals[0] ?? '');
      const isAtWork = await askBackfillToStop(warehouse.owner, backfillId, whoAsks());
      terminal.err(
        isAtWork
          ? `backfill ${backfillId} is told to end\n`
          : `no process is at backfill ${backfillId}\n`,
      );
      return 0;
    } finally {
      await warehouse.close();
    }
  },
};
