// The table of all addresses, as an Express router.

import { Router, type ErrorRequestHandler, type RequestHandler, type Response } from 'express';
import type { Logger } from '../../logger.js';
import { principalOf } from '../access/principal.js';
import { faultDocument, notFoundDocument } from '../parts/message-document.js';
import {
  htmlResponse,
  immutableResponse,
  sendResponse,
  textResponse,
} from '../../http/prepared-response.js';
import { assetsByPath, type Assets } from '../parts/assets.js';
import { mapScriptAt } from '../parts/map-scripts.js';
import { signInPath } from '../paths.js';
import { authorize, type AuthorizeOptions } from './authorize.js';
import { catalogueRoutes } from './catalogue/catalogue-routes.js';
import { notebookRoutes } from './notebooks/notebook-routes.js';
import type { PageSources } from './page-sources.js';
import { pipelineRoutes } from './pipeline/pipeline-routes.js';
import type { ContentRoute, Route } from './route.js';

/** The addresses of pages and files; static copies contain the same. */
export function contentRoutes(sources: PageSources): Route[] {
  return [
    assetRoute(sources.assets),
    ...notebookRoutes(sources),
    ...pipelineRoutes(sources),
    ...catalogueRoutes(sources),
  ];
}

/** The files that pages load. */
function assetRoute(assets: Assets): ContentRoute {
  const files = new Map(
    [...assetsByPath(assets)].map(([path, { type, body }]) => [
      path,
      immutableResponse(type, body),
    ]),
  );
  return {
    pattern: '/assets/:file',
    holds: 'A script, style or font that pages load',
    readers: 'everybody',
    file: 'plain',
    make: ({ params }) => {
      const path = `/assets/${params['file'] ?? ''}`;
      const map = mapScriptAt(path);
      return files.get(path) ?? (map && immutableResponse(map.type, map.body));
    },
  };
}

/** Options of {@link siteRouter} beside the table. */
export interface SiteRouterOptions extends Pick<AuthorizeOptions, 'access'> {
  readonly sources: PageSources;
  readonly logger: Logger;
  readonly basePath: string;
}

/**
 * The table of addresses as a router. Each address is open to the readers of its route; all others are 404. Only
 * forms of the table accept POST; everything else answers GET and HEAD, executes nothing, and reads no file that a
 * request names.
 */
export function siteRouter(routes: readonly Route[], options: SiteRouterOptions): Router {
  const { sources, logger, basePath, access } = options;
  const { cache } = sources;
  const sendNotFound = async (response: Response): Promise<void> => {
    const { audience } = principalOf(response);
    const place = { path: '/404', audience, section: '/' };
    const made = await cache.page(place, (_, frame) =>
      Promise.resolve(htmlResponse(404, notFoundDocument(frame))),
    );
    await sendResponse(response, made);
  };
  /** The response does not reveal whether something is hidden or missing. */
  const refuse = async (response: Response): Promise<void> => {
    const isKnown = access === undefined || principalOf(response).viewer !== undefined;
    if (isKnown) await sendNotFound(response);
    else await askToSignIn(response, basePath);
  };
  const authorization = { access, stateOf: cache.state.bind(cache), refuse };
  const respond =
    ({ make }: ContentRoute): RequestHandler =>
    async ({ params, query }, response) => {
      const { audience } = principalOf(response);
      const made = await make({ params: params as Record<string, string>, query, audience });
      if (made === undefined) await sendNotFound(response);
      else await sendResponse(response, made);
    };

  // Authorization and the router must agree on what one address is.
  const router = Router({ caseSensitive: true });
  const add = (method: 'get' | 'post', route: Route): void => {
    const handlers = 'make' in route ? [respond(route)] : route.handlers;
    router[method](route.pattern, authorize(route, authorization), ...handlers);
  };
  const [forms, others] = [routes.filter(isForm), routes.filter((route) => !isForm(route))];
  for (const route of forms) add('post', route);
  router.use(onlyReading);
  for (const route of others) add('get', route);
  router.use(authorize({}, authorization));
  router.use(((error: unknown, request, response, next) => {
    // An address with invalid percent-encoding is 404.
    if (error instanceof URIError) {
      authorize({}, authorization)(request, response, next);
      return;
    }
    logger.error(`${request.method} ${request.path}: ${describe(error)}`);
    if (response.headersSent) response.destroy();
    else sendResponse(response, htmlResponse(500, faultDocument(cache.bareFrame()))).catch(next);
  }) satisfies ErrorRequestHandler);
  return router;
}

function isForm(route: Route): boolean {
  return 'handlers' in route && route.method === 'post';
}

/** Redirects browsers to the sign-in page; programs get 401. */
async function askToSignIn(response: Response, basePath: string): Promise<void> {
  const { url } = response.req;
  const wantsPage = response.req.accepts(['html', 'json', 'text']) === 'html';
  const location = `${basePath}${signInPath}?to=${encodeURIComponent(url)}`;
  await sendResponse(
    response,
    wantsPage
      ? textResponse(303, '', { Location: location })
      : textResponse(401, 'Sign in to read this.\n'),
  );
}

const onlyReading: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') {
    next();
    return;
  }
  const text = 'The dashboard can only be read: GET and HEAD.\n';
  sendResponse(response, textResponse(405, text, { Allow: 'GET, HEAD' })).catch(next);
};

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
