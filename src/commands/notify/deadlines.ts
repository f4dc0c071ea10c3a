// Evaluation of deadlines in the background of the dashboard and the scheduler.

import type { Pool } from 'pg';
import type { Config } from '../../config/config.js';
import type { Logger } from '../../logger.js';
import { watchDeadlines } from '../../schedules/deadline-watch.js';
import { createPool } from '../../warehouse/connect/pool.js';
import { openWarehouseUrls } from '../../warehouse/warehouse.js';
import { pipelinePath } from '../../server/paths.js';
import { Webhook } from './webhook.js';

/** Evaluates the deadlines of a project until the signal is aborted; does nothing where none are declared. */
export async function evaluateInBackground(
  config: Config,
  { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<void> {
  const { deadlines } = config.project;
  if (deadlines.length === 0) return;
  const webhook = new Webhook(config.webhook, config, logger);
  const { publicOrigin } = config.exposure;
  const link =
    publicOrigin === undefined ? undefined : publicOrigin + config.basePath + pipelinePath;
  let pool: Pool | undefined;
  try {
    const { owner } = await openWarehouseUrls(config, { logger });
    pool = createPool(owner, logger);
    await watchDeadlines({
      ...{ pool, deadlines, timeZone: config.reportTimeZone, signal, logger },
      // Without a webhook there is nobody to tell, and nothing to try again.
      tell: async (message) => {
        if (!webhook.isSet) return true;
        const text = link === undefined ? message.text : `${message.text}\n${link}`;
        return webhook.post({ ...message, text, link });
      },
    });
  } finally {
    await pool?.end();
  }
}
