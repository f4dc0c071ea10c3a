// @module-tag heavy
// A page with five filters, six figures and a choice, as a copy below a path of any static host: without script, by keyboard,
// on a phone, on paper, and for screen readers.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest';
import { metricBundle } from '../../../src/display/metric.js';
import { rowsMetricBundle } from '../../../src/display/metric-rows.js';
import { rowsPlotBundle, type RowsPlotOptions } from '../../../src/display/plot-rows.js';
import { tableBundle } from '../../../src/display/table.js';
import { listen, type Listening } from '../../../src/http/listen.js';
import { exportSite } from '../../../src/server/export/export-site.js';
import { loadAssets } from '../../../src/server/parts/assets.js';
import { createReaders } from '../../../src/server/reading/readers/readers.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { expectNoIncidents, openPage, type OpenPageOptions } from '../browser.js';
import { code, display, notebookOf, prose, publish } from '../published.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');

const regions = ['North', 'South', 'East', 'West'];
const rows = Array.from({ length: 120 }, (_, index) => ({
  day: `2019-${String((index % 6) + 1).padStart(2, '0')}-${String((index % 28) + 1).padStart(2, '0')}`,
  region: regions[index % 4] ?? '',
  kind: `kind ${index % 12}`,
  amount: index,
  note: index % 3 === 0 ? 'paid late' : 'paid in time',
}));

const filter = [
  'region',
  { field: 'kind', control: 'multiple' },
  { field: 'day', label: 'Day' },
  { field: 'amount', label: 'Amount' },
  { field: 'note', control: 'text' },
] as const;

const amount = { sum: 'amount' } as const;

/** Six figures that follow five filters, and a card that follows none. */
function ordersOf(year: string): ReturnType<typeof notebookOf> {
  const chart = (title: string, more: Pick<RowsPlotOptions<(typeof rows)[number]>, 'x' | 'mark'>) =>
    display(rowsPlotBundle({ title, rows, y: amount, filter, ...more }));
  return notebookOf([
    prose(`# Orders of ${year}`),
    code('cards', [
      display(rowsMetricBundle({ label: 'Revenue', rows, value: amount, filter })),
      display(metricBundle({ label: 'Branches', value: 7 })),
    ]),
    code('charts', [
      chart('Revenue by month', { x: { field: 'day', bin: 'month' }, mark: 'line' }),
      chart('Revenue by region', { x: 'region', mark: 'bar' }),
      chart('Revenue by kind', { x: 'kind', mark: 'bar' }),
      chart('Revenue by day', { x: { field: 'day', bin: 'day' }, mark: 'area' }),
    ]),
    code('table', [display(tableBundle(rows, { caption: 'Orders', filter }))]),
  ]);
}

let database: TestDatabase;
let folder: string;
let host: Listening;
let home: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const options = ['2018', '2019'].map((value) => ({ value, label: value }));
  const choices = [{ name: 'year', label: 'Year', standing: '2019', options }];
  await publish(database.owner, 'orders', ordersOf('2019'), { title: 'Orders', choices });
  const state = { of: 'orders', values: { year: '2018' } };
  await publish(database.owner, 'orders--2018', ordersOf('2018'), { state });
  folder = mkdtempSync(join(tmpdir(), 'daybook-filtered-'));
  await exportSite({
    ...createReaders(database.reader),
    ...{ assets: await loadAssets(), timeZone: 'America/Toronto', folder },
  });
  const files = express();
  files.use('/some/where', express.static(folder));
  host = await listen(files, '127.0.0.1', 0);
  home = `${host.url}/some/where/notebooks/orders.html`;
});

afterAll(async () => {
  await host.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

async function open(context: TestContext, query = '', options: OpenPageOptions = {}) {
  const page = await openPage(context, host.url, options);
  await page.goto(home + query);
  return page;
}

/** What axe finds on the page as it stands. */
async function violationsOf(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe: tool } = window as unknown as {
      axe: {
        run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
      };
    };
    const rules = { 'label-content-name-mismatch': { enabled: true } };
    const { violations } = await tool.run({ rules });
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
  });
}

/** By how many pixels the page is wider than the window. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

const everything =
  '?filter.region=North&filter.kind=kind+0&filter.kind=kind+4&filter.day=2019-01-01..2019-05-31&filter.amount=10..&filter.note=late';

test('without script: all figures, their values, and the other year by a link', async (context) => {
  const page = await open(context, everything, { javaScriptEnabled: false });
  expect(await page.locator('figure.chart .picture:visible').count()).toBe(4);
  expect(await page.locator('.filter-room').isVisible()).toBe(false);
  expect(await page.locator('.metric-value').first().textContent()).toBe('7,140');
  await page.getByRole('link', { name: '2018', exact: true }).click();
  await page.getByRole('heading', { name: 'Orders of 2018' }).waitFor();
});

test('what five controls choose holds for every figure, for files, and for the address', async (context) => {
  const page = await open(context, everything);
  // 12 and 48, 24 and 60, … of the north, with the kinds 0 and 4, in five of the months.
  const chosen = rows.filter(
    ({ region, kind, day, amount: value, note }) =>
      region === 'North' &&
      /^kind [04]$/.test(kind) &&
      day < '2019-06' &&
      value >= 10 &&
      note.includes('late'),
  );
  const sum = chosen.reduce((total, row) => total + row.amount, 0);
  expect(chosen.length).toBeGreaterThan(2);
  const words = `${chosen.length} of 120 rows`;
  await expect.poll(() => page.locator('.filter-status').textContent()).toContain(words);
  expect(await page.locator('.metric-value').first().textContent()).toBe(`${sum}`);
  const said = await page.locator('.figure-filter:not(.figure-unfiltered)').allTextContents();
  expect(said).toHaveLength(6);
  for (const one of said) expect(one).toContain(words);
  expect(await page.locator('.metric').nth(1).textContent()).toContain('Not filtered by');
  const table = page.locator('.output:has(.table-frame)').last();
  expect(await table.locator('tbody tr').count()).toBe(chosen.length);
  const figure = page.locator('figure.chart').first();
  await figure.getByText('Save').click();
  const download = page.waitForEvent('download');
  await figure.getByRole('link', { name: 'CSV' }).click();
  const csv = await readFile(await (await download).path(), 'utf8');
  const months = new Set(chosen.map(({ day }) => day.slice(0, 7)));
  expect(csv.trim().split('\r\n')).toHaveLength(1 + months.size);
  await page.getByRole('link', { name: '2018', exact: true }).click();
  await page.getByRole('heading', { name: 'Orders of 2018' }).waitFor();
  await expect.poll(() => page.locator('.filter-status').textContent()).toContain(words);
  await page.getByRole('button', { name: 'Reset' }).click();
  expect(new URL(page.url()).search).not.toContain('filter.');
  expect(await page.locator('.metric-value').first().textContent()).toBe('7,140');
  expectNoIncidents(page);
});

test('by keyboard alone each control is reached, used and left, and the result is said', async (context) => {
  const page = await open(context);
  const status = page.locator('.filter-status[role=status]');
  await page.locator('.filter-room .control').nth(4).waitFor();
  /** Goes on by Tab to what has the focus and is seen to have it. */
  const tabTo = async (name: string) => {
    for (let step = 0; step < 60; step += 1) {
      await page.keyboard.press('Tab');
      const found = await page.evaluate((wanted) => {
        const here = document.activeElement;
        const label = here?.getAttribute('aria-label') ?? here?.textContent ?? '';
        return here !== null && label.startsWith(wanted)
          ? getComputedStyle(here).outlineStyle
          : undefined;
      }, name);
      if (found === undefined) continue;
      expect([name, found]).not.toEqual([name, 'none']);
      return;
    }
    throw new Error(`Tab does not lead to ${name}`);
  };
  await tabTo('Region');
  await page.keyboard.press('N');
  await expect.poll(() => status.textContent()).toMatch(/^Region: North · 30 of 120 rows/);
  await tabTo('Kind');
  await page.keyboard.press('Enter');
  await tabTo('Search Kind');
  await page.keyboard.type('kind 0');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expect.poll(() => status.textContent()).toContain('10 of 120 rows');
  await page.keyboard.press('Escape');
  expect(await page.locator('.control-list[open]').count()).toBe(0);
  await tabTo('Amount, from');
  await page.keyboard.type('50');
  await tabTo('Note');
  await page.keyboard.type('late');
  await expect.poll(() => status.textContent()).toContain('Amount: from 50');
  await expect.poll(() => status.textContent()).toContain('Note');
  await tabTo('Reset');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.locator('.filter-status').textContent()).toBe('');
  expectNoIncidents(page);
});

test('on a phone five controls are behind a button; no width is too small or large for the page', async (context) => {
  const page = await open(context, '', { viewport: { width: 390, height: 844 } });
  const button = page.getByRole('button', { name: /^Filters/ });
  await button.waitFor();
  expect(await page.locator('.filter-fields').isVisible()).toBe(false);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await button.click();
  expect(await button.getAttribute('aria-expanded')).toBe('true');
  await page.getByLabel('Region').getByRole('combobox').selectOption('South');
  await page.getByLabel('Day').getByRole('combobox').selectOption('span');
  expect(await button.textContent()).toBe('Filters (1)');
  for (const control of await page
    .locator('.filter-fields :is(select, input:visible, summary)')
    .all()) {
    const box = await control.boundingBox();
    if (box === null) continue;
    expect(box.height).toBeGreaterThanOrEqual(24);
    expect([box.x >= 0, box.x + box.width <= 390]).toEqual([true, true]);
  }
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await button.click();
  expect(await page.locator('.filter-fields').isVisible()).toBe(false);
  expect(await page.locator('.filter-status').textContent()).toContain('Region: South');
  for (const width of [320, 760, 761, 900, 1024, 1280, 1920]) {
    await page.setViewportSize({ width, height: 900 });
    expect([width, await overflow(page)]).toEqual([width, 0]);
    expect(await button.isVisible()).toBe(width <= 760);
  }
  expectNoIncidents(page);
});

test.for(['light', 'dark'] as const)(
  'axe finds nothing: all, chosen, open, with no rows left; %s',
  async (colorScheme, context) => {
    const page = await open(context, '', { colorScheme });
    await page.locator('.filter-room .control').nth(4).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByLabel('Kind: All').click();
    expect(await violationsOf(page)).toEqual([]);
    await page.goto(home + everything);
    await expect.poll(() => page.locator('.filter-status').textContent()).toContain('of 120');
    expect(await violationsOf(page)).toEqual([]);
    await page.goto(`${home}?filter.amount=9999..`);
    await expect.poll(() => page.locator('.chart-empty').count()).toBe(4);
    expect(await violationsOf(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('button', { name: /^Filters/ }).click();
    expect(await violationsOf(page)).toEqual([]);
  },
);

test('on paper stands what was chosen, of how many rows, and which year it is; nothing to choose with', async (context) => {
  const page = await open(context, `${everything}&year=2019`);
  await expect.poll(() => page.locator('.filter-status').textContent()).toContain('of 120');
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('.filter-status').isVisible()).toBe(true);
  expect(await page.locator('.figure-filter:visible').count()).toBe(7);
  for (const control of await page.locator('.filter-room > .control, .filter-reset').all()) {
    expect(await control.isVisible()).toBe(false);
  }
  const year = page.locator('.control[data-control=year]');
  expect(await year.innerText()).toMatch(/^\s*Year\s+2019\s*$/);
  await page.goto(home);
  await page.locator('.filter-room .control').nth(4).waitFor({ state: 'attached' });
  expect(await page.locator('.filter-status').isVisible()).toBe(false);
});
