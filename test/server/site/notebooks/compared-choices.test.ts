// @module-tag heavy
// Two combinations of choices side by side, at one address.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { metricBundle } from '../../../../src/display/metric.js';
import { plotBundle } from '../../../../src/display/plot.js';
import { tableBundle } from '../../../../src/display/table.js';
import type { Listening } from '../../../../src/http/listen.js';
import { exportSite } from '../../../../src/server/export/export-site.js';
import { loadAssets } from '../../../../src/server/parts/assets.js';
import { createReaders } from '../../../../src/server/reading/readers/readers.js';
import { createTestDatabase, type TestDatabase } from '../../../database.js';
import { expectNoIncidents, openPage } from '../../browser.js';
import { code, display, notebookOf, prose, publish } from '../../published.js';
import { servePages } from '../../serve-pages.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const hostile = '"><script>alert(1)</script>&a=b';
const option = (value: string) => ({ value, label: value });
const choices = [
  {
    ...{ name: 'province', label: 'Province', standing: 'ON' },
    options: ['ON', 'QC', hostile, 'gone'].map(option),
  },
  { name: 'year', label: 'Year', standing: '2019', options: ['2018', '2019'].map(option) },
];

/** The card, chart and table of a combination; all have their names from ids. */
const documentOf = (province: string, amount: number) =>
  notebookOf([
    prose('# Sales'),
    code('card', [
      display(metricBundle({ id: 'revenue', label: `Revenue of ${province}`, value: amount })),
    ]),
    code('chart', [
      display(
        plotBundle({
          ...{ id: 'months', title: `Months of ${province}` },
          data: [{ type: 'bar', x: ['May', 'June'], y: [amount, 7] }],
        }),
      ),
    ]),
    code('table', [
      display(tableBundle([{ city: 'a', sold: amount }], { id: 'cities', caption: 'Cities' })),
    ]),
  ]);

let database: TestDatabase;
let server: Listening;

beforeAll(async () => {
  database = await createTestDatabase();
  const { owner } = database;
  await publish(owner, 'sales', documentOf('ON', 1200), { title: 'Sales', choices });
  for (const [name, values, amount] of [
    ['sales--QC', { province: 'QC', year: '2019' }, 1300.5],
    ['sales--QC-2018', { province: 'QC', year: '2018' }, 5],
    ['sales--x', { province: hostile, year: '2019' }, 1],
  ] as const) {
    const state = { of: 'sales', values };
    await publish(owner, name, documentOf(values.province, amount), { title: 'State', state });
  }
  server = await servePages(database.reader);
});

afterAll(async () => {
  await server.close();
  await database.drop();
});

const get = (query: string) => fetch(`${server.url}/notebooks/${query}`, { redirect: 'manual' });

const text = async (query: string) =>
  (await (await get(query)).text()).replaceAll('&#x26;', '&amp;');

test('the page has the charts of both in pairs, and the differences of cards, charts and tables', async () => {
  const response = await get('sales?province=QC&compare.province=ON');
  expect(response.status).toBe(200);
  const page = await response.text();
  expect(page).toContain('<h1>QC, 2019 and ON, 2019</h1>');
  expect(page.match(/<svg class="picture"/g)).toHaveLength(2);
  expect(page).toContain('aria-label="Months of QC: QC, 2019"');
  expect(page).toContain('aria-label="Months of ON: ON, 2019"');
  // The card, the title and one value of the chart, and a cell of the table.
  expect(page).toContain('4 of 5 values differ.');
  expect(page.match(/<td class="number">−100\.5<\/td>/g)).toHaveLength(3);
});

test('the second combination says in what it differs; each side can be changed by itself', async () => {
  const page = await text('sales?province=QC&year=2018&compare.year=2019');
  expect(page).toContain('<h1>QC, 2018 and QC, 2019</h1>');
  // No page is there of ON in 2018, on either side.
  expect(page).not.toContain('compare.province=ON&amp;compare.year=2018');
  expect(page).toContain(
    'href="/notebooks/sales?province=QC&amp;year=2018&amp;compare.province=ON&amp;compare.year=2019"',
  );
});

test('what is not there is not found, and one combination with itself is its own page', async () => {
  expect((await get('sales?compare.province=nowhere')).status).toBe(404);
  expect((await get('sales?compare.province=gone')).status).toBe(404);
  expect((await get('sales?province=QC&compare.province=ON&compare.year=2018')).status).toBe(404);
  expect((await get('sales?province=nowhere&compare.province=QC')).status).toBe(404);
  expect((await get('sales?compare.province=QC&compare.province=ON')).status).toBe(404);
  expect((await get('sales?compare.nothing=QC')).status).toBe(200);
  const same = await get('sales?province=QC&compare.province=QC');
  expect([same.status, same.headers.get('location')]).toEqual([308, 'sales?province=QC']);
  const byName = await get('sales--QC?compare.province=ON');
  expect(byName.status).toBe(200);
});

test('a page offers what it may be compared with; a copy without a server does not', async () => {
  const page = await text('sales?province=QC');
  expect(page).toContain('aria-label="Compare with"');
  expect(page).toContain('href="/notebooks/sales?province=QC&amp;compare.province=ON"');
  expect(page).toContain('>Year: 2018</a>');
  expect(page).toContain('%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E%26a%3Db"');
  expect(page).not.toContain('<script>alert');
  const folder = mkdtempSync(join(tmpdir(), 'daybook-compared-'));
  try {
    await exportSite({
      ...createReaders(database.reader),
      ...{ assets: await loadAssets(), timeZone: 'America/Toronto', folder },
    });
    const copy = readFileSync(join(folder, 'notebooks', 'sales--QC.html'), 'utf8');
    expect(copy).toContain('aria-label="Province"');
    expect(copy).not.toContain('Compare with');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.for(['light', 'dark'] as const)(
  'a reader gets there by keyboard, on a phone, too, %s',
  async (colorScheme, context) => {
    const viewport = { width: 390, height: 844 };
    const page = await openPage(context, server.url, { viewport, colorScheme });
    await page.goto(`${server.url}/notebooks/sales`);
    await page.locator('[data-control="compare."] summary').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Province: QC' }).press('Enter');
    await page.waitForURL('**/notebooks/sales?compare.province=QC');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(
      'ON, 2019 and QC, 2019',
    );
    await page.evaluate(axe);
    const found = await page.evaluate(async () => {
      const { run } = (
        globalThis as unknown as { axe: { run: () => Promise<{ violations: { id: string }[] }> } }
      ).axe;
      return (await run()).violations.map(({ id }) => id);
    });
    expect(found).toEqual([]);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
    expectNoIncidents(page);
  },
);
