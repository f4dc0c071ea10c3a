// @module-tag heavy
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest';
import { DaybookError } from '../../src/errors.js';
import type { Cell, Notebook } from '../../src/nbformat/notebook.js';
import { parseNotebook } from '../../src/nbformat/read-notebook.js';
import { loadAssets, type Assets } from '../../src/server/parts/assets.js';
import { selfContainedPage } from '../../src/server/export/self-contained.js';
import { requireShared } from '../requirement.js';
import { expectNoIncidents, openPage, scrollThrough } from './browser.js';
import { hostileCharts, hostileNotebook } from './hostile-notebook.js';
import { notebookOf } from './published.js';

let folder: string;
let assets: Assets;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daybook-pages-'));
  assets = await loadAssets();
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/**
 * Writes a notebook's page and opens it. Without its policy, so that what the sanitiser lets through
 * would run: the policy is a second wall, and no excuse for holes in the first.
 */
async function openWithoutPolicy(context: TestContext, notebook: Notebook, name: string) {
  const withPolicy = await selfContainedPage(notebook, name, assets);
  const html = withPolicy.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '');
  expect(html.length).toBeLessThan(withPolicy.length);
  const path = join(folder, 'page.html');
  writeFileSync(path, html);
  const page = await openPage(context, pathToFileURL(path).href);
  await page.goto(pathToFileURL(path).href);
  return page;
}

/** Payloads of DOMPurify's tests, some of which come in several versions. */
function readPayloads(context: TestContext): string[] {
  const path = requireShared(context, 'fixtures/sanitising/dompurify_expect.json');
  const cases = JSON.parse(readFileSync(path, 'utf8')) as { payload: string }[];
  return cases.map(({ payload }) => payload);
}

const own = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)><animate onbegin=alert(1) attributeName=x dur=1s>',
  '<a href="javascript:alert(1)" id=a autofocus onfocus=alert(1) tabindex=1>x</a>',
  '"><script>alert(1)</script>',
  "'><img src=https://example.org/x onerror=alert(1)>",
  '</script><script>alert(1)</script>',
  '</pre></code></details></div></main><script>alert(1)</script>',
  '<iframe src="javascript:alert(1)"></iframe><iframe srcdoc="<script>parent.alert(1)</script>"></iframe>',
  '<object data="https://example.org/x.swf"></object><embed src="https://example.org/x">',
  '<link rel=stylesheet href="https://example.org/x.css"><style>@import "https://example.org/y.css"</style>',
  '<p style="background:url(https://example.org/z)">x</p><table background="https://example.org/t"><td>x',
  '<video src="https://example.org/v" autoplay onerror=alert(1)></video><audio src=x onerror=alert(1)>',
  '<form action="https://example.org"><input autofocus onfocus=alert(1) name=innerHTML><button>x</button>',
  '<meta http-equiv=refresh content="0;url=https://example.org"><base href="https://example.org/">',
  '<details open ontoggle=alert(1)><summary>x</summary></details><marquee onstart=alert(1)>x</marquee>',
  '<img name=body><img name=head><form id=documentElement><img id=location name=href>',
  '<math><maction actiontype="statusline#https://example.org" xlink:href="javascript:alert(1)">x</maction></math>',
];

test(
  'no payload runs, loads or breaks out, wherever in a notebook it stands',
  { timeout: 300_000 },
  async (context) => {
    const payloads = [...own, ...readPayloads(context)];
    expect(payloads.length).toBeGreaterThan(200);
    for (let first = 0; first < payloads.length; first += 60) {
      const page = await openWithoutPolicy(
        context,
        hostileNotebook(payloads.slice(first, first + 60)),
        `"><script>alert('name')</script>`,
      );
      await page.evaluate(async () => {
        for (const details of document.querySelectorAll('details')) details.open = true;
        const images = [...document.images];
        for (const image of images) image.loading = 'eager';
        await Promise.allSettled(images.map((image) => image.decode()));
      });
      // The page's own frame is whole: nothing closed it early.
      expect(await page.evaluate(() => document.body.lastElementChild?.tagName)).toBe('SCRIPT');
      expect(await page.evaluate(() => document.querySelectorAll('main').length)).toBe(1);
      expectNoIncidents(page);
    }
  },
);

test('no text of a chart runs, links or loads', async (context) => {
  const page = await openWithoutPolicy(context, hostileCharts(own), 'charts');
  await scrollThrough(page);
  await page.waitForFunction(
    (count) => document.querySelectorAll('.drawn').length === count,
    own.length,
  );
  await page.locator('.drawn .nsewdrag').first().hover();
  expect(await page.evaluate(() => document.querySelectorAll('.chart-plot a').length)).toBe(0);
  expect(await page.evaluate(() => document.querySelectorAll('.chart-plot image').length)).toBe(0);
  // A name that is no colour is for plotly to complain of; nothing else is.
  expect(page.incidents.foreign).toEqual([]);
  expect(page.incidents.problems).toEqual([]);
});

test('the notebooks of other kernels and tools run nothing and load nothing', async (context) => {
  const notebooks = requireShared(context, 'fixtures/notebooks');
  const cells = readdirSync(notebooks)
    .filter((name) => name.endsWith('.ipynb'))
    .flatMap((name): Cell[] => {
      try {
        return parseNotebook(readFileSync(join(notebooks, name), 'utf8'), name).cells;
      } catch (error) {
        if (error instanceof DaybookError) return [];
        throw error;
      }
    });
  expect(cells.length).toBeGreaterThan(700);
  const page = await openWithoutPolicy(context, notebookOf(cells), 'all');
  await page.waitForFunction(() => document.readyState === 'complete');
  expectNoIncidents(page);
});

test('one file has everything: it needs no server, and its own policy lets nothing else run', async (context) => {
  const notebook = parseNotebook(
    readFileSync(join(import.meta.dirname, '../input/customer-churn.ipynb'), 'utf8'),
    'customer-churn',
  );
  const path = join(folder, 'churn.html');
  writeFileSync(path, await selfContainedPage(notebook, 'customer-churn', assets));
  const page = await openPage(context, pathToFileURL(path).href);
  await page.goto(pathToFileURL(path).href);
  await scrollThrough(page);
  await page.waitForFunction(() => document.querySelectorAll('.drawn').length === 3);
  await page.getByRole('button', { name: 'Show all code' }).click();
  const ran = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.ran = true';
    document.body.append(script);
    return 'ran' in window;
  });
  expect(ran).toBe(false);
  expect(page.incidents.problems.filter((problem) => !problem.includes('inline script'))).toEqual(
    [],
  );
  expect(page.incidents.foreign).toEqual([]);
});
