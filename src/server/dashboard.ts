import type { Pool } from 'pg';
import type { Config } from '../config.js';
import type { Logger } from '../logger.js';
import { openAccess } from './access/access.js';
import { isLoopback } from './access/rate-limiter.js';
import { createApp } from './app.js';
import { loadAssets } from './assets.js';
import { listen, type Listening } from './listen.js';
import { createReaders } from './readers/readers.js';

/** What a dashboard runs on. */
export interface DashboardOptions {
  /** A pool of the reader's role. */
  readonly pool: Pool;
  readonly config: Pick<
    Config,
    'host' | 'port' | 'reportTimeZone' | 'basePath' | 'exposure' | 'access'
  >;
  readonly logger: Logger;
}

/**
 * Serves the dashboard until it is closed.
 *
 * @throws DaybookError `PORT_IN_USE`, `ADDRESS_UNAVAILABLE` or `USERS_INVALID`.
 */
export async function startDashboard(options: DashboardOptions): Promise<Listening> {
  const { pool, config, logger } = options;
  const closing = new AbortController();
  const access = await openAccess(config.access, config, logger);
  if (access === undefined && config.host !== 'localhost' && !isLoopback(config.host)) {
    logger.warn(
      `nobody signs in: whoever reaches ${config.host} reads everything (docs/administrator.md)`,
    );
  }
  const app = createApp({
    ...createReaders(pool),
    access,
    trustedProxies: config.exposure.trustedProxies,
    requestsPerMinute: config.exposure.requestsPerMinute,
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
