import { Pool } from 'pg';
import { match } from 'path-to-regexp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/config.js';
import { listen, type Listening } from '../../../src/http/listen.js';
import { silentLogger } from '../../../src/logger.js';
import { openAccess } from '../../../src/server/access/access.js';
import { createApp } from '../../../src/server/app.js';
import { loadAssets } from '../../../src/server/parts/assets.js';
import { createReaders } from '../../../src/server/reading/readers/readers.js';
import { eventsRoute, LiveEvents } from '../../../src/server/site/live-events.js';
import { machineRoutes } from '../../../src/server/site/machines/machine-routes.js';
import { Metrics } from '../../../src/server/site/machines/metrics.js';
import { openPageSources } from '../../../src/server/site/page-sources.js';
import { contentRoutes } from '../../../src/server/site/routes.js';
import { signInPages } from '../../../src/server/site/sign-in/sign-in-document.js';
import { signInRoutes } from '../../../src/server/site/sign-in/sign-in-routes.js';
import { createTestDatabase, root, type TestDatabase } from '../../database.js';
import {
  giveUsers,
  openForm,
  postForm,
  startAccessServer,
  type AccessServer,
} from '../access/access-server.js';
import { stepsPerPage } from '../../../src/server/site/pipeline/run-grid.js';
import {
  addPipelineHistory,
  addPipelineRun,
  churnNotebook,
  notebookOf,
  prose,
  publish,
} from '../published.js';

const now = () => new Date('2026-11-30T12:00:00Z');
const timeZone = 'America/Toronto';

let database: TestDatabase;
let server: AccessServer;
let offline: Listening;
let empty: TestDatabase;
let unpublished: Listening;
const away = new Pool({ connectionString: 'postgres://127.0.0.1:1/away' });
let cookie: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const { owner } = database;
  const [passed] = await addPipelineHistory(owner);
  const churn = {
    ...{ title: 'Customer churn', summary: 'How many customers leave.', group: 'Customers' },
    ...{ pipelineRunId: passed, visibility: 'public' as const },
  };
  await publish(owner, 'customer-churn', churnNotebook.replaceAll('619', '620'), churn);
  await publish(owner, 'customer-churn', churnNotebook, churn);
  await publish(owner, 'plans', notebookOf([prose('# Plans\n\nWords.')]), { position: 1 });
  const error = { cell: 2, line: 2, column: 1, ename: 'TypeError', evalue: 'boom' };
  await publish(owner, 'plans', notebookOf([prose('# Plans')]), { position: 1, error });
  await fixTimes(database);
  server = await startAccessServer(
    database,
    { DAYBOOK_FRAME_ANCESTORS: 'https://site.example' },
    { now },
  );
  await giveUsers(server.folder, { ada: ['board'] });
  cookie = await server.signIn('ada');
  const options = { assets: await loadAssets(), timeZone, now };
  offline = await listen(createApp({ ...createReaders(away), ...options }), '127.0.0.1', 0);
  empty = await createTestDatabase();
  const nothing = createApp({ ...createReaders(empty.reader), ...options, isPatient: true });
  unpublished = await listen(nothing, '127.0.0.1', 0);
});

afterAll(async () => {
  for (const each of [server, offline, unpublished]) await each.close();
  await away.end();
  for (const each of [database, empty]) await each.drop();
});

/** Whatever was written just now was written at one moment of the past. */
async function fixTimes(changed: TestDatabase): Promise<void> {
  const columns = await changed.rows<{ schema: string; table: string; column: string }>(`
    select table_schema as schema, table_name as table, column_name as column
    from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_schema in ('ops', 'publication') and table_type = 'BASE TABLE'
      and data_type = 'timestamp with time zone' and is_generated = 'NEVER'`);
  for (const { schema, table, column } of columns) {
    await changed.owner.query(
      `update ${schema}.${table} set ${column} = '2026-11-22T11:00:00Z' where ${column} > now() - interval '1 day'`,
    );
  }
}

/** What is sent for each kind of page, by the name of its file in test/output/pages. */
const pages: Record<string, string> = {
  home: '/',
  notebook: '/notebooks/customer-churn',
  'notebook-failed': '/notebooks/plans',
  'notebook-run': '/notebooks/customer-churn/runs/1',
  'notebook-comparison': '/notebooks/customer-churn/compare/1/2',
  'figure-data': '/notebooks/customer-churn/runs/2/figures/churn-peaked-in-may-2019-at-9-2.csv',
  'figure-json': '/notebooks/customer-churn/figures/churn-peaked-in-may-2019-at-9-2.json',
  'figure-picture': '/notebooks/customer-churn/runs/2/figures/churn-peaked-in-may-2019-at-9-2.svg',
  embed: '/embed/customer-churn/churn-peaked-in-may-2019-at-9-2',
  search: '/search.js',
  feed: '/feed.atom',
  pipeline: '/pipeline',
  'pipeline-run': '/pipeline/runs/2',
  'pipeline-task': '/pipeline/runs/2/tasks/gold.monthly_churn',
  data: '/data',
  relation: '/data/gold.monthly_churn',
  'sign-in': '/sign-in',
  account: '/account',
  status: '/status.json',
  metrics: '/metrics',
  health: '/healthz',
  ready: '/readyz',
  'not-found': '/nowhere',
};

/** Of pages that only a large warehouse has. */
const largePages: Record<string, string> = {
  'pipeline-steps': '/pipeline/steps/2',
};

/** Patterns that have no page: files in forms of others, a picture, a stream, and where a form goes. */
const withoutPage = [
  '/assets/:file',
  '/notebooks/:slug/runs/:run/picture.png',
  ...['csv', 'xlsx', 'svg'].map((form) => `/notebooks/:slug/figures/:figure.${form}`),
  ...['xlsx', 'json'].map((form) => `/notebooks/:slug/runs/:run/figures/:figure.${form}`),
  '/events',
  '/sign-out',
];

/** A response that is the same in each run, with a line for each element. */
async function readable(response: Response): Promise<string> {
  const text = (await response.text())
    .replace(/(\/assets\/[\w-]+)\.[\w-]{8,}\.(\w+)/g, '$1.HASH.$2')
    .replace(/(name="token" value=")[^"]+/g, '$1TOKEN')
    .replace(/(127\.0\.0\.1):\d+/g, '$1:PORT')
    // Of this process: requests so far, their times, memory.
    .replace(/^((?:daybook_http|process)_\w+(?:\{.*\})?) .*$/gm, '$1 NUMBER')
    .replace(/></g, '>\n<');
  return `${response.status} ${response.headers.get('content-type')}\n\n${text}\n`;
}

const expectGolden = async (name: string, response: Response) => {
  const file = `../../output/pages/${name}.txt`;
  await expect(await readable(response)).toMatchFileSnapshot(file);
};

test.each(Object.entries(pages))('%s', async (name, path) => {
  const headers = { Accept: 'text/html', ...(name === 'sign-in' ? {} : { Cookie: cookie }) };
  await expectGolden(name, await server.send(path, { headers }));
});

test('whoever may not see a page is asked to sign in', async () => {
  const response = await server.send('/notebooks/plans', { headers: { Accept: 'text/html' } });
  expect([response.status, response.headers.get('location')]).toEqual([
    303,
    '/sign-in?to=%2Fnotebooks%2Fplans',
  ]);
});

test('refusals: a wrong password, a form of somebody else, a method, too many attempts', async () => {
  const attempt = async (token?: string, name = 'ada') => {
    const form = await openForm(server.send);
    const given = token === undefined ? form : { ...form, token };
    return postForm(server.send, '/sign-in', given, { name, password: 'wrong' });
  };
  await expectGolden('sign-in-failed', await attempt());
  await expectGolden('sign-in-expired', await attempt('of-somebody-else'));
  await expectGolden('method-not-allowed', await server.send('/pipeline', { method: 'PUT' }));
  const form = await openForm(server.send);
  const send = () => postForm(server.send, '/sign-in', form, { name: 'ada', password: 'wrong' });
  let response = await send();
  for (let tries = 0; response.status !== 429 && tries < 100; tries += 1) response = await send();
  await expectGolden('sign-in-limited', response);
});

test('without a warehouse, before the first run, of a large pipeline, and where something breaks', async () => {
  await expectGolden('offline', await fetch(offline.url));
  await expectGolden('offline-ready', await fetch(`${offline.url}/readyz`));
  await expectGolden('unpublished', await fetch(unpublished.url));
  await expectGolden('unpublished-pipeline', await fetch(`${unpublished.url}/pipeline`));
  const models = Array.from({ length: stepsPerPage + 2 }, (_, index) => `gold.model_${index}`);
  await addPipelineRun(
    empty.owner,
    'passed',
    Object.fromEntries(models.map((model) => [model, 'passed'])),
  );
  await fixTimes(empty);
  for (const [name, path] of Object.entries(largePages)) {
    await expectGolden(name, await fetch(unpublished.url + path));
  }
  await empty.owner.query('alter table ops.task_run rename column task to gone');
  await expectGolden('fault', await fetch(`${unpublished.url}/pipeline/runs/1`));
});

test('every address of the table has one of these pages', async () => {
  const config = parseConfig(
    { DAYBOOK_SIGN_IN: 'password', DAYBOOK_HOME: database.config.home },
    root,
  );
  const access = await openAccess(config.access, config, silentLogger);
  const sources = openPageSources({
    ...createReaders(database.reader),
    ...{ assets: await loadAssets(), timeZone, logger: silentLogger, now },
    frameAncestors: ['https://site.example'],
  });
  const routes = [
    ...contentRoutes(sources),
    ...machineRoutes(sources, new Metrics()),
    eventsRoute(new LiveEvents(() => Promise.resolve({ version: undefined, isOver: true }))),
    ...signInRoutes({
      access: access!,
      pages: signInPages({ resources: { head: [], scripts: [] }, notebooks: undefined, path: '' }),
      ...{ basePath: '', logger: silentLogger },
    }),
  ];
  const golden = Object.values({ ...pages, ...largePages }).map(
    (path) => new URL(path, 'http://x').pathname,
  );
  const missing = routes
    .map(({ pattern }) => pattern)
    .filter(
      (pattern) => !withoutPage.includes(pattern) && !golden.some((path) => match(pattern)(path)),
    );
  expect(missing).toEqual([]);
});
