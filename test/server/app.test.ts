import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Listening } from '../../src/http/listen.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { servePages } from './serve-pages.js';
import {
  holdPipelineLock,
  addPipelineRun,
  churnNotebook,
  code,
  notebookOf,
  prose,
  publish,
} from './published.js';

let database: TestDatabase;
let server: Listening;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
});

/** A server of its own for each test, so that no page of the one before is in its memory. */
beforeEach(async () => {
  await database.owner.query('truncate ops.pipeline_run, publication.notebook cascade');
  server = await servePages(database.reader);
  return () => server.close();
});

async function get(path: string, init: RequestInit = {}) {
  const response = await fetch(server.url + path, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** A request that is sent as it stands: `fetch` tidies paths up and adds headers of its own. */
function statusOf(path: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    request(server.url, { path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

test('before the first run the home page says what is happening and looks again', async () => {
  const { status, text } = await get('/');
  expect(status).toBe(200);
  expect(text).toContain('Nothing is published yet');
  expect(text).toContain('npx daybook up');
  expect(text).toContain('<meta http-equiv="refresh" content="5">');
});

test('a running pipeline is told of with its progress', async () => {
  const release = await holdPipelineLock(database.owner);
  const run = await addPipelineRun(database.owner, 'running', { a: 'passed', b: 'running' });
  try {
    const { text } = await get('/');
    expect(text).toContain(`Pipeline run ${run} is under way`);
    expect(text).toContain('1 of 2 tasks are done');
  } finally {
    await release();
  }
});

test('a run whose process was killed does not show as running', async () => {
  const run = await addPipelineRun(database.owner, 'running', { a: 'passed', b: 'running' });
  expect((await get('/')).text).toContain(`Pipeline run ${run} was interrupted`);
  const page = await get(`/pipeline/runs/${run}`);
  expect(page.text).toContain('Interrupted');
  expect(page.text).not.toContain('Running');
});

test('data that are older than the notebook says they may be are called stale', async () => {
  await publish(database.owner, 'churn', notebookOf([prose('# Churn')]), { maxAge: '36 hours' });
  await publish(database.owner, 'plans', notebookOf([prose('# Plans')]), { maxAge: '5200 weeks' });
  const { text } = await get('/notebooks/churn');
  expect(text).toContain('banner-stale');
  expect(text).toContain('at most 36 hours old');
  const { notebooks } = JSON.parse((await get('/status.json')).text) as {
    notebooks: { slug: string; state: string }[];
  };
  expect(notebooks.map(({ slug, state }) => [slug, state])).toEqual([
    ['churn', 'stale'],
    ['plans', 'current'],
  ]);
});

test('the home page has a card for each notebook, with state and a small picture', async () => {
  await publish(database.owner, 'plans', notebookOf([prose('# Plans')]), {
    title: 'Plans',
    position: 2,
  });
  await publish(database.owner, 'customer-churn', churnNotebook, {
    title: 'Customer churn',
    summary: 'How many customers leave.',
    position: 1,
  });
  // The page does not wait for pictures.
  await expect.poll(async () => (await get('/')).text).toContain('picture-small');
  const { text } = await get('/');
  expect(text.indexOf('Customer churn')).toBeLessThan(text.indexOf('Plans'));
  expect(text).toContain('How many customers leave.');
  expect(text).toContain('Up to date');
  expect(text).toContain('31 Dec 2019');
});

test('a project says what its dashboard is called, and in which order its groups stand', async () => {
  const page = notebookOf([prose('# A page')]);
  await publish(database.owner, 'a', page, { group: 'Sales', position: 1 });
  await publish(database.owner, 'b', page, { group: 'Operations', position: 2 });
  await publish(database.owner, 'c', page, { group: 'People', position: 3 });
  const site = { title: 'Shop & Co', groups: ['Nobody', 'People', 'Operations'] };
  const named = await servePages(database.reader, { timeZone: 'UTC', site });
  const read = async (path: string) => (await fetch(named.url + path)).text();
  try {
    const home = await read('/');
    const groups = (pattern: RegExp) => [...home.matchAll(pattern)].map((match) => match[1]);
    expect(groups(/<h2 class="group">([^<]+)/g)).toEqual(['People', 'Operations', 'Sales']);
    expect(groups(/<p class="nav-title">([^<]+)/g).slice(0, 3)).toEqual(
      groups(/<h2 class="group">([^<]+)/g),
    );
    expect(home).toContain('<title>Shop &#x26; Co</title>');
    expect(home).toContain('content="website"');
    const pages = ['/notebooks/a', '/data', '/pipeline', '/nowhere'];
    for (const text of await Promise.all(pages.map(read))) {
      expect(text).toMatch(/<title>[^<]+ · Shop &#x26; Co<\/title>/);
      expect(text).toMatch(/class="brand"[^>]*>Shop &#x26; Co</);
      expect(text).not.toContain('Daybook');
    }
    expect(await read('/feed.atom')).toContain('<title>Shop &#x26; Co</title>');
  } finally {
    await named.close();
  }
});

test('notebooks stand in their groups, in the order of the first of each', async () => {
  const page = notebookOf([prose('# X')]);
  await publish(database.owner, 'a', page, { group: 'Sales', position: 2 });
  await publish(database.owner, 'b', page, { group: 'Customers', position: 1 });
  await publish(database.owner, 'c', page, { group: 'Sales', position: 3 });
  const one = await get('/');
  const names = [...one.text.matchAll(/<h2 class="group">([^<]+)/g)].map((match) => match[1]);
  expect(names).toEqual(['Customers', 'Sales']);
  expect([...one.text.matchAll(/class="nav-title">([^<]+)/g)].map((match) => match[1])).toEqual([
    ...names,
    'Behind the numbers',
  ]);
});

test('a notebook page says where its numbers come from', async () => {
  const pipelineRun = await addPipelineRun(database.owner, 'passed', { a: 'passed' });
  const run = await publish(database.owner, 'customer-churn', churnNotebook, {
    pipelineRunId: pipelineRun,
  });
  const { status, text } = await get('/notebooks/customer-churn');
  expect(status).toBe(200);
  expect(text).toContain('<h1>Customer churn</h1>');
  expect(text).toContain(`href="/notebooks/customer-churn/runs/${run}"`);
  expect(text).toContain('took 4.1 s');
  expect(text).toContain('<code>abc1234</code>');
  expect(text).toContain(`pipeline run <a href="/pipeline/runs/${pipelineRun}">`);
  expect(text).toContain('22 Nov 2026, 07:00 EST');
  expect(text).not.toContain('class="banner');
});

test('under each figure stands the SQL that it was made of, with rows and duration', async () => {
  const sql = "select month from gold.monthly_churn where note <> '<b>'";
  await publish(database.owner, 'customer-churn', churnNotebook, {
    queries: [
      { sql, tables: ['gold.monthly_churn'], rows: 12, milliseconds: 5.2, cell: 2 },
      { sql: 'select elsewhere', tables: [], rows: null, milliseconds: 1, cell: 99 },
    ],
  });
  const { text } = await get('/notebooks/customer-churn');
  expect(text.split('aria-label="SQL behind figure').length).toBe(3);
  expect(text).toContain('12 rows in 5.2 ms, asked by cell 2');
  expect(text).toContain('&#x3C;b>');
  expect(text).not.toContain('elsewhere');
  expect(text).toContain('17 lines · 1 query, 5.2 ms');
});

test('a failed run leaves the last good page, and the banner names cell, line and message', async () => {
  const good = await publish(
    database.owner,
    'churn',
    notebookOf([prose('# Churn'), prose('Good.')]),
  );
  const error = { cell: 2, line: 3, column: 7, ename: 'TypeError', evalue: 'x is <undefined>' };
  const bad = await publish(
    database.owner,
    'churn',
    notebookOf([
      prose('# Churn'),
      code('const a = 1;\nconst b = 2;\nboom(a);', [
        { output_type: 'error', ename: 'TypeError', evalue: 'x is <undefined>', traceback: [] },
      ]),
    ]),
    { error },
  );
  const page = await get('/notebooks/churn');
  expect(page.text).toContain('Good.');
  expect(page.text).toContain('in cell 2, line 3: TypeError: x is &#x3C;undefined>');
  expect(page.text).toContain(`You see run ${good}, the last that passed.`);

  const failed = await get(`/notebooks/churn/runs/${bad}`);
  expect(failed.text).toContain(`Run ${bad} failed`);
  expect(failed.text).toContain('Cell 2, line 3');
  expect(failed.text).toContain('line-failed');
  expect((await get('/')).text).toContain('Last run failed');
});

test('a notebook of which no run has passed says so', async () => {
  await publish(database.owner, 'churn', notebookOf([prose('# Churn')]), {
    error: { cell: 1, ename: 'Error', evalue: 'no' },
  });
  const { status, text } = await get('/notebooks/churn');
  expect(status).toBe(200);
  expect(text).toContain('is not published yet');
  expect(text).toContain('in cell 1: Error: no');
});

test('a page is outdated once a later pipeline run has changed a table, not before', async () => {
  const first = await addPipelineRun(database.owner, 'passed', { churn: 'passed' });
  await publish(database.owner, 'churn', notebookOf([prose('# Churn')]), { pipelineRunId: first });
  await addPipelineRun(database.owner, 'passed', { churn: 'unchanged' });
  expect((await get('/status.json')).text).toContain('"state": "current"');
  const third = await addPipelineRun(database.owner, 'passed', { churn: 'passed' });
  await expect
    .poll(async () => (await get('/notebooks/churn')).text)
    .toContain(`Pipeline run ${third} changed tables after this notebook ran.`);
});

test('the earlier run of a notebook is kept at its own address', async () => {
  const first = await publish(
    database.owner,
    'churn',
    notebookOf([prose('# Churn'), prose('One.')]),
  );
  await publish(database.owner, 'churn', notebookOf([prose('# Churn'), prose('Two.')]));
  expect((await get('/notebooks/churn')).text).toContain('Two.');
  const { text } = await get(`/notebooks/churn/runs/${first}`);
  expect(text).toContain('One.');
  expect(text).toContain(`Run ${first} is not the current one`);
});

test('the data of a chart is there as CSV', async () => {
  const run = await publish(database.owner, 'customer-churn', churnNotebook);
  const name = 'the-number-of-active-customers-still-grows-more-slowly-each';
  const folder = `/notebooks/customer-churn/runs/${run}/figures`;
  const { text, headers } = await get(`${folder}/${name}.csv`);
  expect(headers.get('content-disposition')).toBe(`attachment; filename="${name}.csv"`);
  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(text.split('\r\n').slice(0, 2)).toEqual([
    'Date,New,Churned,Active',
    '2019-01-01,118,-3,115',
  ]);
  for (const path of ['9.csv', '0.csv', 'x.csv', '1.png']) {
    const other = await get(`${folder}/${path}`);
    expect(other.status).toBe(404);
  }
  // Addresses had its number before.
  const old = await fetch(`${server.url}${folder}/2.csv`, { redirect: 'manual' });
  expect([old.status, old.headers.get('location')]).toEqual([308, `${name}.csv`]);
  expect((await get(`${folder}/2.csv`)).text).toBe(text);
});

test('a document that is broken costs only itself, and its page says what is wrong', async () => {
  await publish(database.owner, 'good', churnNotebook, { title: 'Good' });
  const documents = { torn: '{"cells": [', odd: '{"nbformat": 9}', empty: '' };
  const runs: Record<string, bigint> = {};
  for (const [slug, document] of Object.entries(documents)) {
    runs[slug] = await publish(database.owner, slug, document, { title: `Title of ${slug}` });
  }
  for (const [slug, run] of Object.entries(runs)) {
    for (const path of [`/notebooks/${slug}`, `/notebooks/${slug}/runs/${run}`]) {
      const { status, text } = await get(path);
      expect([path, status]).toEqual([path, 200]);
      expect(text).toContain(`“Title of ${slug}” cannot be shown`);
      expect(text).toMatch(/<pre><code>[^<]*(?:JSON|empty file|format 9)/);
    }
  }
  const { notebooks } = JSON.parse((await get('/status.json')).text) as {
    notebooks: { slug: string; state: string; latest: { error: { evalue: string } | null } }[];
  };
  expect(
    Object.fromEntries(
      notebooks.map(({ slug, state, latest }) => [slug, [state, latest.error?.evalue ?? '']]),
    ),
  ).toEqual({
    good: ['current', ''],
    torn: ['failed', expect.stringContaining('JSON')],
    odd: ['failed', expect.stringContaining('format 9')],
    empty: ['failed', 'The notebook is an empty file'],
  });
  const { text: metrics } = await get('/metrics');
  expect(metrics).toContain('daybook_notebook_state{notebook="torn",state="failed"} 1');
  expect(metrics).toContain('daybook_notebook_state{notebook="good",state="current"} 1');

  const home = await get('/');
  expect(home.status).toBe(200);
  for (const slug of ['good', 'torn', 'odd', 'empty']) {
    expect(home.text).toContain(`href="/notebooks/${slug}"`);
  }
  expect(home.text).toContain('The notebook is an empty file');
  expect(home.text.split('Last run failed')).toHaveLength(4);
  for (const path of ['/notebooks/good', '/search.js', '/pipeline', '/feed.atom']) {
    expect([path, (await get(path)).status]).toEqual([path, 200]);
  }
});

test('what a client has already is not sent again', async () => {
  await publish(database.owner, 'customer-churn', churnNotebook);
  const { headers } = await get('/notebooks/customer-churn', {
    headers: { 'Accept-Encoding': 'br' },
  });
  const known = { 'Accept-Encoding': 'br', 'If-None-Match': headers.get('etag') ?? '' };
  expect(await statusOf('/notebooks/customer-churn', known)).toBe(304);
  await publish(database.owner, 'customer-churn', churnNotebook);
  await expect.poll(() => statusOf('/notebooks/customer-churn', known)).toBe(200);
});

test.each(['br', 'gzip', 'identity'])('pages and assets are sent as %s', async (encoding) => {
  await publish(database.owner, 'customer-churn', churnNotebook);
  const page = await get('/notebooks/customer-churn', { headers: { 'Accept-Encoding': encoding } });
  expect(page.headers.get('content-encoding')).toBe(encoding === 'identity' ? null : encoding);
  expect(page.text).toContain('<h1>Customer churn</h1>');
  const path = /\/assets\/daybook\.[^"]+\.css/.exec(page.text)?.[0] ?? '';
  const asset = await get(path, { headers: { 'Accept-Encoding': encoding } });
  expect(asset.text).toContain('--paper');
  expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
});

test('everything but GET and HEAD is refused', async () => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    const { status, headers } = await get('/', { method });
    expect([method, status, headers.get('allow')]).toEqual([method, 405, 'GET, HEAD']);
  }
  const head = await get('/', { method: 'HEAD' });
  expect([head.status, head.text]).toEqual([200, '']);
});

test('every answer carries the security headers', async () => {
  for (const path of ['/', '/nowhere', '/healthz', '/status.json', '/notebooks/%00']) {
    const { headers } = await get(path);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
    expect(policy).toContain("base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe-(?:inline|eval)/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-powered-by')).toBeNull();
  }
});

test('addresses that lead nowhere, or try to lead elsewhere, are not found', async () => {
  await publish(database.owner, 'churn', notebookOf([prose('# Churn')]));
  const paths = [
    '/nowhere',
    '/notebooks/',
    '/notebooks/other',
    '/notebooks/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '/notebooks/%ff',
    '/notebooks/churn/runs/99999999999999999999',
    '/notebooks/churn/runs/1%20or%201=1',
    '/notebooks/churn/runs/999',
    '/assets/../package.json',
    '/assets/%2e%2e%2fpackage.json',
    '/assets/daybook.css',
    '//assets/x',
    '/static/etc/passwd',
  ];
  for (const path of paths) expect([path, await statusOf(path)]).toEqual([path, 404]);
});

test('probes and the state for machines', async () => {
  expect(JSON.parse((await get('/healthz')).text)).toEqual({ status: 'ok' });
  expect((await get('/readyz')).status).toBe(200);
  const run = await publish(database.owner, 'churn', notebookOf([prose('# Churn')]), {
    title: 'Churn',
  });
  expect(JSON.parse((await get('/status.json')).text)).toMatchObject({
    warehouse: 'reachable',
    pipeline: null,
    notebooks: [
      {
        slug: 'churn',
        title: 'Churn',
        state: 'current',
        shown: { runId: String(run), status: 'passed' },
      },
    ],
  });
});
