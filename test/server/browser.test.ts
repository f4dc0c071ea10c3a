// @module-tag heavy
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Pool } from 'pg';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tableBundle } from '../../src/display/table.js';
import { createApp } from '../../src/server/app.js';
import { loadAssets } from '../../src/server/parts/assets.js';
import { listen, type Listening } from '../../src/http/listen.js';
import { createReaders } from '../../src/server/reading/readers/readers.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { servePages } from './serve-pages.js';
import { giveUsers, startAccessServer } from './access/access-server.js';
import { expectNoIncidents, openPage, scrollThrough } from './browser.js';
import {
  addPipelineHistory,
  addPipelineRun,
  churnNotebook,
  code,
  display,
  notebookOf,
  prose,
  publish,
} from './published.js';

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core'), 'utf8');

let database: TestDatabase;
let server: Listening;
let failedRun: bigint;
let pipelineRun: bigint;
/** Two of them, with other values. */
let churnRuns: readonly bigint[];

const error = { cell: 2, line: 2, column: 1, ename: 'TypeError', evalue: 'boom is not a function' };
const failedNotebook = notebookOf([
  prose('# A title that is long enough to need more than one line on every screen there is'),
  code('const a = 1;\nboom(a);\nconst b = 2;', [
    { output_type: 'error', ename: error.ename, evalue: error.evalue, traceback: ['at x', 'at y'] },
  ]),
]);

/** Kinds of charts, one for each of plotly's bundles, and texts with its few tags. */
const manyCharts = notebookOf([
  prose('# Charts\n\nEach in a form of its own.'),
  ...[
    {
      type: 'heatmap',
      x: ['a', 'b'],
      y: ['c', 'd'],
      z: [
        [1, 2],
        [3, null],
      ],
    },
    { type: 'pie', labels: ['a', 'b'], values: [1, 2] },
    { type: 'sankey', node: { label: ['a', 'b'] }, link: { source: [0], target: [1], value: [3] } },
    {
      type: 'bar',
      x: ['<b>a</b>', 'b<sub>1</sub>'],
      y: [1, 2],
      name: '<i>x</i> <s>y</s> <u>z</u>',
    },
  ].map((trace) =>
    code('plot()', [
      display({
        'application/vnd.plotly.v1+json': {
          data: [trace],
          layout: { showlegend: true, yaxis: { title: { text: 'A <em>name</em>' } } },
        },
      }),
    ]),
  ),
]);

/** Everything that tags and markdown can ask of a page. */
const layout = notebookOf([
  prose('# Layout\n\nAll that a page can be made of.'),
  ...['One', 'Two', 'Three'].map((word) => ({
    ...prose(`## ${word}\n\nA column of words that is long enough to need two lines or more.`),
    metadata: { tags: ['column'] },
  })),
  ...['First', 'Second'].map((name) => ({
    ...prose(`## Leaf ${name}\n\nWords of the ${name.toLowerCase()} leaf.`),
    metadata: { tags: [`tab:${name}`] },
  })),
  prose(
    [
      'A formula $e^{i\\pi} + 1 = 0$ in a line, and $$\\sum_{k=1}^{n} k = \\frac{n(n+1)}{2}$$ alone.[^1]',
      '```mermaid\ngraph LR\n  A[Files] --> B{Ok?}\n  B -->|no| C(Rejects)\n```',
      '> [!WARNING]\n> Mind the *gap*.',
      '- [x] done\n- [ ] to do',
      '[^1]: A footnote.',
    ].join('\n\n'),
  ),
  code('table(rows, { limit: 20 })', [
    display(
      tableBundle(
        Array.from({ length: 274 }, (_, row) => ({ name: `Item ${row}`, size: row * 1000.5 })),
        {
          caption: 'Items',
          limit: 20,
          columns: [
            { key: 'name', type: 'text' },
            { key: 'size', type: 'number' },
          ],
        },
      ),
    ),
  ]),
  code('table(rows)', [
    display({
      'text/html': `<table><thead><tr><th>Name</th><th>Value</th></tr></thead><tbody>${Array.from(
        { length: 250 },
        (_, row) => `<tr><th>Row ${row}</th><td>${row * 2}</td></tr>`,
      ).join('')}</tbody></table>`,
    }),
  ]),
]);

beforeAll(async () => {
  database = await createTestDatabase();
  const { owner } = database;
  [, pipelineRun] = await addPipelineHistory(owner);
  const pipelineRunId = await addPipelineRun(owner, 'passed', { 'gold.monthly_churn': 'passed' });
  const churn = {
    title: 'Customer churn',
    summary: 'How many customers leave.',
    pipelineRunId,
  };
  churnRuns = [
    await publish(owner, 'customer-churn', churnNotebook.replaceAll('619', '620'), churn),
    await publish(owner, 'customer-churn', churnNotebook, churn),
  ];
  await publish(owner, 'charts', manyCharts, { title: 'Charts', position: 1, pipelineRunId });
  await publish(owner, 'layout', layout, { title: 'Layout', position: 3, pipelineRunId });
  await publish(owner, 'failing', notebookOf([prose('# Failing\n\nGood.')]), { position: 2 });
  failedRun = await publish(owner, 'failing', failedNotebook, { error });
  server = await servePages(database.reader);
});

afterAll(async () => {
  await server.close();
  await database.drop();
});

/** Waits until all charts of a page are drawn. */
async function drawAll(page: Page, count: number): Promise<void> {
  await scrollThrough(page);
  await page.waitForFunction(
    (wanted) => document.querySelectorAll('.drawn').length === wanted,
    count,
  );
}

test('charts are drawn under the policy, by a local script that is loaded when one comes into view', async (context) => {
  const page = await openPage(context, server.url, { viewport: { width: 1440, height: 500 } });
  const scripts: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/plotly-')) scripts.push(new URL(request.url()).pathname);
  });
  await page.goto(`${server.url}/notebooks/customer-churn`);
  expect(scripts).toEqual([]);
  const before = await page
    .locator('#figure-churn-peaked-in-may-2019-at-9-2 .chart-area')
    .boundingBox();
  await drawAll(page, 3);
  expect(scripts).toHaveLength(1);
  expect(scripts[0]).toMatch(/^\/assets\/plotly-basic\.[\w-]+\.js$/);
  expect(await page.locator('#figure-churn-peaked-in-may-2019-at-9-2 .plotly .point').count()).toBe(
    12,
  );
  // The chart stands where its picture stood: nothing moved.
  const after = await page
    .locator('#figure-churn-peaked-in-may-2019-at-9-2 .chart-area')
    .boundingBox();
  expect(after?.height).toBe(before?.height);
  expectNoIncidents(page);
});

test.for(['#%E0', '#%', '#code-%zz', '#<img src=x onerror=alert(1)>'])(
  'an address that ends in %s leads nowhere, and the page works',
  async (fragment, context) => {
    const page = await openPage(context, server.url);
    await page.goto(`${server.url}/notebooks/charts${fragment}`);
    await page.waitForLoadState('load');
    expectNoIncidents(page);
  },
);

test('every kind of chart is drawn under the policy', async (context) => {
  const page = await openPage(context, server.url);
  await page.setViewportSize({ width: 390, height: 900 });
  await page.goto(`${server.url}/notebooks/charts`);
  const heights = () =>
    page.locator('figure.chart').evaluateAll((all) => all.map(({ clientHeight }) => clientHeight));
  const before = await heights();
  await drawAll(page, 4);
  // Where there is no picture, the chart has its room, and the table stands in only without script.
  expect(await heights()).toEqual(before);
  expect(await page.locator('.figure-data[open]').count()).toBe(0);
  expectNoIncidents(page);
});

test('the theme follows the system, can be chosen, is remembered, and charts follow it', async (context) => {
  const page = await openPage(context, server.url, { colorScheme: 'dark' });
  const paper = () =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const bar = () =>
    page.evaluate(() => {
      const path = document.querySelector('#figure-churn-peaked-in-may-2019-at-9-2 .point path');
      return path === null ? undefined : getComputedStyle(path).fill;
    });
  await page.goto(`${server.url}/notebooks/customer-churn`);
  await drawAll(page, 3);
  const [darkPaper, darkBar] = [await paper(), await bar()];
  await page.getByRole('button', { name: 'Theme: system' }).click();
  await page.getByRole('button', { name: 'Theme: light' }).waitFor();
  expect(await paper()).not.toBe(darkPaper);
  await expect.poll(bar).not.toBe(darkBar);
  await page.reload();
  await page.getByRole('button', { name: 'Theme: light' }).click();
  expect(await paper()).toBe(darkPaper);
  expectNoIncidents(page);
});

test('code is folded; a switch opens all of it, each cell its own, a link the one that it names', async (context) => {
  const page = await openPage(context, server.url);
  await page.goto(`${server.url}/notebooks/customer-churn`);
  const open = () => page.locator('details.code[open]').count();
  const all = await page.locator('details.code').count();
  expect(await open()).toBe(0);
  await page.locator('.code-label', { hasText: 'Draw the churn rate' }).click();
  expect(await open()).toBe(1);
  await page.getByRole('link', { name: 'Show all code' }).click();
  expect(await open()).toBe(all);
  expect(page.url()).toBe(`${server.url}/notebooks/customer-churn`);
  await page.getByRole('link', { name: 'Hide all code' }).click();
  expect(await open()).toBe(0);
  await page
    .locator('#figure-the-number-of-active-customers-still-grows-more-slowly-each .figure-foot')
    .getByRole('link', { name: 'Code' })
    .click();
  await page.waitForFunction(() => document.querySelectorAll('details.code[open]').length === 1);
  expectNoIncidents(page);
});

test('tables sort by their heads and filter', async (context) => {
  const page = await openPage(context, server.url);
  await page.goto(`${server.url}/notebooks/customer-churn`);
  const table = page.locator('.output .table-frame table').first();
  const first = () => table.locator('tbody tr').first().locator('th').textContent();
  const head = table.getByRole('button', { name: 'Churned' });
  await head.click();
  expect(await first()).toBe('January 2019');
  await head.click();
  expect(await first()).toBe('May 2019');
  expect(await table.locator('th[aria-sort]').getAttribute('aria-sort')).toBe('descending');
  expectNoIncidents(page);
});

test('leaves are tabs with script, one below the other without', async (context) => {
  const page = await openPage(context, server.url);
  await page.goto(`${server.url}/notebooks/layout`);
  const second = page.getByText('Words of the second leaf');
  expect(await second.isVisible()).toBe(false);
  await page.getByRole('tab', { name: 'First' }).focus();
  await page.keyboard.press('ArrowRight');
  expect(await second.isVisible()).toBe(true);
  expect(await page.getByText('Words of the first leaf').isVisible()).toBe(false);
  // A link to what is on another leaf shows that one.
  await page.goto(`${server.url}/notebooks/layout#s-leaf-first`);
  await page.getByText('Words of the first leaf').waitFor();
  expectNoIncidents(page);

  const plain = await openPage(context, server.url, { javaScriptEnabled: false });
  await plain.goto(`${server.url}/notebooks/layout`);
  expect(await plain.getByText('Words of the first leaf').isVisible()).toBe(true);
  expect(await plain.getByText('Words of the second leaf').isVisible()).toBe(true);
});

test('without script the page is complete: pictures, tables, folds, all code by a link', async (context) => {
  const page = await openPage(context, server.url, { javaScriptEnabled: false });
  await page.goto(`${server.url}/notebooks/customer-churn`);
  const wide = page.locator(
    '#figure-churn-peaked-in-may-2019-at-9-2 svg.picture:not(.picture-narrow)',
  );
  expect(await wide.locator('.bar').count()).toBe(12);
  expect(await wide.isVisible()).toBe(true);
  expect(
    await page.locator('#figure-churn-peaked-in-may-2019-at-9-2 svg.picture-narrow').isVisible(),
  ).toBe(false);
  expect(await page.locator('time.relative').first().textContent()).toContain('22 Nov 2026');
  expect(await page.getByRole('button', { name: 'Theme' }).count()).toBe(0);
  await page.locator('#figure-churn-peaked-in-may-2019-at-9-2 summary').first().click();
  expect(
    await page.locator('#figure-churn-peaked-in-may-2019-at-9-2 tbody tr').first().isVisible(),
  ).toBe(true);
  await page.getByRole('link', { name: 'Show all code' }).click();
  expect(await page.locator('details.code pre').first().isVisible()).toBe(true);
  await page.goto(`${server.url}/notebooks/charts`);
  // A heat map is drawn, and of what only the script draws the table stands open.
  expect(await page.locator('svg.picture .cell').first().isVisible()).toBe(true);
  const missing = page.locator('figure:has(.chart-missing) tbody tr');
  expect(await missing.first().isVisible()).toBe(true);
});

test('on a phone a picture of its own stands there, and the chart takes its place without a jump', async (context) => {
  const viewport = { width: 390, height: 700 };
  const plain = await openPage(context, server.url, { viewport, javaScriptEnabled: false });
  await plain.goto(`${server.url}/notebooks/customer-churn`);
  const narrow = plain.locator('#figure-churn-peaked-in-may-2019-at-9-2 svg.picture-narrow');
  expect(await narrow.isVisible()).toBe(true);
  expect(
    await plain
      .locator('#figure-churn-peaked-in-may-2019-at-9-2 svg.picture:not(.picture-narrow)')
      .isVisible(),
  ).toBe(false);
  // Its labels are about as large as on a wide screen: it is shown at nearly its own size.
  const scale = ((await narrow.boundingBox())?.width ?? 0) / 400;
  expect(scale).toBeGreaterThan(0.85);
  const before = await plain
    .locator('#figure-churn-peaked-in-may-2019-at-9-2 .chart-area')
    .boundingBox();

  const page = await openPage(context, server.url, { viewport });
  await page.goto(`${server.url}/notebooks/customer-churn`);
  await drawAll(page, 3);
  const after = await page
    .locator('#figure-churn-peaked-in-may-2019-at-9-2 .chart-area')
    .boundingBox();
  expect(after?.height).toBeCloseTo(before?.height ?? 0, 0);
  expectNoIncidents(page);
});

test('a long table is shown in parts with script, whole without; it filters, sorts and is saved', async (context) => {
  const page = await openPage(context, server.url);
  await page.goto(`${server.url}/notebooks/layout`);
  const frame = page.locator('.cell .table-frame').last();
  const shown = () => frame.locator('tbody tr:visible').count();
  const firstCell = () => frame.locator('tbody tr:visible').first().locator('th').textContent();
  const cell = page.locator('.cell').last();
  expect(await shown()).toBe(50);
  await cell.getByText('1–50 of 250 rows').waitFor();
  await cell.getByRole('button', { name: 'Next rows' }).click();
  await cell.getByText('51–100 of 250 rows').waitFor();
  expect(await firstCell()).toBe('Row 50');
  await frame.getByRole('button', { name: 'Value' }).click();
  await frame.getByRole('button', { name: 'Value' }).click();
  await cell.getByRole('searchbox').fill('Row 249');
  await cell.getByText('1–1 of 1 rows').waitFor();
  expect(await firstCell()).toBe('Row 249');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    cell.getByRole('link', { name: 'CSV' }).click(),
  ]);
  const csv = readFileSync(await download.path(), 'utf8').split('\r\n');
  expect(csv.slice(0, 2)).toEqual(['\uFEFFName,Value', 'Row 249,498']);
  expect(csv.length).toBe(252);
  expectNoIncidents(page);

  const plain = await openPage(context, server.url, { javaScriptEnabled: false });
  await plain.goto(`${server.url}/notebooks/layout`);
  expect(await plain.locator('.cell .table-frame').last().locator('tbody tr').count()).toBe(250);
});

test('of a table that shows its first rows all are filtered, sorted and saved, under their names alone', async (context) => {
  const page = await openPage(context, server.url);
  await page.goto(`${server.url}/notebooks/layout`);
  const frame = page.locator('.table-frame', { hasText: 'Items' });
  const cell = page.locator('.cell', { has: frame });
  const firstCell = () => frame.locator('tbody tr').first().locator('th').textContent();
  await cell.getByText('1–20 of 274 rows').waitFor();
  expect(await frame.locator('caption').textContent()).toBe('Items (274 rows)');
  await cell.getByRole('searchbox').fill('Item 270');
  await cell.getByText('1–1 of 1 rows').waitFor();
  expect(await firstCell()).toBe('Item 270');
  expect(await frame.locator('tbody td').first().textContent()).toBe('270,135.0');
  await cell.getByRole('searchbox').fill('');
  await frame.getByRole('button', { name: 'size' }).click();
  await frame.getByRole('button', { name: 'size' }).click();
  expect(await firstCell()).toBe('Item 273');
  await cell.getByText('Save').click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    cell.getByRole('link', { name: 'CSV' }).click(),
  ]);
  const csv = readFileSync(await download.path(), 'utf8').split('\r\n');
  expect(csv[0]).toBe('\uFEFFname,size');
  expect(csv.at(-2)).toBe('Item 273,273136.5');
  expect(csv.length).toBe(276);
  expectNoIncidents(page);

  const plain = await openPage(context, server.url, { javaScriptEnabled: false });
  await plain.goto(`${server.url}/notebooks/layout`);
  const still = plain.locator('.cell .table-frame', { hasText: 'Items' });
  expect(await still.locator('tbody tr').count()).toBe(20);
  expect(await still.locator('caption').textContent()).toBe('Items (the first 20 of 274 rows)');
});

/** Texts that spreadsheets would take for formulas, by what is saved of them. */
const signs: readonly (readonly [text: string, saved: string])[] = [
  ['=1+1', "'=1+1"],
  ['＝1+1', "'＝1+1"],
  ['＋1', "'＋1"],
  ['@a', "'@a"],
  ['-1.5', '-1.5'],
  ['−2,000', '-2000'],
  ['+a', "'+a"],
  ['a=1', 'a=1'],
];

test('an address with a fragment that is no percent-encoding stops no script; tables are saved without formulas', async (context) => {
  const rows = Array.from({ length: 250 }, (_, row) => signs[row] ?? [`Row ${row}`]);
  const text = `<table><thead><tr><th>Text</th></tr></thead><tbody>${rows.map(([one]) => `<tr><td>${one}</td></tr>`).join('')}</tbody></table>`;
  const notebook = notebookOf([
    prose('# Signs\n\n## One\n\n## Two'),
    code('signs()', [display({ 'text/html': text })]),
  ]);
  await publish(database.owner, 'signs', notebook, { title: 'Signs', position: 9 });
  context.onTestFinished(async () => {
    await database.owner.query("delete from publication.notebook where slug = 'signs'");
  });
  const page = await openPage(context, server.url);
  await expect
    .poll(async () => (await page.request.get(`${server.url}/notebooks/signs`)).status())
    .toBe(200);
  for (const fragment of ['#E0', '#%E0', '#%', '#%E0%A4%A', '#%00']) {
    await page.goto(`${server.url}/notebooks/signs${fragment}`);
    await page.reload();
    const cell = page.locator('.cell').last();
    // What the last of the page's scripts do is done.
    await cell.getByText('1–50 of 250 rows').waitFor();
    await page.locator('button.copy').first().waitFor({ state: 'attached' });
    await page.locator('.contents a[aria-current]').waitFor();
  }
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('.cell').last().getByRole('link', { name: 'CSV' }).click(),
  ]);
  const csv = readFileSync(await download.path(), 'utf8').split('\r\n');
  expect(csv.slice(1, signs.length + 1)).toEqual(signs.map(([, saved]) => saved));
  expectNoIncidents(page);
});

test('files that a run did not read stand on its page and on that of the pipeline, whatever they are called', async (context) => {
  const passedOver = [
    { file: 'notes.txt', reason: 'no source takes it' },
    { file: `<b>${'long'.repeat(60)}</b>.log`, reason: 'the same as a.log, byte for byte' },
    ...Array.from({ length: 98 }, (_, index) => ({ file: `copy-${index}.log`, reason: 'a copy' })),
    ...Array.from({ length: 40 }, (_, index) => ({ file: `more-${index}.log`, reason: 'a copy' })),
  ];
  const { rows } = await database.owner.query<{ run_id: bigint }>(
    `insert into ops.pipeline_run (trigger, status, data_dir, time_zone, summary, finished_at)
    values ('test', 'passed', 'data', 'UTC', $1, now()) returning run_id`,
    [{ passedOver }],
  );
  const runId = rows[0]?.run_id ?? 0n;
  context.onTestFinished(async () => {
    await database.owner.query('delete from ops.pipeline_run where run_id = $1', [runId]);
  });
  const page = await openPage(context, server.url, { viewport: { width: 390, height: 800 } });
  await expect
    .poll(async () => {
      await page.goto(`${server.url}/pipeline`);
      return page.getByText(`run ${runId}`).count();
    })
    .toBeGreaterThan(0);
  for (const path of ['/pipeline', `/pipeline/runs/${runId}`]) {
    await page.goto(server.url + path);
    const table = page.locator('table', {
      hasText: 'The first 100 of 140 files that the run did not read',
    });
    expect(await table.locator('tbody tr').count()).toBe(100);
    expect(await table.locator('tbody tr').nth(1).textContent()).toBe(
      `<b>${'long'.repeat(60)}</b>.logthe same as a.log, byte for byte`,
    );
    expect(await page.locator('b').count()).toBe(0);
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect([path, excess]).toEqual([path, 0]);
  }
  expectNoIncidents(page);
});

test('the workspace opens from the menu on narrow screens, also without script', async (context) => {
  const viewport = { width: 390, height: 800 };
  const page = await openPage(context, server.url, { viewport, javaScriptEnabled: false });
  await page.goto(`${server.url}/`);
  const entry = page.locator('#workspace').getByRole('link', { name: 'Customer churn' });
  expect(await entry.isVisible()).toBe(false);
  await page.getByRole('button', { name: 'Menu' }).click();
  expect(await entry.isVisible()).toBe(true);
  await page.keyboard.press('Escape');
  expect(await entry.isVisible()).toBe(false);
});

test('the keyboard reaches the content first, and everything else', async (context) => {
  const page = await openPage(context, server.url);
  await page.goto(`${server.url}/notebooks/customer-churn`);
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(
    'Skip to the content',
  );
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);
});

test('the log of a task opens beside the grid, and with a key of its own goes where the link says', async (context) => {
  const page = await openPage(context, server.url);
  await page.goto(`${server.url}/pipeline`);
  const cell = page.getByRole('link', { name: `gold.monthly_churn in run ${pipelineRun}: Failed` });
  await cell.focus();
  await page.keyboard.press('Enter');
  const panel = page.locator('dialog.panel');
  await panel.getByText('the first 1 of 21 failing rows').waitFor();
  expect(page.url()).toBe(`${server.url}/pipeline`);
  await page.keyboard.press('Escape');
  expect(await panel.isVisible()).toBe(false);
  expect(await cell.evaluate((link) => link === document.activeElement)).toBe(true);
  expectNoIncidents(page);
});

test('without script the grid leads to the log on the page of the run', async (context) => {
  const page = await openPage(context, server.url, { javaScriptEnabled: false });
  await page.goto(`${server.url}/pipeline`);
  await page
    .getByRole('link', { name: `gold.monthly_churn in run ${pipelineRun}: Failed` })
    .click();
  await page.waitForURL(`${server.url}/pipeline/runs/${pipelineRun}#task-gold.monthly_churn`);
  expect(await page.getByText('the first 1 of 21 failing rows').isVisible()).toBe(true);
});

/** Everything that a reader can come across. */
const pages = () => [
  '/',
  '/notebooks/customer-churn?code=shown',
  '/notebooks/charts',
  '/notebooks/failing',
  '/notebooks/layout',
  `/notebooks/failing/runs/${failedRun}`,
  `/notebooks/customer-churn/runs/${churnRuns[0]}`,
  `/notebooks/customer-churn/compare/${churnRuns[0]}/${churnRuns[1]}`,
  '/pipeline',
  `/pipeline/runs/${pipelineRun}`,
  '/data',
  '/data/gold.monthly_churn',
  '/nowhere',
];

test('the keyboard alone reaches everything on every page, visibly, and gets out again', async (context) => {
  const page = await openPage(context, server.url, { viewport: { width: 1440, height: 900 } });
  for (const path of pages()) {
    await page.goto(server.url + path);
    await drawAll(page, await page.locator('.chart-area').count());
    await page.waitForFunction(() => document.querySelector('.figure-data[open]') === null);
    const missed = await page.evaluate(() => {
      const able = 'a[href], button, input, summary, [tabindex="0"]';
      const all = [...document.querySelectorAll<HTMLElement>(able)].filter(
        (element) =>
          element.checkVisibility() &&
          !element.matches('[tabindex="-1"], :disabled') &&
          element.getClientRects().length > 0,
      );
      all.forEach((element, index) => {
        element.setAttribute('data-stop', String(index));
      });
      return all.length;
    });
    const reached = new Set<string>();
    const unseen: string[] = [];
    // Once around and no further: a trap would never come back to the document itself.
    for (let press = 0; press <= missed + 5; press += 1) {
      await page.keyboard.press('Tab');
      const stop = await page.evaluate(() => {
        const element = document.activeElement;
        if (element === null || element === document.body) return undefined;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return {
          id: element.getAttribute('data-stop') ?? element.outerHTML.slice(0, 100),
          isSeen: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1,
        };
      });
      if (stop === undefined) break;
      reached.add(stop.id);
      if (!stop.isSeen) unseen.push(stop.id);
    }
    const left = Array.from({ length: missed }, (_, index) => String(index)).filter(
      (id) => !reached.has(id),
    );
    const words = await page.evaluate(
      (ids) =>
        ids.map(
          (id) => document.querySelector(`[data-stop="${id}"]`)?.outerHTML.slice(0, 160) ?? id,
        ),
      [...left, ...unseen],
    );
    expect([path, words]).toEqual([path, []]);
  }
});

test('every page is whole without script: nothing that is there with it is missing', async (context) => {
  const plain = await openPage(context, server.url, { javaScriptEnabled: false });
  for (const path of pages()) {
    const response = await plain.goto(server.url + path);
    expect(response?.status()).toBe(path === '/nowhere' ? 404 : 200);
    expect(await plain.locator('main h1').isVisible()).toBe(true);
    // Controls that need script are not shown; every chart has a picture or its table.
    expect(await plain.locator('button:visible').count()).toBe(0);
    for (const figure of await plain.locator('figure.chart').all()) {
      const shown = figure.locator('svg.picture, .figure-data[open] table').locator('visible=true');
      expect(await shown.count()).toBe(1);
    }
  }
});

test('no page is wider than a phone', async (context) => {
  const page = await openPage(context, server.url, { viewport: { width: 360, height: 740 } });
  for (const path of pages()) {
    await page.goto(server.url + path);
    await scrollThrough(page);
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect([path, excess]).toEqual([path, 0]);
  }
});

/** What axe has to say of a page as it is shown, sizes of targets (WCAG 2.2) among it. */
async function violationsOf(page: Page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe: tool } = window as unknown as {
      axe: {
        run(options: object): Promise<{
          violations: {
            id: string;
            impact: string;
            nodes: { html: string; failureSummary: string }[];
          }[];
        }>;
      };
    };
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    await frame();
    await frame();
    const result = await tool.run({
      rules: { 'target-size': { enabled: true } },
      resultTypes: ['violations'],
    });
    return result.violations.map(({ id, impact, nodes }) => ({
      id,
      impact,
      nodes: nodes
        .slice(0, 3)
        .map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary}`),
    }));
  });
}

/** How far a page moved under its reader while it loaded, as the browser counts it: 0.1 is much. */
function layoutShiftOf(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += (entry as { value?: number }).value ?? 0;
        }).observe({ type: 'layout-shift', buffered: true });
        requestAnimationFrame(() =>
          setTimeout(() => {
            resolve(sum);
          }, 0),
        );
      }),
  );
}

const colorSchemes = ['light', 'dark'] as const;
const widths = [1440, 390];

test.for(widths)(
  'axe finds nothing on any page, nothing moves while it loads: light and dark, %d px',
  async (width, context) => {
    const page = await openPage(context, server.url, { viewport: { width, height: 900 } });
    for (const path of pages()) {
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.goto(server.url + path);
        expect([path, colorScheme, (await layoutShiftOf(page)) < 0.1]).toEqual([
          path,
          colorScheme,
          true,
        ]);
      }
      await scrollThrough(page);
      // A page that is open follows the system, as the test of the theme says.
      for (const colorScheme of colorSchemes) {
        await page.emulateMedia({ colorScheme });
        expect([path, colorScheme, await violationsOf(page)]).toEqual([path, colorScheme, []]);
      }
      if (path !== '/nowhere') {
        const description = page.locator('meta[name="description"]');
        expect([path, (await description.getAttribute('content')) !== '']).toEqual([path, true]);
      }
    }
    // The browser itself writes an address that leads nowhere into the console.
    const written = page.incidents.problems.filter((text) => !text.includes('404'));
    expect(written).toEqual([]);
  },
);

test('axe finds nothing on the pages of signing in, in frames, and without a warehouse', async (context) => {
  const access = await startAccessServer(database, { DAYBOOK_SIGN_IN: 'password' });
  const away = new Pool({ connectionString: 'postgres://127.0.0.1:1/away' });
  const options = { assets: await loadAssets(), timeZone: 'America/Toronto' };
  const embedding = await listen(
    createApp({
      ...createReaders(database.reader),
      ...options,
      frameAncestors: ['https://example.org'],
    }),
    '127.0.0.1',
    0,
  );
  const offline = await listen(createApp({ ...createReaders(away), ...options }), '127.0.0.1', 0);
  try {
    await giveUsers(access.folder, { ada: ['board'] });
    const cookie = await access.signIn('ada');
    const page = await openPage(context, 'http://127.0.0.1');
    const look = async (address: string) => {
      await page.goto(address);
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 });
        for (const colorScheme of colorSchemes) {
          await page.emulateMedia({ colorScheme });
          const found = await violationsOf(page);
          expect([address, width, colorScheme, found]).toEqual([address, width, colorScheme, []]);
        }
      }
    };
    await look(`${access.url}/sign-in`);
    await look(`${embedding.url}/embed/customer-churn/churn-peaked-in-may-2019-at-9-2`);
    await look(`${offline.url}/`);
    expect(await page.locator('h1').textContent()).toBe('This page cannot be shown right now');
    const [name = '', value = ''] = cookie.split('=');
    await page.context().addCookies([{ name, value, url: access.url }]);
    await look(`${access.url}/account`);
    expect(await page.locator('h1').textContent()).toBe('Account');
  } finally {
    await access.close();
    await embedding.close();
    await offline.close();
    await away.end();
  }
});
