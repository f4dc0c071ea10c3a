// @module-tag heavy
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../../src/server/app.js';
import { loadAssets } from '../../../src/server/parts/assets.js';
import { listen, type Listening } from '../../../src/http/listen.js';
import { createReaders } from '../../../src/server/reading/readers/readers.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { expectNoIncidents, openPage } from '../browser.js';
import { churnNotebook, code, display, notebookOf, prose, publish } from '../published.js';

let database: TestDatabase;
let server: Listening;
const closing = new AbortController();

beforeAll(async () => {
  database = await createTestDatabase();
  await publish(database.owner, 'churn', churnNotebook, { title: 'Customer churn' });
  const app = createApp({
    ...createReaders(database.reader),
    assets: await loadAssets(),
    timeZone: 'America/Toronto',
    basePath: '/daybook',
    signal: closing.signal,
  });
  server = await listen(app, '127.0.0.1', 0);
});

afterAll(async () => {
  closing.abort();
  await server.close();
  await database.drop();
});

async function get(path: string) {
  const response = await fetch(server.url + path);
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    text: await response.text(),
  };
}

test('below a base path every address of a page is below it, whether or not the proxy takes it off', async () => {
  const { status, text } = await get('/daybook/notebooks/churn');
  expect(status).toBe(200);
  const addresses = [...text.matchAll(/ (?:href|src|data-\w+)="(\/[^"]*)"/g)].map(
    ([, path]) => path,
  );
  expect(addresses.length).toBeGreaterThan(8);
  expect(addresses.filter((path) => path?.startsWith('/daybook/') !== true)).toEqual([]);
  expect((await get('/notebooks/churn')).text).toBe(text);
  expect((await get('/daybook')).status).toBe(200);
  expect((await get('/daybooks')).status).toBe(404);
});

// With routes a browser keeps nothing, not even the page that it shows: here there are none.
test('a page that is open shows a new run by itself', async (context) => {
  await publishLive('before');
  await served('live', 'before');
  const page = await openPage(context, server.url, { isLive: true });
  await page.unrouteAll();
  const streaming = page.waitForRequest(/\/events$/);
  await page.goto(`${server.url}/daybook/notebooks/live`);
  await page.getByText('before').waitFor();
  await (await streaming).response();
  await publishLive('after');
  await page.getByText('after').waitFor();
  expectNoIncidents(page);
});

test('what is published while a page is still loading is shown, too', async (context) => {
  await publishLive('before');
  await served('live', 'before');
  const page = await openPage(context, server.url, { isLive: true });
  await page.unrouteAll();
  // The script's first request waits until the publication has changed.
  await page.addInitScript(`
    const ask = fetch;
    const released = new Promise((resolve) => { globalThis.release = resolve; });
    globalThis.fetch = (...request) => released.then(() => ask(...request));
  `);
  await page.goto(`${server.url}/daybook/notebooks/live`);
  await page.getByText('before').waitFor();
  await publishLive('after');
  await page.evaluate('release()');
  await page.getByText('after').waitFor();
  expectNoIncidents(page);
});

test('a page that changes does not take back the way to another page', async (context) => {
  await publishLive('before');
  await served('live', 'before');
  const page = await openPage(context, server.url, { isLive: true });
  const streaming = page.waitForRequest(/\/events$/);
  await page.goto(`${server.url}/daybook/notebooks/live`);
  await (await streaming).response();
  // The other page answers once this one has heard of its change.
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/daybook/pipeline', async (route) => {
    await answered;
    await route.continue();
  });
  const asked = page.waitForRequest(/\/pipeline$/);
  await page.evaluate(() => {
    location.href = '/daybook/pipeline';
  });
  await asked;
  const looked = page.waitForResponse((response) => response.request().method() === 'HEAD');
  await publishLive('after');
  await looked;
  answer();
  await page.waitForURL('**/daybook/pipeline');
  expectNoIncidents(page);
});

async function publishLive(text: string): Promise<void> {
  const notebook = notebookOf([prose(`# Live\n\n${text}`)]);
  await publish(database.owner, 'live', notebook, { title: 'Live' });
}

/** The server looks at the publication once a second at most. */
async function served(slug: string, text: string): Promise<void> {
  await expect
    .poll(async () => (await get(`/daybook/notebooks/${slug}`)).text, { timeout: 30_000 })
    .toContain(text);
}

test('one address has its share of streams, others get theirs, and all end when the server does', async () => {
  const ending = new AbortController();
  const readers = createReaders(database.reader);
  const assets = await loadAssets();
  const app = createApp({
    ...{ ...readers, assets, timeZone: 'UTC', signal: ending.signal },
    trustedProxies: ['loopback'],
  });
  const own = await listen(app, '127.0.0.1', 0);
  const stream = (from: string) =>
    fetch(`${own.url}/events`, { headers: { 'X-Forwarded-For': from } });
  const streams = await Promise.all(Array.from({ length: 100 }, () => stream('192.0.2.1')));
  expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]));
  const refused = await stream('192.0.2.1');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '60']);
  expect((await stream('192.0.2.2')).status).toBe(200);
  ending.abort();
  expect(await streams[0]?.text()).toContain('retry: 5000');
  await own.close();
});

test('search finds words of prose, tables and charts, without accents, by the keyboard', async (context) => {
  const notebook = notebookOf([
    prose('# Provinces\n\nAbout the land.\n\n## In Québec\n\nMany customers.'),
    code('t()', [display({ 'text/html': '<table><tr><td>zanzibar</td></tr></table>' })]),
  ]);
  await publish(database.owner, 'provinces', notebook, { title: 'Provinces' });
  await served('provinces', 'About the land');
  const page = await openPage(context, server.url, { isLive: true });
  await page.goto(`${server.url}/daybook/`);
  await page.getByRole('button', { name: 'Search' }).waitFor();
  await page.keyboard.press('/');
  const input = page.getByRole('searchbox');
  await input.fill('quebec');
  const result = page.locator('dialog.search').getByRole('link', { name: 'In Québec' });
  await result.waitFor();
  await input.fill('zanzibar');
  await page.getByText('1 found').waitFor();
  await input.fill('churn peaked');
  await page
    .locator('dialog.search')
    .getByRole('link', { name: /Churn peaked/ })
    .click();
  await page.waitForURL(
    `${server.url}/daybook/notebooks/churn#figure-churn-peaked-in-may-2019-at-9-2`,
  );
  expectNoIncidents(page);
});

test('two runs are compared value by value', async () => {
  const run = (value: string, row: string) =>
    notebookOf([
      code('m()', [
        display({ 'application/vnd.daybook.metric+json': { label: 'Churn', value } }),
        display({
          'text/html': `<table><tr><th>Month</th><th>Left</th></tr><tr><td>May</td><td>${row}</td></tr></table>`,
        }),
      ]),
    ]);
  const first = await publish(database.owner, 'compared', run('5 %', '12'), { title: 'Compared' });
  const second = await publish(database.owner, 'compared', run('6 %', '12'), { title: 'Compared' });
  const third = await publish(database.owner, 'compared', run('6 %', '13'), { title: 'Compared' });
  const path = (a: bigint, b: bigint) => `/notebooks/compared/compare/${a}/${b}`;
  // The server looks for news once a second.
  await expect.poll(async () => (await get(path(first, third))).status).toBe(200);
  const words = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  expect(words((await get(path(first, second))).text)).toContain('Churn 5 % 6 %');
  const later = words((await get(path(second, third))).text);
  expect(later).toContain('May, Left 12 13');
  expect(later).not.toContain('Churn 6 %');
  expect(words((await get(path(third, third))).text)).toContain(
    'nothing. All 2 values are the same',
  );
  expect((await get(path(first, 999n))).status).toBe(404);
  expect((await get('/notebooks/compared')).text).toContain(`/daybook${path(first, third)}`);
});

test('the feed lists publications, newest first, as well-formed XML', async (context) => {
  const title = 'A < B & "C" ]]> \u0001';
  await publish(database.owner, 'odd', notebookOf([prose('# Odd')]), { title });
  await expect.poll(async () => (await get('/feed.atom')).text).toContain('A &#x3C; B');
  const { type, text } = await get('/feed.atom');
  expect(type).toBe('application/atom+xml; charset=utf-8');
  const page = await openPage(context, server.url, { isLive: true });
  const titles = await page.evaluate((xml) => {
    const feed = new DOMParser().parseFromString(xml, 'application/xml');
    return [...feed.querySelectorAll('parsererror, entry > title')].map((one) => one.textContent);
  }, text);
  expect(titles).toContain('A < B & "C" ]]> ');
  expect(text).toContain('href="/daybook/notebooks/churn"');
});

test('metrics count requests and tell the state of each notebook', async () => {
  const { type, text } = await get('/metrics');
  expect(type).toContain('version=0.0.4');
  expect(text).toMatch(/^daybook_http_requests_total\{status="200"\} \d+$/m);
  expect(text).toMatch(/^daybook_notebook_state\{notebook="churn",state="current"\} 1$/m);
  expect(text).toMatch(/^daybook_http_request_duration_seconds_bucket\{le="\+Inf"\} \d+$/m);
  expect(text).toContain('\ndaybook_warehouse_up 1\n');
  // Every line is a comment, a sample, or nothing.
  const odd = text.split('\n').filter((line) => !/^$|^# |^[a-z_]+(\{.*\})? [-\d.e+]+$/.test(line));
  expect(odd).toEqual([]);
});
