import express, { Router, type Express, type RequestHandler } from 'express';
import type { Site } from '../config/project-settings.js';
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
import { contentRoutes, siteRouter } from './site/routes.js';
import { signInPages } from './site/sign-in/sign-in-document.js';
import { signInRoutes } from './site/sign-in/sign-in-routes.js';

/** What the dashboard is made of. */
export interface AppOptions extends Readers {
  readonly assets: Assets;
  /** IANA name of the report's zone. */
  readonly timeZone: string;
  /** What the dashboard is called, and how it is sorted; default as without a project file. */
  readonly site?: Site | undefined;
  readonly logger?: Logger;
  /** The path below which a proxy shows the dashboard, like `/daybook`; default none. */
  readonly basePath?: string;
  /** The origin under which people reach it, like `https://reports.example.org`; default not known. */
  readonly publicOrigin?: string | undefined;
  /** Who may read what; undefined: whoever reaches the dashboard reads all of it. */
  readonly access?: Access | undefined;
  /** Whether a Host header names the dashboard; default any does. */
  readonly isOurs?: (host: string) => boolean;
  /** Proxies whose word on addresses and https is believed; default none. */
  readonly trustedProxies?: readonly string[];
  /** Requests that one address may send in a minute. */
  readonly requestsPerMinute?: number;
  /** Origins whose pages may show single figures in frames; default none. */
  readonly frameAncestors?: readonly string[];
  /** What is wrong now with what is worked on, for all pages; in development. */
  readonly problem?: () => string | undefined;
  /** Whether a page waits for all that is on it, however long that takes; by default it is shown without. */
  readonly isPatient?: boolean;
  /** How often open pages are told of changes, in milliseconds. */
  readonly intervalMs?: number;
  /** Ends the connections of live pages. */
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
 * The application around what handles its requests.
 *
 * @param current - What does now; another one after the dashboard was read anew.
 * @param trustedProxies - Those whose word on addresses and https is believed; default none.
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
 * Every request is logged and counted, refused where it does not fit, authorized by the table of addresses, and
 * answered by the route of its address.
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
  signal?.addEventListener('abort', () => {
    events.close();
  });
  const frame = { ...cache.bareFrame(), resources: formResources(assets), notebooks: undefined };
  const routes = [
    ...contentRoutes(sources),
    ...machineRoutes(sources, metrics),
    eventsRoute(events),
    ...(access === undefined
      ? []
      : signInRoutes({ access, pages: signInPages(frame), basePath, logger })),
  ];

  const router = Router({ caseSensitive: true });
  router.use(logRequests(logger, metrics.count.bind(metrics)));
  router.use(securityHeaders({ policy: pagePolicy, referrers: 'no-referrer', mayBeFramed: false }));
  router.use(requireHost(isOurs));
  router.use(limitRequests(options.requestsPerMinute));
  const site = siteRouter(routes, { sources, access, logger, basePath });
  // A proxy may take the base path off, or leave it to us.
  if (basePath !== '') router.use(basePath, site);
  router.use(site);
  return router;
}
