// @module-tag heavy
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { findBrowser } from '../../src/browser/find-browser.js';
import type { Cell, JsonObject, Notebook } from '../../src/nbformat/notebook.js';
import { silentLogger } from '../../src/logger.js';
import { loadAssets, type Assets } from '../../src/server/parts/assets.js';
import { exportSite } from '../../src/server/export/export-site.js';
import type { Listening } from '../../src/http/listen.js';
import { startDashboard } from '../../src/server/dashboard.js';
import { createReaders } from '../../src/server/reading/readers/readers.js';
import { createTestDatabase, root, type TestDatabase } from '../database.js';
import { servePages } from './serve-pages.js';
import { expectNoIncidents, openPage, scrollThrough } from './browser.js';
import { addPipelineHistory, code, display, notebookOf, prose, publish } from './published.js';

const script = '<script>alert(1)</script><img src=x onerror=alert(1)>';
const quoted = `"><script>alert(1)</script><img src=x onerror=alert(1)>`;

const html = (content: string) => notebookOf([code('x', [display({ 'text/html': content })])]);
const output = (data: JsonObject, metadata: JsonObject = {}) =>
  notebookOf([code('x', [display(data, metadata)])]);
const chart = (data: JsonObject[], layout: JsonObject = {}) =>
  output({ 'application/vnd.plotly.v1+json': { data, layout } });
const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const withAttachment = (name: string, data: JsonObject, source: string): Notebook =>
  notebookOf([{ ...prose(source), attachments: { [name]: data } } as Cell]);

/** Notebooks that attack who reads them, by the CVE that tells of it, or GHSA's number of its point. */
const attacks: Readonly<Record<string, Notebook>> = {
  // CVE-2021-32862: the sixteen places where nbconvert let content out of its place.
  'GHSL-2021-1013': notebookOf([prose('x')], {
    language_info: { name: quoted, pygments_lexer: quoted },
  }),
  'GHSL-2021-1014': notebookOf([prose('x')], { title: `</title>${script}` }),
  'GHSL-2021-1015': notebookOf([prose('x')], {
    widgets: { 'application/vnd.jupyter.widget-state+json': { state: `</script>${script}` } },
  }),
  'GHSL-2021-1016': notebookOf([code('x', [], { tags: [quoted] })]),
  'GHSL-2021-1017': html(script),
  'GHSL-2021-1018': output({
    'image/svg+xml': `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">${script}</svg>`,
  }),
  'GHSL-2021-1019': output({ 'image/svg+xml': '<svg/>' }, { svg_filename: quoted }),
  'GHSL-2021-1020': output({ 'text/markdown': script }),
  'GHSL-2021-1021': output({ 'application/javascript': `alert(1)</script>${script}` }),
  'GHSL-2021-1022': output({ 'image/png': png }, { filenames: { 'image/png': quoted } }),
  'GHSL-2021-1023': output({ 'image/jpeg': quoted, 'image/png': quoted }),
  'GHSL-2021-1024': output({ 'image/png': png }, { width: quoted, height: quoted }),
  'GHSL-2021-1025': output({
    'application/vnd.jupyter.widget-state+json': { state: `</script>${script}` },
  }),
  'GHSL-2021-1026': output({
    'application/vnd.jupyter.widget-view+json': { model_id: `</script>${script}` },
  }),
  'GHSL-2021-1027': notebookOf([
    { cell_type: 'raw', id: 'raw', metadata: { format: 'text/html' }, source: script },
  ]),
  'GHSL-2021-1028': notebookOf([prose(script)]),
  // Files beside the notebook, or above it.
  'CVE-2026-39378': notebookOf([
    prose(
      '![a](../package.json) ![b](/etc/passwd) ![c](file:///etc/passwd) [d](../../package.json)',
    ),
  ]),
  'CVE-2026-39377': withAttachment(
    '../../../evil.php',
    { 'image/png': png },
    '![x](attachment:../../../evil.php)',
  ),
  'nbconvert#2285': output({ 'image/png': png }, { filename: '/tmp/../../evil.png' }),
  // Attributes and names that the page's own script listens to.
  'CVE-2026-42557': html(
    '<button data-commandlinker-command="x" data-events="/x" data-plotly="https://example.org/x.js" data-search="x">x</button>',
  ),
  'CVE-2024-43805': html(
    '<form id="documentElement"><img name="body"><img name="head"><a id="daybookSearch" name="href" href="x">x</a><input name="innerHTML"></form><div id="content"></div><div id="workspace" popover></div>',
  ),
  'CVE-2021-32797': html(
    '<form action="https://example.org/steal"><input name="password" autofocus><button>Sign in</button></form>',
  ),
  'CVE-2021-32798': html(
    '<select><template><style><!--</style><a rel="--></style></template></select><img id=x src onerror=alert(1)>">x</a>',
  ),
  'CVE-2018-8768': html(
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;"></table></mtext></math><p title="</p><img src=x onerror=alert(1)>',
  ),
  'CVE-2016-6524': notebookOf([
    code('x', [
      display({
        // With words: of an output without any nothing is shown at all.
        'text/html': '<p>x</p><iframe srcdoc="<script>parent.alert(1)</script>"></iframe>',
      }),
      display({ 'text/javascript': 'alert(1)' }),
    ]),
  ]),
  'CVE-2024-22421': notebookOf([prose('[a](https://example.org/a) <https://example.org/b>')]),
  'GHSA-jqwc-jm56-wcwj': withAttachment(
    'x.svg',
    { 'image/svg+xml': `<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>` },
    '![x](attachment:x.svg)',
  ),
  // Charts.
  'CVE-2023-46308': chart(
    [JSON.parse('{"type":"bar","x":[1],"y":[2],"__proto__":{"polluted":1}}') as JsonObject],
    JSON.parse(
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"template":{"layout":{"__proto__":{"polluted":1}}},"xaxis":{"__proto__":{"polluted":1}}}',
    ) as JsonObject,
  ),
  'CVE-2024-21485': chart([
    {
      type: 'bar',
      x: ['<a href="javascript:alert(1)">x</a>', quoted],
      y: [1, 2],
      text: ['<a href="javascript:alert(1)">x</a>', script],
      name: script,
    },
  ]),
  // Superset's markdown, and what breaks a page without running.
  'CVE-2023-49657': html(
    '<div>x<svg><script href="data:text/javascript,alert(1)"></script></svg></div>',
  ),
  'GHSA-9f88-wg5r-947j': output({
    'text/markdown': `<div><svg onload="alert(1)"></svg></div>\n\n${script}`,
  }),
  'GHSA-w358-rj93-r5qv': output({
    'text/markdown': '[x](javascript:alert%281%29) <a href="jAvAsCrIpT:alert(1)">y</a>',
  }),
  'nbconvert#1014': html('<div><table><tr><td><b><!-- </main></body></html>'),
};

/** The name of a notebook is content, too. */
const hostileName = `<img src=x onerror=alert(1)>'"&`;

let database: TestDatabase;
let assets: Assets;
let server: Listening;

beforeAll(async () => {
  [database, assets] = await Promise.all([createTestDatabase(), loadAssets()]);
  await addPipelineHistory(database.owner);
  for (const [id, notebook] of Object.entries(attacks)) {
    await publish(database.owner, id.replace('#', '-'), notebook, { title: `${id} ${script}` });
  }
  // CVE-2018-19352: the name of a directory in a list.
  await publish(database.owner, hostileName, notebookOf([prose('Named.')]), {
    title: hostileName,
    summary: script,
    group: script,
    error: { cell: 1, line: 1, ename: script, evalue: script },
  });
  server = await servePages(database.reader, { timeZone: 'UTC' });
});

afterAll(async () => {
  await server.close();
  await database.drop();
});

test('no attack that a CVE tells of runs, loads or breaks a page, as it is served', async (context) => {
  const page = await openPage(context, server.url);
  for (const id of Object.keys(attacks)) {
    await page.goto(`${server.url}/notebooks/${id.replace('#', '-')}`);
    await scrollThrough(page);
    const whole = await page.evaluate(() => ({
      main: document.querySelectorAll('main').length,
      // What stands after the content is where the page put it: nothing closed anything early.
      after: document.querySelectorAll('body > main ~ script[src]').length > 0,
      body: document.body instanceof HTMLBodyElement,
      polluted: 'polluted' in {},
      forms: document.forms.length,
      listening: document.querySelectorAll('main [data-events], main [data-commandlinker-command]')
        .length,
      script: [...document.querySelectorAll('a')].filter(({ href }) => /^javascript:/i.test(href))
        .length,
      unsafe: [...document.querySelectorAll<HTMLAnchorElement>('main a[href^="http"]')].filter(
        ({ href, rel }) => !href.startsWith(location.origin) && !rel.includes('noopener'),
      ).length,
    }));
    expect([id, whole]).toEqual([
      id,
      {
        main: 1,
        after: true,
        body: true,
        polluted: false,
        forms: 0,
        listening: 0,
        script: 0,
        unsafe: 0,
      },
    ]);
    expect([id, page.incidents]).toEqual([id, { problems: [], foreign: [] }]);
  }
});

test('CVE-2018-19352: names are content in every list', async (context) => {
  const page = await openPage(context, server.url);
  const own = `/notebooks/${encodeURIComponent(hostileName)}`;
  for (const path of ['/', own, '/pipeline', '/data', '/search.js', '/feed.atom', '/status.json']) {
    const response = await page.goto(server.url + path);
    expect([path, response?.status()]).toEqual([path, 200]);
    expectNoIncidents(page);
  }
  await page.goto(server.url);
  await page.keyboard.press('/');
  await page.getByRole('searchbox').fill('onerror');
  await page.getByText(/found/).waitFor();
  expectNoIncidents(page);
});

/** Sends an address as it stands: `fetch` tidies it up. */
function statusOf(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<number>((resolve, reject) => {
    const sent = request(server.url, { path, headers, method }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('upgrade', () => {
      resolve(101);
    });
    sent.on('error', reject).end();
  });
}

test('CVE-2024-30265, CVE-2026-86258, CVE-2026-35397: no address leads to a file', async () => {
  for (const path of [
    '/static/etc/passwd',
    '/assets/../package.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/assets/..%5c..%5cpackage.json',
    '/assets-private/x',
    '/notebooks/../../etc/passwd',
    '/notebooks/..%2f..%2fetc%2fpasswd',
    '/notebooks/%00',
    '/data/..%2f..%2fetc%2fpasswd',
    '//etc/passwd',
    '/embed/..%2f..%2fpackage.json/1',
    '/notebooks/churn/figures/..%2f..%2fpackage.json',
    '/notebooks/churn/figures/%2e%2e%2f%2e%2e%2fpackage.csv',
  ]) {
    expect([path, await statusOf(path)]).toEqual([path, 404]);
  }
});

test('CVE-2026-40110: no other site is let in by its origin', async () => {
  const { port } = new URL(server.url);
  for (const origin of ['null', 'https://example.org', `http://127.0.0.1:${port}.example.org`]) {
    const response = await fetch(`${server.url}/status.json`, { headers: { Origin: origin } });
    const names = [...response.headers.keys()].filter((name) => name.startsWith('access-control'));
    expect([origin, names]).toEqual([origin, []]);
  }
});

test('CVE-2026-39987, CVE-2026-75149: nothing executes, and nothing speaks WebSocket', async () => {
  const upgrade = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  };
  for (const path of [
    '/terminals/websocket/1',
    '/terminal/ws',
    '/api/kernels',
    '/',
    '/events/ws',
  ]) {
    expect([path, await statusOf(path, upgrade)]).not.toEqual([path, 101]);
    expect([path, await statusOf(path, {}, 'POST')]).toEqual([path, 405]);
  }
});

test('CVE-2026-44727, CVE-2018-19351, CVE-2015-7337: every answer has its policy and its type', async () => {
  const slug = 'CVE-2024-21485';
  const page = await (await fetch(`${server.url}/notebooks/${slug}`)).text();
  const { rows } = await database.owner.query<{ run: string; pipeline: string }>(
    `select
      (select max(run_id)::text from publication.notebook_run where slug = $1) as run,
      (select max(run_id)::text from ops.pipeline_run) as pipeline`,
    [slug],
  );
  const { run = '', pipeline = '' } = rows[0] ?? {};
  const answers: Record<string, readonly [number, string]> = {
    '/': [200, 'text/html'],
    [`/notebooks/${slug}`]: [200, 'text/html'],
    [`/notebooks/${slug}?code=shown`]: [200, 'text/html'],
    [`/notebooks/${slug}/runs/${run}`]: [200, 'text/html'],
    [`/notebooks/${slug}/compare/${run}/${run}`]: [200, 'text/html'],
    [`/notebooks/${slug}/runs/${run}/figures/1.csv`]: [200, 'text/csv'],
    [`/notebooks/${slug}/figures/1.json`]: [200, 'application/json'],
    [`/notebooks/${slug}/figures/none.csv`]: [404, 'text/plain'],
    '/pipeline': [200, 'text/html'],
    [`/pipeline/runs/${pipeline}`]: [200, 'text/html'],
    '/data': [200, 'text/html'],
    '/data/gold.monthly_churn': [200, 'text/html'],
    '/search.js': [200, 'text/javascript'],
    '/feed.atom': [200, 'application/atom+xml'],
    '/status.json': [200, 'application/json'],
    '/metrics': [200, 'text/plain'],
    '/healthz': [200, 'application/json'],
    '/readyz': [200, 'application/json'],
    [/\/assets\/daybook\.[^"]+\.css/.exec(page)?.[0] ?? '']: [200, 'text/css'],
    [/\/assets\/page\.[^"]+\.js/.exec(page)?.[0] ?? '']: [200, 'text/javascript'],
    '/nowhere': [404, 'text/html'],
    '/notebooks/%ff': [404, 'text/html'],
  };
  for (const [path, [status, type]] of Object.entries(answers)) {
    const { headers, status: found } = await fetch(server.url + path);
    expect([path, found, headers.get('content-type')?.split(';')[0]]).toEqual([path, status, type]);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
    expect(policy).toContain("base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe-(?:inline|eval)/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('cache-control')).not.toBeNull();
  }
});

test('CVE-2018-5702: a page whose name is made to lead here reads nothing', async (context) => {
  const dashboard = await startDashboard({
    pool: database.reader,
    config: {
      ...database.config,
      port: 0,
      exposure: { ...database.config.exposure, publicOrigin: 'https://reports.example.org' },
    },
    logger: silentLogger,
  });
  context.onTestFinished(() => dashboard.close());
  const { port } = new URL(dashboard.url);
  const ask = (host: string, path: string) =>
    new Promise<[number, string]>((resolve, reject) => {
      request({ port, path, headers: { Host: host } }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => {
          resolve([response.statusCode ?? 0, text]);
        });
      })
        .on('error', reject)
        .end();
    });
  const foreign = ['evil.example', `evil.example:${port}`, `127.0.0.1.evil.example:${port}`, '@'];
  for (const host of [...foreign, 'localhost.evil.example', '192.0.2.1', 'evil@127.0.0.1']) {
    for (const path of ['/', '/status.json', '/notebooks/ghsl-2021-1013', '/healthz']) {
      const [status, text] = await ask(host, path);
      expect([host, path, status]).toEqual([host, path, 421]);
      expect(text).toContain('DAYBOOK_ALLOWED_HOSTS');
    }
  }
  for (const host of [`127.0.0.1:${port}`, `LOCALHOST:${port}`, '[::1]', 'reports.example.org']) {
    expect([host, (await ask(host, '/'))[0]]).toEqual([host, 200]);
  }
});

test('CVE-2026-39377: what is exported stays in its folder, whatever names say', async (context) => {
  const parent = mkdtempSync(join(tmpdir(), 'daybook-attacks-'));
  context.onTestFinished(() => {
    rmSync(parent, { recursive: true, force: true });
  });
  const folder = join(parent, 'a', 'b', 'c');
  await exportSite({ ...createReaders(database.reader), assets, timeZone: 'UTC', folder });
  expect([readdirSync(parent), readdirSync(join(parent, 'a', 'b'))]).toEqual([['a'], ['c']]);
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  expect(names.filter((name) => /evil|passwd|[<>"]/.test(name))).toEqual([]);
});

test('CVE-2025-53000: a program of the folder that one works in is never taken for the browser', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-browser-'));
  const before = process.cwd();
  process.chdir(folder);
  onTestFinished(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });
  const program = join(folder, 'chromium');
  writeFileSync(program, '#!/bin/sh\n');
  chmodSync(program, 0o755);
  // An empty place in the PATH means the working folder to a shell.
  for (const PATH of ['', delimiter, `${delimiter}${join(folder, 'nothing')}`]) {
    await expect(findBrowser({ PATH })).rejects.toMatchObject({ code: 'BROWSER_MISSING' });
  }
  expect(await findBrowser({ PATH: folder })).toBe(program);
});

test('docs/security.md lists each attack that is tried, and no other', () => {
  const page = readFileSync(join(root, 'docs/security.md'), 'utf8');
  const source = readFileSync(join(import.meta.dirname, 'attacks.test.ts'), 'utf8');
  const pattern = /\b(?:CVE-\d{4}-\d+|GHSL-2021-\d+|GHSA(?:-[a-z0-9]{4}){3}|nbconvert#\d+)/g;
  const ids = (text: string) => [...new Set(text.match(pattern))].sort();
  expect(ids(page)).toEqual(ids(source));
});
