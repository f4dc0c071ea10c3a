// @module-tag heavy
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Listening } from '../../../../src/http/listen.js';
import { createTestDatabase, type TestDatabase } from '../../../database.js';
import { servePages } from '../../serve-pages.js';
import { expectNoIncidents, openPage } from '../../browser.js';
import { churnNotebook, publish } from '../../published.js';

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core'), 'utf8');

const hostile = '<img src=x onerror=alert(1)>';
const provinces = ['Ontario', 'Quebec', hostile, ...Array.from({ length: 10 }, (_, n) => `P${n}`)];
const options = (values: readonly string[]) => values.map((value) => ({ value, label: value }));
const choices = [
  { name: 'province', label: 'Province', standing: 'Ontario', options: options(provinces) },
  { name: 'year', label: 'Year', standing: '2019', options: options(['2018', '2019']) },
];

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
  await page.locator('summary', { hasText: 'Quebec' }).click();
  await page.getByRole('searchbox').fill('img');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/onerror/);
  expect(await page.locator('.control-list > summary').textContent()).toBe(hostile);
  await page.locator('.control-list > summary').click();
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
    await page.locator('.control-list > summary').click();
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
  await page.locator('.control-list > summary').click();
  await page.getByRole('link', { name: 'Quebec', exact: true }).click();
  await page.waitForURL('**/notebooks/sales?province=Quebec');
  await page.getByRole('link', { name: '2018', exact: true }).click();
  await page.waitForURL('**/notebooks/sales?province=Quebec&year=2018');
});
