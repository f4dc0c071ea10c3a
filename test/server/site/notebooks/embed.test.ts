// @module-tag heavy
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Listening } from '../../../../src/http/listen.js';
import { createTestDatabase, type TestDatabase } from '../../../database.js';
import { servePages } from '../../serve-pages.js';
import { startAccessServer } from '../../access/access-server.js';
import { openPage } from '../../browser.js';
import { churnNotebook, publish } from '../../published.js';

let database: TestDatabase;
let server: Listening;
/** A site that frames whatever its address names. */
let site: string;
const framing = createServer((request, response) => {
  const url = new URL(request.url ?? '', 'http://x').searchParams.get('url') ?? '';
  response.setHeader('Content-Type', 'text/html');
  response.end(
    `<!doctype html><title>Site</title><iframe src="${url}" width=800 height=600></iframe>`,
  );
});

beforeAll(async () => {
  database = await createTestDatabase();
  await publish(database.owner, 'churn', churnNotebook, { title: 'Churn', visibility: 'public' });
  await publish(database.owner, 'hidden', churnNotebook, { title: 'Hidden' });
  framing.listen(0, '127.0.0.1');
  await new Promise((resolve) => framing.once('listening', resolve));
  site = `http://127.0.0.1:${(framing.address() as AddressInfo).port}`;
  server = await servePages(database.reader, { frameAncestors: [site] });
});

afterAll(async () => {
  await server.close();
  framing.closeAllConnections();
  await new Promise((resolve) => framing.close(resolve));
  await database.drop();
});

test('one figure stands alone, with its own policy, title, data and the way back', async () => {
  const response = await fetch(
    `${server.url}/embed/churn/churn-peaked-in-may-2019-at-9-2?theme=dark`,
  );
  const text = await response.text();
  expect(response.status).toBe(200);
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toContain(`form-action 'none'; frame-ancestors ${site}`);
  expect(policy).not.toMatch(/unsafe-(?:inline|eval)/);
  expect(response.headers.get('x-frame-options')).toBeNull();
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(text).toContain('data-theme="dark"');
  expect(text).toMatch(
    /href="\/notebooks\/churn#figure-churn-peaked-in-may-2019-at-9-2" target="_blank" rel="noopener"/,
  );
  expect(text).toMatch(
    /href="\/notebooks\/churn\/runs\/\d+\/figures\/churn-peaked-in-may-2019-at-9-2\.csv"/,
  );
  expect(text).not.toContain('class="masthead"');
  expect([...text.matchAll(/<figure/g)]).toHaveLength(1);
  const odd = await (
    await fetch(`${server.url}/embed/churn/churn-peaked-in-may-2019-at-9-2?theme="><script>`)
  ).text();
  expect(odd).not.toContain('data-theme');
});

test('a frame from before, which named a number, is led to the figure', async () => {
  const response = await fetch(`${server.url}/embed/churn/1?theme=light`, { redirect: 'manual' });
  expect([response.status, response.headers.get('location')]).toEqual([
    ...[308, 'churn-peaked-in-may-2019-at-9-2?theme=light'],
  ]);
});

test('there is nothing to frame but figures, and no page else lets itself be framed', async () => {
  for (const path of [
    '/embed/churn/99',
    '/embed/churn/0',
    '/embed/none/1',
    '/embed/churn/x',
    '/',
  ]) {
    const { headers, status } = await fetch(server.url + path);
    expect([path, status]).toEqual([path, path === '/' ? 200 : 404]);
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-frame-options')).toBe('DENY');
  }
});

test('without an allow-list there are no figures to frame', async () => {
  const plain = await servePages(database.reader, { timeZone: 'UTC' });
  try {
    expect((await fetch(`${plain.url}/embed/churn/churn-peaked-in-may-2019-at-9-2`)).status).toBe(
      404,
    );
  } finally {
    await plain.close();
  }
});

test('where people sign in, only what is public is framed', async () => {
  const access = await startAccessServer(database, { DAYBOOK_FRAME_ANCESTORS: site });
  try {
    const status = async (path: string) =>
      (await access.send(path, { headers: { Accept: 'text/html' } })).status;
    expect(await status('/embed/churn/churn-peaked-in-may-2019-at-9-2')).toBe(200);
    expect(await status('/embed/hidden/1')).toBe(303);
  } finally {
    await access.close();
  }
});

test('a site on the list shows the chart, drawn; another does not', async (context) => {
  const page = await openPage(context, 'http://127.0.0.1');
  const frameOf = (address: string) =>
    `${site}/?url=${encodeURIComponent(`${server.url}${address}`)}`;
  await page.goto(frameOf('/embed/churn/churn-peaked-in-may-2019-at-9-2?theme=light'));
  const frame = page.frameLocator('iframe');
  await frame.locator('.drawn').waitFor();
  await frame.getByRole('link', { name: 'Customer churn' }).waitFor();
  expect(page.incidents).toEqual({ problems: [], foreign: [] });
  await page.goto(frameOf('/notebooks/churn'));
  await expect.poll(() => page.incidents.problems.join()).toMatch(/frame/i);
  expect(await frame.locator('article.notebook').count()).toBe(0);
});
