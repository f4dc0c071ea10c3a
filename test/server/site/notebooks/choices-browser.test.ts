// @module-tag heavy
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Listening } from '../../../../src/http/listen.js';
import { createTestDatabase, type TestDatabase } from '../../../database.js';
import { servePages } from '../../serve-pages.js';
import { expectNoIncidents, openPage } from '../../browser.js';
import { rowsPlotBundle } from '../../../../src/display/plot-rows.js';
import { churnNotebook, code, display, notebookOf, prose, publish } from '../../published.js';

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core'), 'utf8');

const hostile = '<img src=x onerror=alert(1)>';
const provinces = ['Ontario', 'Quebec', hostile, ...Array.from({ length: 10 }, (_, n) => `P${n}`)];
const options = (values: readonly string[]) => values.map((value) => ({ value, label: value }));
const choices = [
  { name: 'province', label: 'Province', standing: 'Ontario', options: options(provinces) },
  { name: 'year', label: 'Year', standing: '2019', options: options(['2018', '2019']) },
];

const regions = ['East', 'West', '', '0', '"><script>throw 1</script>', '&#%00=../\u{1F600}'];

/** A page of a year, whose readers filter by region, or only see the years before regions were kept. */
function ordersOf(year: string): ReturnType<typeof notebookOf> {
  const rows = regions.map((region, amount) => ({ region, amount, year }));
  const chart =
    year === '2017'
      ? rowsPlotBundle({ title: 'Orders', rows, x: 'year', y: { sum: 'amount' }, filter: ['year'] })
      : rowsPlotBundle({
          title: 'Orders',
          rows,
          x: 'region',
          y: { sum: 'amount' },
          filter: ['region'],
        });
  return notebookOf([prose(`# Orders of ${year}`), code('plot()', [display(chart)])]);
}

let database: TestDatabase;
let server: Listening;

beforeAll(async () => {
  database = await createTestDatabase();
  const { owner } = database;
  await publish(owner, 'sales', churnNotebook, { title: 'Sales', choices });
  for (const [index, province] of provinces.entries()) {
    for (const year of ['2018', '2019']) {
      if (index === 0 && year === '2019') continue;
      const state = { of: 'sales', values: { province, year } };
      await publish(owner, `sales--${index}-${year}`, churnNotebook, { state });
    }
  }
  const years = [
    { name: 'year', label: 'Year', standing: '2019', options: options(['2017', '2018', '2019']) },
  ];
  await publish(owner, 'orders', ordersOf('2019'), { title: 'Orders', choices: years });
  for (const year of ['2017', '2018']) {
    const state = { of: 'orders', values: { year } };
    await publish(owner, `orders--${year}`, ordersOf(year), { state });
  }
  server = await servePages(database.reader);
});

afterAll(async () => {
  await server.close();
  await database.drop();
});

test('a choice is one click, the address holds it, and back and forward work', async (context) => {
  const page = await openPage(context, server.url);
  await page.goto(`${server.url}/notebooks/sales`);
  await page.evaluate(() => {
    scrollTo(0, 300);
  });
  const year = page.getByRole('link', { name: '2018', exact: true });
  await year.evaluate((link) => {
    (link as HTMLElement).click();
  });
  await page.waitForURL('**/notebooks/sales?year=2018');
  const current = page.locator('.control-bar [aria-current]');
  await expect.poll(() => current.last().textContent()).toBe('2018');
  // The reader stays where he or she was reading.
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(300);

  // A long list is searched; the arrow keys lead from value to value.
  await page.locator('summary', { hasText: 'Ontario' }).click();
  await page.getByRole('searchbox', { name: 'Search Province' }).fill('queb');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/notebooks/sales?province=Quebec&year=2018');
  await page.goBack();
  await page.waitForURL('**/notebooks/sales?year=2018');
  await page.goForward();
  await page.waitForURL('**/notebooks/sales?province=Quebec&year=2018');
  await page.locator('[data-control=province] summary').click();
  await page.getByRole('searchbox', { name: 'Search Province' }).fill('img');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/onerror/);
  expect(await page.locator('[data-control=province] summary').textContent()).toBe(hostile);
  await page.locator('[data-control=province] summary').click();
  await page.keyboard.press('Escape');
  expect(await page.locator('.control-list[open]').count()).toBe(0);
  expectNoIncidents(page);
});

test.for(['light', 'dark'] as const)(
  'the bar is accessible and no wider than a phone, %s',
  async (colorScheme, context) => {
    const viewport = { width: 390, height: 844 };
    const page = await openPage(context, server.url, { viewport, colorScheme });
    await page.goto(`${server.url}/notebooks/sales?province=Quebec`);
    await page.locator('[data-control=province] summary').click();
    await page.evaluate(axe);
    const found = await page.evaluate(async () => {
      const { run } = (globalThis as unknown as { axe: { run: AxeRun } }).axe;
      return (await run('.control-bar')).violations.map(({ id }) => id);
    });
    expect(found).toEqual([]);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
  },
);

type AxeRun = (within: string) => Promise<{ violations: { id: string }[] }>;

test('without script the same links lead there', async (context) => {
  const page = await openPage(context, server.url, { javaScriptEnabled: false });
  await page.goto(`${server.url}/notebooks/sales`);
  await page.locator('[data-control=province] summary').click();
  await page.getByRole('link', { name: 'Quebec', exact: true }).click();
  await page.waitForURL('**/notebooks/sales?province=Quebec');
  await page.getByRole('link', { name: '2018', exact: true }).click();
  await page.waitForURL('**/notebooks/sales?province=Quebec&year=2018');
});

test('what is filtered stays when another choice is followed, where the page has the field', async (context) => {
  const page = await openPage(context, server.url);
  const seen = new Set<string | null>();
  for (const index of regions.keys()) {
    await page.goto(`${server.url}/notebooks/orders`);
    const control = page.getByRole('combobox', { name: 'Region' });
    await control.selectOption({ index: index + 1 });
    const chosen = await control.evaluate((select) => (select as HTMLSelectElement).value);
    const region = new URL(page.url()).searchParams.get('filter.region');
    seen.add(region);
    const status = page.locator('.filter-status');
    const words = await status.textContent();

    await page.getByRole('link', { name: '2018', exact: true }).click();
    await page.waitForURL(/year=2018/);
    await expect.poll(() => status.textContent()).toBe(words);
    expect(await control.evaluate((select) => (select as HTMLSelectElement).value)).toBe(chosen);
    expect(new URL(page.url()).searchParams.get('filter.region')).toBe(region);
  }

  expect(seen).toEqual(new Set(regions));

  // A page without the field shows everything, and forgets nothing that a way back needs.
  await page.getByRole('link', { name: '2017', exact: true }).click();
  await page.waitForURL(/year=2017/);
  await expect.poll(() => page.locator('.filter-reset').isHidden()).toBe(true);
  expect(await page.locator('.filter-status').textContent()).toBe('');
  await page.getByRole('link', { name: '2019', exact: true }).click();
  await page.waitForURL(/orders\?filter/);
  await expect.poll(() => page.locator('.filter-reset').isVisible()).toBe(true);

  // What is no longer filtered is in no link.
  await page.locator('.filter-reset').click();
  const links = page.locator('.control-options a');
  const hrefs = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')));
  expect(hrefs.filter((href) => href?.includes('filter.'))).toEqual([]);
  expectNoIncidents(page);
});
