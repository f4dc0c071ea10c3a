import type { Pool } from 'pg';
import type { Config } from '../config.js';
import type { Logger } from '../logger.js';
import { createApp } from './app.js';
import { loadAssets } from './assets.js';
import { listen, type Listening } from './listen.js';
import { createReaders } from './readers/readers.js';

/** What a dashboard runs on. */
export interface DashboardOptions {
  /** A pool of the reader's role. */
  readonly pool: Pool;
  readonly config: Pick<Config, 'host' | 'port' | 'reportTimeZone' | 'basePath'>;
  readonly logger: Logger;
}

/**
 * Serves the dashboard until it is closed.
 *
 * @throws DaybookError `PORT_IN_USE` or `ADDRESS_UNAVAILABLE`.
 */
export async function startDashboard(options: DashboardOptions): Promise<Listening> {
  const { pool, config, logger } = options;
  const closing = new AbortController();
  const app = createApp({
    ...createReaders(pool),
    assets: await loadAssets(),
    timeZone: config.reportTimeZone,
    basePath: config.basePath,
    signal: closing.signal,
    logger,
  });
  const listening = await listen(app, config.host, config.port);
  return {
    url: listening.url + config.basePath,
    close: () => {
      closing.abort();
      return listening.close();
    },
  };
}
