import express, {
  type ErrorRequestHandler,
  type Express,
  type RequestHandler,
  type Response,
} from 'express';
import type { Logger } from '../../logger.js';
import type { PublicationReader } from '../../publication/publication-reader.js';
import type { Access } from '../access/access.js';
import type { AccountView, SignInView } from './sign-in/sign-in-responses.js';
import { signInRoutes } from './sign-in/sign-in-routes.js';
import { Answer } from '../../http/prepared-response.js';
import type { Assets } from '../parts/assets.js';
import { exchangeOf, type Exchange } from '../http/exchange.js';
import { LiveEvents } from './live-events.js';
import { addMachineRoutes } from './machines/machine-routes.js';
import type { Metrics } from './machines/metrics.js';
import { formResources } from '../parts/page-resources.js';
import type { Pages } from './pages.js';
import { eventsPath, feedPath, searchPath } from '../paths.js';
import { accountDocument, signedOutDocument, signInDocument } from './sign-in/sign-in-document.js';
import { formPolicy } from '../../http/security-headers.js';
import { sendAnswer } from '../http/send-response.js';

/** What the routes lead to. */
export interface RoutesOptions {
  readonly pages: Pages;
  readonly metrics: Metrics;
  readonly reader: PublicationReader;
  readonly assets: Assets;
  readonly logger: Logger;
  readonly now: () => Date;
  readonly basePath: string;
  readonly access?: Access | undefined;
  /** Whether single figures may be shown in frames of other sites. */
  readonly hasEmbeds: boolean;
  /** Answers, and logs, what a handler did not expect. */
  readonly fail: (exchange: Exchange, error: unknown) => void;
  /** How often open pages are told of changes, in milliseconds. */
  readonly intervalMs?: number | undefined;
  /** Ends the connections of live pages. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * What each address leads to, for exchanges that were let through. Answers GET and HEAD, executes
 * nothing, and reads no file that a request names.
 */
export function createRoutes(options: RoutesOptions): Express {
  const { pages, assets, logger, basePath, access, signal } = options;
  const pagesFor = (response: Response) => pages.for(exchangeOf(response).asker.audience);
  const events = new LiveEvents(async (response) => {
    const { viewer } = exchangeOf(response).asker;
    return {
      version: await pagesFor(response).liveVersion(),
      isOver: viewer !== undefined && (await access?.sessions.holds(viewer)) === false,
    };
  }, options.intervalMs);
  signal?.addEventListener('abort', () => {
    events.close();
  });
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  // What the gate takes for one address must be one for the routes, too.
  app.enable('case sensitive routing');

  const notFound: RequestHandler = async (_request, response) => {
    await send(response, await pagesFor(response).notFound());
  };
  if (access !== undefined) {
    const resources = formResources(assets);
    const frame = () => ({ ...pages.bareFrame(), resources, notebooks: undefined });
    const signInPages = {
      signIn: (view: SignInView) => signInDocument(view, frame()),
      account: (view: AccountView) => accountDocument(view, frame()),
      signedOut: (url: string) => signedOutDocument(url, frame()),
    };
    app.use(signInRoutes({ access, pages: signInPages, basePath, policy: formPolicy, logger }));
  }
  app.use(onlyReading);

  addNotebooks(app, pagesFor, options);
  addBehind(app, pagesFor);
  app.get(eventsPath, events.handler);
  addMachineRoutes(app, pagesFor, options);
  app.use(notFound);
  app.use(((error: unknown, request, response, next) => {
    // An address that is not valid percent-encoding leads nowhere.
    if (error instanceof URIError) void notFound(request, response, next);
    else options.fail(exchangeOf(response), error);
  }) satisfies ErrorRequestHandler);
  return app;
}

/** The pages as whoever asks sees them. */
type PagesFor = (response: Response) => Pages;

/** What is published: the list of notebooks, their pages, runs and figures, and what finds them. */
function addNotebooks(
  app: Express,
  pagesFor: PagesFor,
  { hasEmbeds }: Pick<RoutesOptions, 'hasEmbeds'>,
): void {
  app.get('/', async (_request, response) => {
    await send(response, await pagesFor(response).home());
  });
  app.get(['/notebooks/:slug', '/notebooks/:slug/runs/:run'], async (request, response, next) => {
    const { slug, run } = request.params as { slug: string; run?: string };
    if (run !== undefined && !isNumber(run)) {
      next();
      return;
    }
    const showsCode = request.query['code'] === 'shown';
    const answer = await pagesFor(response).notebook({ slug, runId: run, showsCode });
    await send(response, answer);
  });
  if (hasEmbeds) {
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
      await send(response, answer);
    });
  }
  app.get('/notebooks/:slug/compare/:before/:after', async (request, response, next) => {
    const { slug, before, after } = request.params;
    if (isNumber(before) && isNumber(after)) {
      await send(response, await pagesFor(response).comparison(slug, before, after));
    } else next();
  });
  app.get('/notebooks/:slug/runs/:run/figures/:file', async (request, response, next) => {
    const { slug, run, file } = request.params;
    const number = /^(\d{1,4})\.csv$/.exec(file)?.[1];
    const csv =
      number === undefined || !isNumber(run)
        ? undefined
        : await pagesFor(response).figureCsv(slug, run, Number(number));
    if (csv === undefined) next();
    else await send(response, csv);
  });
  app.get('/notebooks/:slug/runs/:run/picture.png', async (request, response, next) => {
    const { slug, run } = request.params;
    const picture = isNumber(run) ? await pagesFor(response).picture(slug, run) : undefined;
    if (picture === undefined) next();
    else await send(response, picture);
  });
  app.get(searchPath, async (_request, response) => {
    await send(response, await pagesFor(response).search());
  });
  app.get(feedPath, async (_request, response) => {
    await send(response, await pagesFor(response).feed());
  });
}

/** What is behind the numbers: the pipeline, its runs and the data. */
function addBehind(app: Express, pagesFor: PagesFor): void {
  app.get('/pipeline', async (_request, response) => {
    await send(response, await pagesFor(response).pipeline());
  });
  app.get('/pipeline/runs/:run', async (request, response, next) => {
    const { run } = request.params;
    if (isNumber(run)) await send(response, await pagesFor(response).pipelineRun(run));
    else next();
  });
  app.get('/pipeline/runs/:run/tasks/:task', async (request, response, next) => {
    const { run, task } = request.params;
    if (isNumber(run)) await send(response, await pagesFor(response).pipelineTask(run, task));
    else next();
  });
  app.get('/pipeline/steps/:part', async (request, response, next) => {
    const { part } = request.params;
    if (/^\d{1,6}$/.test(part)) {
      await send(response, await pagesFor(response).pipelineSteps(Number(part)));
    } else next();
  });
  app.get('/data', async (_request, response) => {
    await send(response, await pagesFor(response).catalogue());
  });
  app.get('/data/:relation', async (request, response) => {
    await send(response, await pagesFor(response).relation(request.params.relation));
  });
}

function send(response: Response, answer: Answer): Promise<void> {
  return sendAnswer(exchangeOf(response), answer);
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

/** The number of a run, within what the warehouse takes for one. */
function isNumber(text: string): boolean {
  return /^\d{1,18}$/.test(text);
}
