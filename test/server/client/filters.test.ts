// @module-tag heavy
// Filters in a browser: what readers choose holds for figures, tables, cards, files and the address.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest';
import type { Notebook } from '../../../src/nbformat/notebook.js';
import { numberFormat } from '../../../src/chart/figure/format.js';
import { queryRows } from '../../../src/warehouse/query/query-rows.js';
import { createTestDatabase } from '../../database.js';
import { loadAssets, type Assets } from '../../../src/server/parts/assets.js';
import { selfContainedPage } from '../../../src/server/export/self-contained.js';
import { metricBundle } from '../../../src/display/metric.js';
import { figureBundle } from '../../../src/display/plot.js';
import { rowsMetricBundle } from '../../../src/display/metric-rows.js';
import { rowsPlotBundle } from '../../../src/display/plot-rows.js';
import { tableBundle } from '../../../src/display/table.js';
import { expectNoIncidents, openPage, type OpenPageOptions } from '../browser.js';
import { code, display, notebookOf, prose } from '../published.js';

/** Options whose fields are not what the test is about. */
interface Usual {
  rows: typeof rows;
  x: 'day';
  y: { count: '*' };
}

let folder: string;
let assets: Assets;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daybook-filters-'));
  assets = await loadAssets();
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const rows = Array.from({ length: 40 }, (_, index) => ({
  day: `2019-${String((index % 4) + 1).padStart(2, '0')}-15`,
  province: ['Quebec', 'Ontario', '', null, '0'][index % 5] ?? null,
  amount: `${index}.${index % 10}1`,
}));

function orders(given: typeof rows = rows): Notebook {
  const filter = [
    'province',
    { field: 'day', label: 'Day' },
    { field: 'amount', label: 'Amount' },
  ] as const;
  return notebookOf([
    prose('# Orders'),
    code('card', [
      display(
        rowsMetricBundle({
          ...{ label: 'Revenue', rows: given, value: { sum: 'amount' }, format: ',.2f', filter },
        }),
      ),
    ]),
    code('chart', [
      display(
        rowsPlotBundle({
          ...{ id: 'by-month', title: 'By month', rows: given, filter },
          ...{ x: { field: 'day', bin: 'month' }, y: { sum: 'amount' }, mark: 'bar' },
        }),
      ),
      display(
        rowsPlotBundle({ title: 'By province', rows: given, x: 'province', y: { count: '*' } }),
      ),
    ]),
    code('table', [display(tableBundle(given, { caption: 'All', filter: ['province'] }))]),
  ]);
}

async function open(
  context: TestContext,
  notebook: Notebook,
  query = '',
  options: OpenPageOptions = {},
) {
  const path = join(folder, 'page.html');
  await writeFile(path, await selfContainedPage(notebook, 'orders', assets));
  const home = pathToFileURL(path).href;
  const page = await openPage(context, home, options);
  await page.goto(`${home}${query}`);
  return page;
}

test('a choice holds for cards, charts, tables and files; the address says it, and goes back', async (context) => {
  const page = await open(context, orders());
  const card = page.locator('.metric-value');
  const chart = page.locator('#figure-by-month');
  const all = await card.textContent();
  await expect.poll(() => page.locator('.filter-room .control').count()).toBe(3);
  await page.getByLabel('Province').getByRole('combobox').selectOption('Quebec');
  expect(new URL(page.url()).search).toBe('?filter.province=Quebec');
  // 0.01, 5.51, 10.01, … 35.51.
  expect(await card.textContent()).toBe('142.08');
  expect(await chart.locator('.figure-filter').textContent()).toBe(
    'Province: Quebec · 8 of 40 rows',
  );
  expect(await chart.locator('.chart-area').getAttribute('aria-label')).toBe(
    'By month (Province: Quebec; 8 of 40 rows)',
  );
  expect(await page.locator('.filter-status').textContent()).toBe(
    'Province: Quebec · 8 of 40 rows',
  );
  expect(await page.locator('.output .table-frame tbody tr').count()).toBe(8);
  await chart.getByText('Save').click();
  const download = page.waitForEvent('download');
  await chart.getByRole('link', { name: 'CSV' }).click();
  const csv = await readFile(await (await download).path(), 'utf8');
  expect(csv.split('\r\n')).toHaveLength(6);
  expect(csv).toContain('2019-01-01');
  await page.goBack();
  await expect.poll(() => card.textContent()).toBe(all);
  expect(await page.locator('.figure-filter').count()).toBe(0);
  await page.goForward();
  await expect.poll(() => card.textContent()).toBe('142.08');
  await page.getByRole('button', { name: 'Reset' }).click();
  expect(await card.textContent()).toBe(all);
  expect(new URL(page.url()).search).toBe('');
  expectNoIncidents(page);
});

test('what does not follow a choice says so, and the bar says how many figures do', async (context) => {
  const fixed = notebookOf([
    ...orders().cells,
    code('fixed', [
      display(metricBundle({ label: 'Customers', value: 7 })),
      display(tableBundle([{ city: 'Laval' }], { caption: 'Cities' })),
      display(figureBundle({ data: [{ type: 'bar', x: ['a'], y: [1] }], layout: {} }, 'Bars')),
    ]),
  ]);
  const page = await open(context, fixed, '?filter.amount=39..');
  const status = page.getByRole('status').filter({ hasText: 'Amount' });
  await expect
    .poll(() => status.textContent())
    .toBe('Amount: from 39 · 1 of 40 rows · 2 of 7 figures');
  expect(await page.locator('.figure-unfiltered').allTextContents()).toEqual(
    Array.from({ length: 5 }, () => 'Not filtered by Amount'),
  );
  expect(await page.locator('#figure-by-province .figure-filter').textContent()).toBe(
    'Not filtered by Amount',
  );
  await page.getByLabel('Province').getByRole('combobox').selectOption('Quebec');
  expect(await page.locator('#figure-by-province .figure-filter').textContent()).toBe(
    'Province: Quebec · 8 of 40 rows, not filtered by Amount',
  );
  expect(await page.locator('.figure-unfiltered').allTextContents()).toEqual(
    Array.from({ length: 3 }, () => 'Not filtered by Province, Amount'),
  );
  await page.getByRole('button', { name: 'Reset' }).click();
  expect(await page.locator('.figure-filter').count()).toBe(0);
  expect(await page.locator('.filter-status').textContent()).toBe('');
  expectNoIncidents(page);
});

test('an address says what a reader chose, also nothing, zero and the empty text', async (context) => {
  const page = await open(context, orders());
  const home = page.url();
  for (const [query, words] of [
    ['?filter.province=', 'Province: (empty) · 8 of 40 rows'],
    ['?filter.province=0', 'Province: 0 · 8 of 40 rows'],
    ['?filter.province=~', 'Province: (none) · 8 of 40 rows'],
    ['?filter.day=last-7-days', 'Day: last 7 days · 10 of 40 rows · 2 of 4 figures'],
    ['?filter.day=2019-02-01..', 'Day: from 2019-02-01 · 30 of 40 rows · 2 of 4 figures'],
    ['?filter.amount=39..', 'Amount: from 39 · 1 of 40 rows · 2 of 4 figures'],
    ['?filter.amount=x..y&filter.other=1', ''],
  ] as const) {
    await page.goto(`${home}${query}`);
    await expect.poll(() => page.locator('.filter-status').textContent()).toBe(words);
  }
  expectNoIncidents(page);
});

test('the numbers in the browser are those of Postgres for the same where', async (context) => {
  const page = await open(context, orders());
  const home = page.url();
  const db = await createTestDatabase();
  context.onTestFinished(() => db.drop());
  const wheres = [
    ['filter.province=Quebec', "province = 'Quebec'"],
    ['filter.province=', "province = ''"],
    ['filter.province=~', 'province is null'],
    ['filter.province=nobody', "province = 'nobody'"],
  ];
  const spans = [
    ['', 'true'],
    ['filter.day=2019-02-15..2019-03-15', "day between '2019-02-15' and '2019-03-15'"],
    ['filter.day=last-30-days', "day > '2019-04-15'::date - 30"],
    ['filter.amount=3.31..27.71', 'amount between 3.31 and 27.71'],
    ['filter.amount=..10&filter.day=2019-01-16..', "amount <= 10 and day >= '2019-01-16'"],
  ];
  for (const [values = '', one = ''] of wheres) {
    for (const [others = '', other = ''] of spans) {
      const months = await queryRows<{ month: string; sum: string | null }>(
        db.owner,
        `select date_trunc('month', day::timestamp)::date::text as month, sum(amount)::text as sum
         from jsonb_to_recordset($1::jsonb) as t (day date, province text, amount numeric)
         where ${one} and ${other} group by rollup (1) order by 1 nulls last`,
        [JSON.stringify(rows)],
      );
      const total = months.pop()?.sum ?? null;
      await page.goto(`${home}?${values}&${others}`);
      await expect.poll(() => page.locator('.filter-status').textContent()).toMatch(/of 40 rows/);
      expect(await page.locator('.metric-value').textContent()).toBe(
        numberFormat(',.2f')(total === null ? null : Number(total)),
      );
      expect(await page.locator('#figure-by-month tbody td').allTextContents()).toEqual(
        months.map(({ sum }) => numberFormat(undefined)(Number(sum))),
      );
    }
  }
  expectNoIncidents(page);
});

test('a click on a bar chooses it, arrow keys read values, and nothing left says so', async (context) => {
  const page = await open(context, orders());
  const area = page.locator('#figure-by-month .chart-area');
  await area.scrollIntoViewIfNeeded();
  await area.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  const readout = page.locator('.chart-readout:not([hidden])');
  expect(await readout.textContent()).toMatch(/^February 2019: amount 195\.1$/);
  await page.keyboard.press('End');
  expect(await readout.textContent()).toMatch(/^April 2019: /);
  await page.keyboard.press('Home');
  expect(await readout.textContent()).toMatch(/^January 2019: /);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  expect(new URL(page.url()).search).toBe('?filter.day=2019-02-01..2019-02-28');
  await page.goto(page.url().replace(/\?.*/, '?filter.amount=9999..'));
  await expect.poll(() => page.locator('.chart-empty').count()).toBe(1);
  expect(await page.locator('.metric-value').textContent()).toBe('–');
  await page.goto(page.url().replace(/\?.*/, ''));
  const bar = page.locator('#figure-by-province .picture:not(.picture-narrow) .bar').first();
  await bar.scrollIntoViewIfNeeded();
  await bar.click();
  expect(new URL(page.url()).search).toBe('?filter.province=Quebec');
  // Who wants to zoom gets plotly, which follows what is chosen.
  const zoomed = page.locator('#figure-by-province');
  await zoomed.getByRole('button', { name: 'Zoom' }).click();
  await expect.poll(() => zoomed.locator('.chart-plot .bars .point').count()).toBe(1);
  await page.getByRole('button', { name: 'Reset' }).click();
  await expect.poll(() => zoomed.locator('.chart-plot .bars .point').count()).toBe(5);
  expectNoIncidents(page);
});

test('without script everything is shown, and no control', async (context) => {
  const page = await open(context, orders(), '', { javaScriptEnabled: false });
  expect(await page.locator('.control-bar').isVisible()).toBe(false);
  expect(await page.locator('#figure-by-month .picture').first().isVisible()).toBe(true);
  expect(await page.locator('#figure-by-month .figure-data').count()).toBe(1);
});

test('hostile values in rows, names and addresses do nothing', async (context) => {
  const hostile = [
    '<img src=x onerror=alert(1)>',
    '</script><script>alert(1)</script>',
    '"><svg onload=alert(1)>',
    '__proto__',
    'constructor',
    '<b onclick=alert(1)>x</b>',
  ];
  const given = hostile.flatMap((province) => [{ day: '2019-01-01', province, amount: '1' }]);
  const named = given.map(({ day, province, amount }) => ({
    ...{ day, amount, province },
    [`<img src=x onerror=alert(1)>`]: province,
  }));
  const filter = Object.keys(named[0] ?? {}).map((field) => ({
    ...{ field, label: `<img src=x onerror=alert(1)>${field}` },
    ...(field === 'province' ? { control: 'multiple' } : {}),
  }));
  const options = { rows: named, x: 'province', y: { count: '*' }, color: 'province', filter };
  const notebook = notebookOf([
    code('chart', [display(rowsPlotBundle({ title: 'x', ...(options as unknown as Usual) }))]),
    ...orders(given).cells,
  ]);
  for (const one of [hostile[0] ?? '', hostile[3] ?? '', '%']) {
    const query = `?filter.province=${encodeURIComponent(one)}&filter.__proto__=1&filter.=${encodeURIComponent(one)}`;
    const page = await open(context, notebook, query);
    await expect.poll(() => page.locator('.filter-room .control').count()).toBe(4);
    for (const summary of await page.locator('.filter-room summary').all()) await summary.click();
    expect(await page.locator('.filter-room :is(img, svg, b, script)').count()).toBe(0);
    expectNoIncidents(page);
  }
});
