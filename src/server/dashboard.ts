// `startDashboard`: the dashboard as a server that listens, with reload in development.

import type { Pool } from 'pg';
import type { Config } from '../config/config.js';
import type { Logger } from '../logger.js';
import { useLocale } from '../text/locale.js';
import { isLoopback } from '../system/loopback.js';
import { openAccess } from './access/access.js';
import { hostCheck } from '../http/host-check.js';
import { trustProxies } from '../http/trust-proxies.js';
import { appAround, dashboardHandler } from './app.js';
import { loadAssets } from './parts/assets.js';
import { followPublication } from '../publication/follow-publication.js';
import { listen, type Listening } from '../http/listen.js';
import { scheduledOf } from '../schedules/operations-reader.js';
import { createReaders } from './reading/readers/readers.js';
import type { Operator } from './site/operator/operator.js';
import { processRenderer } from './rendering/renderer.js';

/** What a dashboard is started with. */
export interface DashboardOptions {
  /** A pool of the reader role. */
  readonly pool: Pool;
  readonly config: Pick<
    Config,
    'host' | 'port' | 'project' | 'reportTimeZone' | 'basePath' | 'exposure' | 'access'
  > &
    Partial<Pick<Config, 'keepNotebookRuns'>>;
  /** Does what operators ask for. Default: nobody may ask. */
  readonly operator?: Operator | undefined;
  readonly logger: Logger;
  /** Development mode: pages reload as soon as their content changes. */
  readonly development?: {
    /** The folder of the style sheets. */
    readonly styles: string;
    /** The current error, for a banner on every page. */
    readonly problem: () => string | undefined;
  };
}

/** A dashboard that is listening. */
export interface Dashboard extends Listening {
  /** Reads stylesheets and scripts again, and reloads open pages. */
  reload(): Promise<void>;
  /** Switches to another pool, and reloads open pages. */
  readFrom(pool: Pool): Promise<void>;
}

/** The polling interval for changes in development, in milliseconds. */
const developmentMs = 250;

/**
 * Starts the dashboard; it serves until it is closed.
 *
 * @throws DaybookError `PORT_IN_USE`, `ADDRESS_UNAVAILABLE` or `USERS_INVALID`.
 */
export async function startDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { config, logger, development } = options;
  useLocale(config.project.locale, true);
  // The process is ready by the first request.
  processRenderer().start();
  const access = await openAccess(config.access, config, logger);
  if (access === undefined && !isLoopback(config.host)) {
    logger.warn(
      `nobody signs in: whoever reaches ${config.host} reads everything; DAYBOOK_SIGN_IN says how people sign in`,
    );
  }
  const start = async (pool: Pool) => {
    const closing = new AbortController();
    const handler = dashboardHandler({
      ...createReaders(pool, config.project.schemas, scheduledOf(config)),
      access,
      operator: options.operator,
      isOurs: hostCheck(config.host, config.exposure),
      publicOrigin: config.exposure.publicOrigin,
      frameAncestors: config.exposure.frameAncestors,
      requestsPerMinute: config.exposure.requestsPerMinute,
      assets: await loadAssets(config.project.theme, development?.styles),
      timeZone: config.reportTimeZone,
      ...(config.keepNotebookRuns === undefined ? {} : { retention: config.keepNotebookRuns }),
      site: config.project.site,
      basePath: config.basePath,
      signal: closing.signal,
      follow: (onNews) => void followPublication(pool, onNews, closing.signal),
      logger,
      ...(development === undefined
        ? {}
        : { problem: development.problem, intervalMs: developmentMs }),
    });
    return { handler, closing, pool };
  };
  const isProxy = trustProxies(config.exposure.trustedProxies);
  let current = await start(options.pool);
  const listening = await listen(
    appAround(() => current.handler, config.exposure.trustedProxies),
    config.host,
    config.port,
    { isCounted: (address) => !isLoopback(address) && !isProxy(address) },
  ).catch((error: unknown) => {
    // What follows the publication holds a connection.
    current.closing.abort();
    throw error;
  });
  const replace = async (pool: Pool) => {
    const before = current;
    current = await start(pool);
    // Open pages reconnect, and learn of the new version.
    before.closing.abort();
  };
  return {
    url: listening.url + config.basePath,
    close: () => {
      current.closing.abort();
      return listening.close();
    },
    reload: () => replace(current.pool),
    readFrom: replace,
  };
}
