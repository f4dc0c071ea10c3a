// `daybook pipeline cancel`: ends a run, wherever it is.

import { cancelRun } from '../../history/runs/cancelled-run.js';
import { findRun } from '../../history/runs/run-history.js';
import { openWarehouse } from '../../warehouse/warehouse.js';
import type { Command } from '../command.js';
import { cancelledLine } from '../terminal/cancelled-line.js';

/** `daybook pipeline cancel`. */
export const pipelineCancel: Command = {
  usage: 'RUN',
  description: `Ends a run, whichever process on whichever machine is at it, within seconds: what is not finished is
rolled back, what was published stays. RUN is a number or "last".`,
  options: {},
  positionals: { min: 1, max: 1 },
  async run({ positionals, config, terminal, logger }) {
    const warehouse = await openWarehouse(config, { logger });
    try {
      const { runId } = await findRun(warehouse.owner, positionals[0] ?? '');
      const was = await cancelRun(warehouse.owner, runId);
      terminal.err(cancelledLine(runId, was, 'pipeline watch'));
      return 0;
    } finally {
      await warehouse.close();
    }
  },
};
