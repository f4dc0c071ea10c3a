// The dashboard's Express application: middleware in its order, then the site's routes.

import express, { Router, type Express, type RequestHandler } from 'express';
import type { NotebookRetention } from '../publication/collection-runs.js';
import type { Site } from '../config/project/project-settings.js';
import { requireHost } from '../http/host-check.js';
import { limitRequests } from '../http/limit-requests.js';
import { logRequests } from '../http/request-log.js';
import { trustProxies } from '../http/trust-proxies.js';
import { securityHeaders } from '../http/security-headers.js';
import { silentLogger, type Logger } from '../logger.js';
import type { Access } from './access/access.js';
import { principalOf } from './access/principal.js';
import type { Assets } from './parts/assets.js';
import { pagePolicy } from './parts/content-policy.js';
import { formResources } from './parts/page-resources.js';
import type { Readers } from './reading/readers/readers.js';
import { eventsRoute, LiveEvents } from './site/live-events.js';
import { machineRoutes } from './site/machines/machine-routes.js';
import { Metrics } from './site/machines/metrics.js';
import { openPageSources } from './site/page-sources.js';
import type { Operator } from './site/operator/operator.js';
import { operatorRoutes } from './site/operator/operator-routes.js';
import { contentRoutes, siteRouter } from './site/routes.js';
import { signInPages } from './site/sign-in/sign-in-document.js';
import type { SignInOptions } from './site/sign-in/sign-in-responses.js';
import { signInRoutes } from './site/sign-in/sign-in-routes.js';

/** What the dashboard's application is built from. */
export interface AppOptions extends Readers {
  readonly assets: Assets;
  /** IANA name of the report's zone. */
  readonly timeZone: string;
  /** Name, groups and order of the dashboard; default as without a project file. */
  readonly site?: Site | undefined;
  readonly logger?: Logger;
  /** The path below which a proxy serves the dashboard, like `/daybook`; default none. */
  readonly basePath?: string;
  /** The public origin, like `https://reports.example.org`; default unknown. */
  readonly publicOrigin?: string | undefined;
  /** Access control; undefined: whoever reaches the dashboard reads everything. */
  readonly access?: Access | undefined;
  /** Does what operators ask for, where people sign in; undefined: nobody may ask. */
  readonly operator?: Operator | undefined;
  /** Whether a Host header names the dashboard; default: every one does. */
  readonly isOurs?: (host: string) => boolean;
  /** Proxies whose forwarded headers are trusted; default none. */
  readonly trustedProxies?: readonly string[];
  /** The rate limit of one client, in requests per minute. */
  readonly requestsPerMinute?: number;
  /** How long runs of notebooks are kept; default: pages do not say. */
  readonly retention?: NotebookRetention;
  /** Origins that may embed figures in frames; default none. */
  readonly frameAncestors?: readonly string[];
  /** The current error in development, for a banner on every page. */
  readonly problem?: () => string | undefined;
  /** Whether a page waits until it is complete, however long that takes; default: it is shown as far as it is ready. */
  readonly isPatient?: boolean;
  /** The polling interval for changes while pages are open, in milliseconds. */
  readonly intervalMs?: number;
  /** Calls back whenever something may have been published. Default: the publication is only polled. */
  readonly follow?: (onNews: () => void) => void;
  /** Closes the connections of open pages when aborted. */
  readonly signal?: AbortSignal;
  /** The clock, for tests. */
  readonly now?: () => Date;
}

/** The dashboard as an Express application. */
export function createApp(options: AppOptions): Express {
  const handler = dashboardHandler(options);
  return appAround(() => handler, options.trustedProxies);
}

/**
 * The middleware around a handler that can be replaced.
 *
 * @param current - Returns the current handler; another one after the dashboard was reloaded.
 * @param trustedProxies - Proxies whose forwarded headers are trusted; default none.
 */
export function appAround(
  current: () => RequestHandler,
  trustedProxies: readonly string[] = [],
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', trustProxies(trustedProxies));
  app.use((request, response, next) => current()(request, response, next));
  return app;
}

/**
 * Handles a request: logs and counts it, checks it, authorizes it by the table of addresses, and answers by its
 * route.
 */
export function dashboardHandler(options: AppOptions): RequestHandler {
  const { access, basePath = '', publicOrigin, logger = silentLogger } = options;
  const { now = () => new Date(), isOurs = () => true, signal } = options;
  const sources = openPageSources({
    ...options,
    ...{ logger, now },
    address: basePath === '' ? undefined : () => (path) => basePath + path,
    publicAddress:
      publicOrigin === undefined ? undefined : (path) => publicOrigin + basePath + path,
  });
  const { cache, assets } = sources;
  const metrics = new Metrics();
  const events = new LiveEvents(async (response) => {
    const { viewer, audience } = principalOf(response);
    return {
      version: await cache.liveVersion(audience),
      isOver: viewer !== undefined && (await access?.sessions.holds(viewer)) === false,
    };
  }, options.intervalMs);
  options.follow?.(() => {
    cache.expire();
    events.tell();
  });
  signal?.addEventListener('abort', () => {
    events.close();
  });
  const frame = { ...cache.bareFrame(), resources: formResources(assets), notebooks: undefined };
  const formRoutes = (given: Omit<SignInOptions, 'pages'>) => {
    const signIn = { ...given, pages: signInPages(frame) };
    const { operator } = options;
    const own = operator === undefined ? [] : operatorRoutes({ ...signIn, sources, operator });
    return [...signInRoutes(signIn), ...own];
  };
  const routes = [
    ...contentRoutes(sources),
    ...machineRoutes(sources, metrics),
    eventsRoute(events),
    ...(access === undefined ? [] : formRoutes({ access, basePath, logger })),
  ];

  const router = Router({ caseSensitive: true });
  router.use(logRequests(logger, metrics.count.bind(metrics)));
  router.use(securityHeaders({ policy: pagePolicy, referrers: 'no-referrer', mayBeFramed: false }));
  router.use(requireHost(isOurs));
  router.use(limitRequests(options.requestsPerMinute));
  const site = siteRouter(routes, { sources, access, logger, basePath });
  // A proxy may strip the base path or pass it on.
  if (basePath !== '') router.use(basePath, site);
  router.use(site);
  return router;
}
