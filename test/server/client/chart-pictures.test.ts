// @module-tag heavy
// Charts in a browser: saved as pictures, read out by arrow keys, with plotly and without.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Download } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plotBundle } from '../../../src/display/plot.js';
import { rowsPlotBundle } from '../../../src/display/plot-rows.js';
import { selfContainedPage } from '../../../src/server/export/self-contained.js';
import { exportSite } from '../../../src/server/export/export-site.js';
import { loadAssets } from '../../../src/server/parts/assets.js';
import { createReaders } from '../../../src/server/reading/readers/readers.js';
import { createTestDatabase } from '../../database.js';
import { expectNoIncidents, openPage } from '../browser.js';
import { code, display, notebookOf, prose, publish } from '../published.js';
import { servePages } from '../serve-pages.js';

const hostile = '</svg><script>alert(1)</script>&';
const rows = ['Laval', hostile].map((city, index) => ({ city, sold: (index + 1) * 10 }));

const notebook = notebookOf([
  prose('# Shops'),
  code('chart', [
    display(
      plotBundle({
        ...{ id: 'months', title: 'Months', source: 'gold.month' },
        data: [{ type: 'bar', name: 'Sold', x: ['May', 'June', 'July'], y: [1200, null, 7] }],
        layout: { yaxis: { title: { text: 'Sold' } } },
      }),
    ),
  ]),
  code('rows', [
    display(
      rowsPlotBundle({
        ...{ id: 'cities', title: 'Cities', rows, x: 'city' },
        ...{ y: { sum: 'sold' }, filter: ['city'] },
      }),
    ),
  ]),
]);

let folder: string;
let single: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daybook-pictures-'));
  const path = join(folder, 'single.html');
  await writeFile(path, await selfContainedPage(notebook, 'shops', await loadAssets()));
  single = pathToFileURL(path).href;
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const bytesOf = async (download: Download) => readFile(await download.path());

/** Width and height of a PNG, by its first chunk. */
function pngSize(bytes: Buffer): readonly [number, number] {
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

async function saved(page: Awaited<ReturnType<typeof openPage>>, figure: string, form: string) {
  const chart = page.locator(`#figure-${figure}`);
  const menu = chart.locator('.figure-files');
  if ((await menu.getAttribute('open')) === null) await menu.locator('summary').click();
  const download = page.waitForEvent('download');
  await chart.getByRole('button', { name: form }).click();
  return download;
}

test('a page saves charts as PNG as they are shown, drawn by the server, the filters or plotly', async (context) => {
  const page = await openPage(context, single);
  await page.goto(single);
  await expect
    .poll(() => page.locator('#figure-months .drawn .main-svg').count())
    .toBeGreaterThan(0);
  const plotly = await saved(page, 'months', 'PNG');
  expect(plotly.suggestedFilename()).toBe('months.png');
  const [width, height] = pngSize(await bytesOf(plotly));
  expect(width).toBeGreaterThan(1000);
  // Title, axis, picture and source below one another, at two pixels for one.
  expect(height).toBeGreaterThan(2 * (380 + 60));

  const whole = await saved(page, 'cities', 'PNG');
  const before = await bytesOf(whole);
  // It is read on any ground: the page's paper is under it.
  const corner = await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const context = document.createElement('canvas').getContext('2d');
    context?.drawImage(await createImageBitmap(new Blob([bytes])), 0, 0);
    return [...(context?.getImageData(0, 0, 1, 1).data ?? [])];
  }, before.toString('base64'));
  expect(corner).toEqual([253, 252, 250, 255]);
  pngSize(before);
  await page.getByLabel('City').getByRole('combobox').selectOption(hostile);
  const after = await bytesOf(await saved(page, 'cities', 'PNG'));
  expect(after.equals(before)).toBe(false);
  const svg = (await bytesOf(await saved(page, 'cities', 'SVG'))).toString();
  expect(svg.match(/<rect[^>]*fill="rgb\(31, 90, 150\)"/g)).toHaveLength(1);
  expect(svg).not.toContain('<script');
  expect(svg).not.toContain(' class=');
  expectNoIncidents(page);
});

test('arrow keys, Home and End read out the values of a chart, and Tab leads away', async (context) => {
  const page = await openPage(context, single);
  await page.goto(single);
  const area = page.locator('#figure-months .chart-area');
  const readout = page.locator('#figure-months .chart-readout:not([hidden])');
  await area.focus();
  const heard: (string | null)[] = [];
  for (const key of [
    'ArrowRight',
    'ArrowDown',
    'End',
    'ArrowRight',
    'ArrowLeft',
    'Home',
    'ArrowUp',
  ]) {
    await page.keyboard.press(key);
    heard.push(await readout.textContent());
  }
  const [may, june, july] = ['May: Sold 1,200', 'June: Sold –', 'July: Sold 7'];
  expect(heard).toEqual([may, june, july, july, june, may, may]);
  expect(await readout.getAttribute('role')).toBe('status');
  await page.keyboard.press('Escape');
  expect(await readout.count()).toBe(0);
  await page.keyboard.press('Tab');
  expect(await area.evaluate((element) => element === document.activeElement)).toBe(false);
  expectNoIncidents(page);
});

test('a served page and its copy load the script when a menu opens, and save the same chart', async (context) => {
  const database = await createTestDatabase();
  context.onTestFinished(() => database.drop());
  await publish(database.owner, 'shops', notebook, { title: 'Shops' });
  const server = await servePages(database.reader);
  context.onTestFinished(() => server.close());
  const copy = join(folder, 'copy');
  await exportSite({
    ...createReaders(database.reader),
    ...{ assets: await loadAssets(), timeZone: 'America/Toronto', folder: copy },
  });
  for (const home of [server.url, pathToFileURL(copy).href]) {
    const page = await openPage(context, home);
    const isCopy = home.startsWith('file:');
    await page.goto(`${home}/notebooks/shops${isCopy ? '.html' : ''}?filter.city=Laval`);
    expect(await page.locator('script[src*="save-picture"]').count()).toBe(0);
    pngSize(await bytesOf(await saved(page, 'cities', 'PNG')));
    // The server's file has what is filtered; that of a copy has not, and is made in the page.
    const menu = page.locator('#figure-cities .figure-files');
    const links = menu.getByRole('link', { name: 'SVG' });
    if (isCopy) {
      expect(await links.count()).toBe(0);
      const svg = (await bytesOf(await saved(page, 'cities', 'SVG'))).toString();
      expect(svg.match(/<rect[^>]*fill="rgb\(31, 90, 150\)"/g)).toHaveLength(1);
    } else {
      expect(await links.getAttribute('href')).toContain('filter.city=Laval');
    }
    expectNoIncidents(page);
  }
});
