import express, {
  type ErrorRequestHandler,
  type Express,
  type RequestHandler,
  type Response,
} from 'express';
import { silentLogger, type Logger } from '../logger.js';
import type { PublicationReader } from '../publication/publication-reader.js';
import { askerOf, type Access } from './access/access.js';
import { accessGate, type StateOf } from './access/gate.js';
import { requestLimit } from './access/request-limit.js';
import { signInRoutes, type AccountView, type SignInView } from './access/sign-in-routes.js';
import { assetsByPath, type Assets } from './assets.js';
import { EncodedBody } from './encoded-body.js';
import { LiveEvents } from './live-events.js';
import { Metrics } from './metrics.js';
import type { Page } from './page-cache.js';
import { formResources } from './page-resources.js';
import { Pages } from './pages.js';
import type { Readers } from './readers/readers.js';
import { eventsPath, feedPath, searchPath } from './pages/paths.js';
import { requestLog } from './request-log.js';
import { accountDocument, signInDocument } from './pages/sign-in-document.js';
import { embedHeaders, formPolicy, securityHeaders } from './security-headers.js';
import { sendBody } from './send-body.js';
import { statusOf } from './status.js';

/** What the dashboard is made of. */
export interface AppOptions extends Readers {
  readonly assets: Assets;
  /** IANA name of the report's zone. */
  readonly timeZone: string;
  readonly logger?: Logger;
  /** The path below which a proxy shows the dashboard, like `/daybook`; default none. */
  readonly basePath?: string;
  /** Who may read what; undefined: whoever reaches the dashboard reads all of it. */
  readonly access?: Access | undefined;
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

/** How long `/readyz` waits for the warehouse, in milliseconds. */
const readyMs = 2000;

/**
 * The dashboard as an express application that does not listen yet. It answers GET and HEAD, executes
 * nothing, and reads no file that a request names: assets are looked up among those loaded at start.
 */
export function createApp(options: AppOptions): Express {
  const { reader, assets, logger = silentLogger, now = () => new Date() } = options;
  const { basePath = '', signal, access, trustedProxies = [], requestsPerMinute } = options;
  const address = basePath === '' ? undefined : () => (path: string) => basePath + path;
  const allPages = new Pages({ ...options, logger, now, address });
  const pagesFor = (response: Response) => allPages.for(askerOf(response).audience);
  const metrics = new Metrics();
  const events = new LiveEvents(async (response) => {
    const { viewer } = askerOf(response);
    return {
      state: await pagesFor(response).state(),
      isOver: viewer !== undefined && (await access?.sessions.holds(viewer)) === false,
    };
  }, options.intervalMs);
  signal?.addEventListener('abort', () => {
    events.close();
  });
  const files = assetsByPath(assets);
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  // What the gate takes for one address must be one for the routes, too.
  app.enable('case sensitive routing');
  if (trustedProxies.length > 0) app.set('trust proxy', [...trustedProxies]);

  const send =
    (answer: Page): RequestHandler =>
    (request, response) =>
      sendBody(request, response, answer.body, {
        status: answer.status,
        type: 'text/html; charset=utf-8',
        // Browsers keep a copy and ask each time whether it still holds.
        cache: answer.status === 200 ? 'no-cache' : 'no-store',
      });

  app.use(requestLog(logger, metrics));
  app.use(belowBasePath(basePath));
  app.use((_request, response, next) => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    next();
  });
  app.use(requestLimit(requestsPerMinute));
  const notFound: RequestHandler = async (request, response, next) => {
    await send(await pagesFor(response).notFound())(request, response, next);
  };
  if (access !== undefined) {
    const stateOf: StateOf = (audience) => allPages.for(audience).state();
    app.use(accessGate({ access, stateOf, basePath, notFound }));
    const resources = formResources(assets);
    const frame = () => ({ ...allPages.bareFrame(), resources, notebooks: undefined });
    const signInPages = {
      signIn: (view: SignInView) => signInDocument(view, frame()),
      account: (view: AccountView) => accountDocument(view, frame()),
    };
    app.use(signInRoutes({ access, pages: signInPages, basePath, policy: formPolicy, logger }));
  }
  app.use(onlyReading);

  app.get('/assets/:name', async (request, response, next) => {
    const file = files.get(request.path);
    if (file === undefined) {
      next();
      return;
    }
    await sendBody(request, response, file.body, {
      status: 200,
      type: file.type,
      cache: 'public, max-age=31536000, immutable',
    });
  });
  app.get('/', async (request, response, next) => {
    await send(await pagesFor(response).home())(request, response, next);
  });
  app.get(['/notebooks/:slug', '/notebooks/:slug/runs/:run'], async (request, response, next) => {
    const { slug, run } = request.params as { slug: string; run?: string };
    if (run !== undefined && !isNumber(run)) {
      next();
      return;
    }
    const showsCode = request.query['code'] === 'shown';
    const answer = await pagesFor(response).notebook({ slug, runId: run, showsCode });
    await send(answer)(request, response, next);
  });
  const { frameAncestors = [] } = options;
  if (frameAncestors.length > 0) {
    const headers = embedHeaders(frameAncestors);
    app.get('/embed/:slug/:figure', async (request, response, next) => {
      const { slug, figure } = request.params;
      const theme = request.query['theme'];
      const answer = /^\d{1,4}$/.test(figure)
        ? await pagesFor(response).embed({
            slug,
            figure: Number(figure),
            theme: theme === 'light' || theme === 'dark' ? theme : undefined,
          })
        : undefined;
      if (answer?.status !== 200) {
        next();
        return;
      }
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      response.removeHeader('X-Frame-Options');
      await send(answer)(request, response, next);
    });
  }
  app.get('/notebooks/:slug/compare/:before/:after', async (request, response, next) => {
    const { slug, before, after } = request.params;
    if (isNumber(before) && isNumber(after)) {
      await send(await pagesFor(response).comparison(slug, before, after))(request, response, next);
    } else next();
  });
  app.get('/notebooks/:slug/runs/:run/figures/:file', async (request, response, next) => {
    const { slug, run, file } = request.params;
    const number = /^(\d{1,4})\.csv$/.exec(file)?.[1];
    const csv =
      number === undefined || !isNumber(run)
        ? undefined
        : await pagesFor(response).figureCsv(slug, run, Number(number));
    if (csv === undefined) {
      next();
      return;
    }
    response.setHeader('Content-Disposition', `attachment; filename="figure-${number ?? ''}.csv"`);
    // A run that is over does not change.
    const cache = 'private, max-age=86400, immutable';
    await sendBody(request, response, csv, { status: 200, type: 'text/csv; charset=utf-8', cache });
  });
  app.get(searchPath, async (request, response) => {
    const { status, body } = await pagesFor(response).search();
    const type = 'text/javascript; charset=utf-8';
    await sendBody(request, response, body, { status, type, cache: 'no-cache' });
  });
  app.get(feedPath, async (request, response) => {
    const { status, body } = await pagesFor(response).feed();
    const type = 'application/atom+xml; charset=utf-8';
    await sendBody(request, response, body, { status, type, cache: 'no-cache' });
  });
  app.get(eventsPath, events.handler);
  app.get('/metrics', async (request, response) => {
    const body = new EncodedBody(metrics.text(await pagesFor(response).state(), now()));
    const type = 'text/plain; version=0.0.4; charset=utf-8';
    await sendBody(request, response, body, { status: 200, type, cache: 'no-store' });
  });
  app.get('/pipeline', async (request, response, next) => {
    await send(await pagesFor(response).pipeline())(request, response, next);
  });
  app.get('/pipeline/runs/:run', async (request, response, next) => {
    const { run } = request.params;
    if (isNumber(run))
      await send(await pagesFor(response).pipelineRun(run))(request, response, next);
    else next();
  });
  app.get('/data', async (request, response, next) => {
    await send(await pagesFor(response).catalogue())(request, response, next);
  });
  app.get('/data/:relation', async (request, response, next) => {
    await send(await pagesFor(response).relation(request.params.relation))(request, response, next);
  });
  app.get(
    '/healthz',
    sendJson(200, () => Promise.resolve({ status: 'ok' })),
  );
  app.get(
    '/status.json',
    sendJson(200, async (response) => statusOf(await pagesFor(response).state())),
  );
  app.get('/readyz', async (request, response, next) => {
    const isReady = await answersWithin(reader, readyMs);
    const body = { status: isReady ? 'ready' : 'the warehouse does not answer' };
    await sendJson(isReady ? 200 : 503, () => Promise.resolve(body))(request, response, next);
  });
  app.use(notFound);
  app.use(((error: unknown, request, response, next) => {
    // An address that is not valid percent-encoding leads nowhere.
    const isBadAddress = error instanceof URIError;
    if (!isBadAddress) logger.error(`${request.method} ${request.path}: ${describe(error)}`);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const answer = isBadAddress ? pagesFor(response).notFound() : Promise.resolve(allPages.fault());
    answer.then((found) => send(found)(request, response, next)).catch(next);
  }) satisfies ErrorRequestHandler);
  return app;
}

/** Takes the base path off addresses. A proxy that takes it off itself is right, too. */
function belowBasePath(basePath: string): RequestHandler {
  return (request, _response, next) => {
    const { url } = request;
    const isBelow = url.startsWith(basePath) && /^(?:[/?]|$)/.test(url.slice(basePath.length));
    if (basePath !== '' && isBelow) request.url = url.slice(basePath.length).replace(/^\/?/, '/');
    next();
  };
}

const onlyReading: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') {
    next();
    return;
  }
  response
    .status(405)
    .setHeader('Allow', 'GET, HEAD')
    .setHeader('Content-Type', 'text/plain; charset=utf-8')
    .end('The dashboard can only be read: GET and HEAD.\n');
};

function sendJson(status: number, make: (response: Response) => Promise<unknown>): RequestHandler {
  return async (request, response) => {
    const body = new EncodedBody(`${JSON.stringify(await make(response), null, 2)}\n`);
    const type = 'application/json; charset=utf-8';
    await sendBody(request, response, body, { status, type, cache: 'no-store' });
  };
}

/** The number of a run, within what the warehouse takes for one. */
function isNumber(text: string): boolean {
  return /^\d{1,18}$/.test(text);
}

async function answersWithin(reader: PublicationReader, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, milliseconds);
  });
  const answered = reader.ping().then(
    () => true,
    () => false,
  );
  const isReady = await Promise.race([answered, tooLate]);
  clearTimeout(timer);
  return isReady;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
