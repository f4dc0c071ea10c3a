// @module-tag heavy
import { execFile } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest';
import type { Page } from 'playwright-core';
import { root } from '../database.js';
import { expectNoIncidents, openPage } from '../server/browser.js';

const run = promisify(execFile);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'daybook-docs-'));
let server: Server | undefined;
/** The site below a path that it was not built for; undefined: its packages cannot be had here. */
let home: string | undefined;

const types: Readonly<Record<string, string>> = {
  ...{ '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.png': 'image/png' },
};

/** Any static host: files below a path, and 404.html for what is not there. */
function serveFolder(prefix: string): Promise<Server> {
  const host = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '', 'http://host').pathname);
    const file = join(
      folder,
      path.slice(prefix.length).replace(/\/?$/, (end) => end && '/index.html'),
    );
    const isThere = path.startsWith(`${prefix}/`) && existsSync(file) && statSync(file).isFile();
    const sent = isThere ? file : join(folder, '404.html');
    response.writeHead(isThere ? 200 : 404, { 'Content-Type': types[extname(sent)] ?? '' });
    createReadStream(sent).pipe(response);
  });
  return new Promise((resolve) =>
    host.listen(0, '127.0.0.1', () => {
      resolve(host);
    }),
  );
}

beforeAll(async () => {
  const site = join(root, 'docs', 'site');
  if (!existsSync(join(site, 'node_modules', 'vitepress'))) {
    const installed = await run('npm', ['ci', '--ignore-scripts', '--prefer-offline'], {
      cwd: site,
    }).catch((error: unknown) => error);
    if (installed instanceof Error && process.env['CI'] === undefined) return;
  }
  const vitepress = join(site, 'node_modules', 'vitepress', 'bin', 'vitepress.js');
  await run(process.execPath, [vitepress, 'build', '--outDir', folder], { cwd: site });
  server = await serveFolder('/some/where');
  home = `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/where/`;
});

afterAll(() => {
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A page of the site; leaves the test out where the site could not be built. */
async function open(
  context: TestContext,
  path: string,
  options: Parameters<typeof openPage>[2] = {},
) {
  if (home === undefined) return context.skip('the packages of docs/site are not there');
  const page = await openPage(context, home, options);
  await page.goto(home + path);
  // Scripts have taken the page over.
  await page.waitForFunction(() => '__vue_app__' in (document.querySelector('#app') ?? {}));
  return page;
}

async function violationsOf(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe: tool } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await tool.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
  });
}

const pages = [
  '',
  'tutorial.html',
  'start.html',
  'analyst.html',
  'reference/commands.html',
  'errors.html',
];

test('axe finds nothing, nothing comes from elsewhere: light and dark', async (context) => {
  const page = await open(context, '');
  for (const path of pages) {
    await page.goto(home! + path);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForFunction(
        (isDark) => document.documentElement.classList.contains('dark') === isDark,
        colorScheme === 'dark',
      );
      expect([path, colorScheme, await violationsOf(page)]).toEqual([path, colorScheme, []]);
    }
  }
  expectNoIncidents(page);
});

test('a phone shows each page without scrolling sideways', async (context) => {
  const page = await open(context, '', { viewport: { width: 360, height: 720 } });
  for (const path of pages) {
    await page.goto(home! + path);
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect([path, excess <= 0]).toEqual([path, true]);
  }
});

test('the search finds a setting, and leads to it', async (context) => {
  const page = await open(context, 'start.html');
  await page.keyboard.press('/');
  await page.locator('#localsearch-input').fill('DAYBOOK_MAX_REMOVAL');
  const found = page.locator('.VPLocalSearchBox a.result', { hasText: 'Environment variables' });
  await found.first().click();
  await page.waitForURL(/reference\/settings/);
  await expect.poll(() => page.locator('h1').innerText()).toContain('Environment variables');
  expectNoIncidents(page);
});

test('what is not there says so, and leads home', async (context) => {
  const page = await open(context, '');
  await page.goto(`${home!}nothing.html`);
  await expect.poll(() => page.locator('.NotFound').innerText()).toContain('404');
});

test('a folder that a browser opens can be read, without scripts', async (context) => {
  await open(context, '');
  const page = await openPage(context, 'file:', { javaScriptEnabled: false });
  await page.goto(pathToFileURL(join(folder, 'index.html')).href);
  await page.locator('.VPHero a', { hasText: 'Tutorial' }).click();
  expect(await page.locator('h1').innerText()).toContain('Tutorial');
  await page.locator('.VPSidebar a', { hasText: 'Environment variables' }).click();
  expect(await page.locator('td', { hasText: 'DAYBOOK_HOME' }).count()).toBeGreaterThan(0);
});

test('paper has the text alone', async (context) => {
  const page = await open(context, 'errors.html');
  await page.emulateMedia({ media: 'print' });
  expect(
    await page.locator('.VPNav, .VPSidebar, .VPLocalNav').filter({ visible: true }).count(),
  ).toBe(0);
  expect(await page.locator('h1').isVisible()).toBe(true);
});
