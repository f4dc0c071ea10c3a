import express from 'express';
import fc from 'fast-check';
import { match } from 'path-to-regexp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/config.js';
import { textResponse } from '../../../src/http/prepared-response.js';
import { listen } from '../../../src/http/listen.js';
import { silentLogger } from '../../../src/logger.js';
import { openAccess, type Access } from '../../../src/server/access/access.js';
import { loadAssets } from '../../../src/server/parts/assets.js';
import * as paths from '../../../src/server/paths.js';
import { createReaders } from '../../../src/server/reading/readers/readers.js';
import { machineRoutes } from '../../../src/server/site/machines/machine-routes.js';
import { Metrics } from '../../../src/server/site/machines/metrics.js';
import { openPageSources, type PageSources } from '../../../src/server/site/page-sources.js';
import type { Route } from '../../../src/server/site/route.js';
import { contentRoutes, siteRouter } from '../../../src/server/site/routes.js';
import { signInPages } from '../../../src/server/site/sign-in/sign-in-document.js';
import { signInRoutes } from '../../../src/server/site/sign-in/sign-in-routes.js';
import { createTestDatabase, root, type TestDatabase } from '../../database.js';
import { giveUsers, openForm, postForm, cookiesOf, password } from '../access/access-server.js';

let database: TestDatabase;
let sources: PageSources;
let access: Access;
let routes: Route[];

beforeAll(async () => {
  database = await createTestDatabase();
  const env = { DAYBOOK_SIGN_IN: 'password', DAYBOOK_HOME: database.config.home };
  const config = parseConfig(env, root);
  const opened = await openAccess(config.access, config, silentLogger);
  if (opened === undefined) throw new Error('people sign in here');
  access = opened;
  await giveUsers(config.access.folder, { ada: ['finance'] });
  sources = openPageSources({
    ...createReaders(database.reader),
    isPatient: true,
    assets: await loadAssets(),
    timeZone: 'UTC',
    logger: silentLogger,
    now: () => new Date(),
    frameAncestors: ['https://site.example'],
  });
  routes = [
    ...contentRoutes(sources),
    ...machineRoutes(sources, new Metrics()),
    ...signInRoutes({
      access,
      pages: signInPages({ resources: { head: [], scripts: [] }, notebooks: undefined, path: '' }),
      basePath: '',
      logger: silentLogger,
    }),
  ];
});

afterAll(async () => {
  await database.drop();
});

const router = (table: readonly Route[]) =>
  siteRouter(table, { sources, access, logger: silentLogger, basePath: '' });

test('every route that Express knows is a row of the table, and says who reads it', () => {
  const known = router(routes).stack.flatMap(({ route }) =>
    route === undefined ? [] : [route.path],
  );
  expect(known.length).toBe(routes.length);
  for (const path of known) {
    const row = routes.find(({ pattern }) => pattern === path);
    expect([path, row?.readers]).toEqual([path, expect.any(String)]);
  }
});

test('a route for which nobody is declared is closed to everybody, signed in or not', async ({
  onTestFinished,
}) => {
  const undeclared: Route = {
    pattern: '/secret',
    holds: 'A secret',
    make: () => textResponse(200, 'the secret'),
  };
  const app = express().use(router([...routes, undeclared]));
  const server = await listen(app, '127.0.0.1', 0);
  onTestFinished(() => server.close());
  const send = (path: string, init: RequestInit = {}) =>
    fetch(server.url + path, { redirect: 'manual', ...init });
  const signedIn = await postForm(send, '/sign-in', await openForm(send), {
    name: 'ada',
    password,
  });
  expect(signedIn.status).toBe(303);
  for (const [cookie, status] of [
    ['', 303],
    [cookiesOf(signedIn), 404],
  ] as const) {
    const response = await send('/secret', { headers: { Cookie: cookie, Accept: 'text/html' } });
    expect([response.status, await response.text()]).toEqual([
      status,
      expect.not.stringContaining('the secret'),
    ]);
  }
  // Where nobody signs in, too.
  const open = express().use(
    siteRouter([undeclared], { sources, access: undefined, logger: silentLogger, basePath: '' }),
  );
  const other = await listen(open, '127.0.0.1', 0);
  onTestFinished(() => other.close());
  expect((await fetch(`${other.url}/secret`)).status).toBe(404);
});

test('every address that a page leads to is in the table, and in a copy as one file', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
  const run = fc.bigInt({ min: 1n, max: 10n ** 17n }).map(String);
  const number = fc.integer({ min: 1, max: 9999 });
  fc.assert(
    fc.property(name, run, run, number, (slug, one, other, figure) => {
      const addresses = [
        '/',
        paths.notebookPath(slug),
        paths.runPath(slug, one),
        ...['csv', 'xlsx', 'json', 'svg'].flatMap((form) => [
          paths.filePath(paths.runPath(slug, one), figure, form),
          paths.filePath(paths.notebookPath(slug), slug, form),
        ]),
        paths.picturePath(slug, one),
        paths.comparisonPath(slug, one, other),
        paths.pipelinePath,
        paths.pipelineRunPath(one),
        paths.pipelineTaskPath(one, slug),
        paths.stepsPath(figure + 1),
        paths.cataloguePath,
        paths.relationPath(slug),
        paths.searchPath,
        paths.feedPath,
      ];
      for (const address of addresses) {
        const found = routes.find(({ pattern }) => match(pattern, { sensitive: true })(address));
        expect([address, found !== undefined && 'file' in found && found.file]).toEqual([
          address,
          expect.stringMatching(/^(?:page|plain)$/),
        ]);
      }
    }),
    { numRuns: 50 },
  );
});
