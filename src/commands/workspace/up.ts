// `daybook up`: everything at once, pipeline, notebooks and dashboard.

import { DaybookError, describeError } from '../../errors.js';
import { requireFreeAddress } from '../../http/listen.js';
import type { Command, Invocation } from '../command.js';
import { flag, pathOption } from '../options.js';
import {
  dataOption,
  limitHelp,
  limitOptions,
  limitsOption,
  limitUsage,
} from '../pipeline/load-options.js';
import { refresh } from './refresh.js';
import { doSchedules } from './scheduler.js';
import { Webhook } from '../notify/webhook.js';
import { listenOptions, serveDashboard, withAddress } from '../dashboard/serve.js';

/** `daybook up`, which is `npm start`. */
export const up: Command = {
  usage: `[--data DIR] ${limitUsage} [--host H] [--port N] [--once]`,
  description: `Does everything: starts the warehouse, loads the logs, builds and tests the models, executes the
notebooks, then serves the dashboard. Without --data, DAYBOOK_DATA_DIR and a folder data/ it makes
sample logs first.

When something fails, what was published before is served, and the failure is named here and on the
pages. ${limitHelp}

Beside the dashboard it does what daybook.config.ts schedules, like “daybook scheduler”.

With --once nothing is served.
With DAYBOOK_WEBHOOK that address is told of failures, too.`,
  failsWhen: 'anything failed, 75 when all that failed passes by itself',
  options: {
    data: dataOption,
    ...limitOptions,
    ...listenOptions,
    once: { type: 'boolean', help: 'Stop before serving' },
  },
  async run(invocation) {
    const { values, logger, signal } = invocation;
    const config = withAddress(invocation);
    const data = pathOption(invocation, 'data');
    const webhook = new Webhook(config.webhook, config, logger);
    const limits = limitsOption(values);
    // Checked before the work.
    if (!flag(values, 'once')) await requireFreeAddress(config.host, config.port);
    const work = refresh({ ...invocation, data, limits, webhook, trigger: 'up' });
    if (flag(values, 'once')) return work;

    const exitCode = await work.catch((error: unknown) => {
      // Nothing can be shown, and nothing would be retried: left to a supervisor.
      if (signal.aborted || isUnavailable(error)) throw error;
      logger.error(describeError(error));
      return 1 as const;
    });
    if (exitCode !== 0)
      logger.warn('not everything passed: the dashboard shows the last good pages');
    const ending = new AbortController();
    const here = { ...invocation, config, signal: AbortSignal.any([signal, ending.signal]) };
    const schedules = config.project.schedules.length === 0 ? undefined : scheduleHere(here);
    try {
      await serveDashboard({ ...invocation, config });
    } finally {
      ending.abort();
      await schedules;
    }
    return exitCode;
  },
};

/** A scheduler beside the dashboard, which goes on without it. */
async function scheduleHere(invocation: Invocation): Promise<void> {
  const { logger } = invocation;
  logger.info('the schedules of daybook.config.ts are done here, too');
  await doSchedules(invocation).catch((error: unknown) => {
    logger.error(`nothing is scheduled here: ${describeError(error)}`);
  });
}

function isUnavailable(error: unknown): boolean {
  return error instanceof DaybookError && error.code === 'WAREHOUSE_UNAVAILABLE';
}
