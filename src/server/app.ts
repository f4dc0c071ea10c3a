import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { silentLogger, type Logger } from '../logger.js';
import type { Access } from './access/access.js';
import { judge } from './site/authorize.js';
import { requestLimit } from '../http/request-limit.js';
import { TrustedProxies } from '../http/trusted-proxies.js';
import { Answer } from '../http/prepared-response.js';
import { assetsByPath, type Asset, type Assets } from './parts/assets.js';
import { bindExchange, Exchange } from './http/exchange.js';
import { mapScriptAt } from './parts/map-scripts.js';
import { Metrics } from './site/machines/metrics.js';
import { Pages } from './site/pages.js';
import type { Site } from '../config/project-settings.js';
import type { Readers } from './reading/readers/readers.js';
import { askToSignIn, misdirected, tooMany } from './http/refusals.js';
import { logExchange } from './http/request-log.js';
import { createRoutes } from './site/routes.js';
import { securityHeaders } from '../http/security-headers.js';
import { sendAnswer } from './http/send-response.js';

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
  /** How often open pages are told of changes, in milliseconds. */
  readonly intervalMs?: number;
  /** Ends the connections of live pages. */
  readonly signal?: AbortSignal;
  /** The clock, for tests. */
  readonly now?: () => Date;
}

/**
 * The dashboard, as what a server calls for each request: every exchange is logged and counted, let
 * through or refused, and answered with what is ready for its address; what is not ready, the routes
 * make. Files that pages load are looked up among those loaded at the start.
 */
export function createApp(options: AppOptions): RequestListener {
  const { assets, access, logger = silentLogger, now = () => new Date() } = options;
  const { basePath = '', frameAncestors = [], isOurs = () => true } = options;
  const address = basePath === '' ? undefined : () => (path: string) => basePath + path;
  const { publicOrigin } = options;
  const publicAddress =
    publicOrigin === undefined ? undefined : (path: string) => publicOrigin + basePath + path;
  const pages = new Pages({ ...options, logger, now, address, publicAddress });
  const metrics = new Metrics();
  const fail = (exchange: Exchange, error: unknown): void => {
    const { request, response, path } = exchange;
    logger.error(`${request.method ?? ''} ${path}: ${describe(error)}`);
    if (response.headersSent) response.destroy();
    else void sendAnswer(exchange, pages.fault());
  };
  const routes = createRoutes({
    ...{ ...options, pages, metrics, now, basePath, logger, fail },
    hasEmbeds: frameAncestors.length > 0,
  });
  const files = new Map([...assetsByPath(assets)].map(([path, file]) => [path, fileAnswer(file)]));
  const place = { basePath, proxies: new TrustedProxies(options.trustedProxies ?? []) };
  const secondsToWait = requestLimit(options.requestsPerMinute);

  /** Why an exchange goes no further; undefined: it does. */
  const refusal = async (exchange: Exchange): Promise<Answer | undefined> => {
    const { host } = exchange.request.headers;
    // Browsers always say whom they mean; what says nothing is a probe.
    if (host !== undefined && !isOurs(host)) return misdirected;
    const seconds = secondsToWait(exchange.address);
    if (seconds > 0) return tooMany(seconds);
    if (access === undefined) return undefined;
    const verdict = await judge(access, (audience) => pages.for(audience).state(), exchange);
    if (verdict === 'open') return undefined;
    // Whether something is hidden or not there is not told apart.
    if (verdict === 'closed') return pages.for(exchange.asker.audience).notFound();
    return askToSignIn(exchange, basePath);
  };
  const readyAnswer = ({ request, url, asker }: Exchange): Answer | undefined =>
    request.method === 'GET' || request.method === 'HEAD'
      ? (files.get(url) ?? mapAnswer(url) ?? pages.for(asker.audience).finished(url))
      : undefined;
  const answer = async (exchange: Exchange): Promise<void> => {
    const found = (await refusal(exchange)) ?? readyAnswer(exchange);
    if (found !== undefined) {
      await sendAnswer(exchange, found);
      return;
    }
    const { request, response } = exchange;
    response.setHeader('X-Request-Id', exchange.id);
    if (access !== undefined) response.setHeader('Vary', 'Cookie');
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    bindExchange(exchange);
    routes(request, response);
  };
  return (request: IncomingMessage, response: ServerResponse) => {
    const exchange = new Exchange(request, response, place);
    logExchange(exchange, logger, metrics);
    answer(exchange).catch((error: unknown) => {
      fail(exchange, error);
    });
  };
}

function mapAnswer(path: string): Answer | undefined {
  const script = mapScriptAt(path);
  return script === undefined ? undefined : fileAnswer(script);
}

function fileAnswer({ body, type }: Asset): Answer {
  // The address changes with the content.
  return new Answer(body, { status: 200, type, cache: 'public, max-age=31536000, immutable' });
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
