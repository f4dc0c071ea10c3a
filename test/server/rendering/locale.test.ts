// @module-tag heavy
// Figures of one locale, on the server and in the page.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowsMetricBundle } from '../../../src/display/metric-rows.js';
import { rowsPlotBundle } from '../../../src/display/plot-rows.js';
import { tableBundle } from '../../../src/display/table.js';
import { selfContainedPage } from '../../../src/server/export/self-contained.js';
import { loadAssets } from '../../../src/server/parts/assets.js';
import { Renderer } from '../../../src/server/rendering/renderer.js';
import { defaultLocale, useLocale } from '../../../src/text/locale.js';
import { expectNoIncidents, openPage } from '../browser.js';
import { code, display, notebookOf, prose } from '../published.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daybook-locale-'));
});

afterAll(async () => {
  useLocale(defaultLocale);
  await rm(folder, { recursive: true, force: true });
});

const rows = Array.from({ length: 24 }, (_, index) => ({
  day: `2019-${String((index % 4) + 1).padStart(2, '0')}-15`,
  amount: `${index * 1234}.5`,
}));

test.for([
  ['de-DE', '340.596,00', '1.234,5'],
  ['fr-CA', '340\u00a0596,00', '1\u00a0234,5'],
] as const)(
  'the page draws and adds up what the server has, in %s',
  async ([locale, sum, second], context) => {
    useLocale(locale);
    const filter = [{ field: 'amount', label: 'Amount' }] as const;
    const card = {
      label: 'Revenue',
      rows,
      value: { sum: 'amount' },
      format: ',.2f',
      filter,
    } as const;
    const chart = {
      ...{ id: 'by-month', title: 'By month', rows, filter },
      ...({ x: { field: 'day', bin: 'month' }, y: { sum: 'amount' }, mark: 'bar' } as const),
    };
    const notebook = notebookOf([
      prose('# Orders'),
      code('card', [display(rowsMetricBundle(card))]),
      code('chart', [display(rowsPlotBundle(chart))]),
      code('table', [
        display(tableBundle(rows.map(({ day, amount }) => ({ day, amount: Number(amount) })))),
      ]),
    ]);
    const renderer = new Renderer();
    const html = await selfContainedPage(notebook, 'orders', await loadAssets(), renderer);
    renderer.close();
    expect(html).toContain(`data-locale="${locale}"`);
    const file = join(folder, `${locale}.html`);
    await writeFile(file, html);
    const page = await openPage(context, pathToFileURL(file).href);
    await page.goto(pathToFileURL(file).href);
    const seen = () =>
      page.evaluate(() => [
        document.querySelector('.metric-value')?.textContent,
        ...[...document.querySelectorAll('#figure-by-month svg text')].map(
          ({ textContent }) => textContent,
        ),
      ]);
    const before = await seen();
    expect(before[0]).toBe(sum);
    expect(before.length).toBeGreaterThan(6);
    // All rows are chosen: the page draws anew what the server has drawn.
    await page.goto(`${pathToFileURL(file).href}?filter.amount=0..`);
    // The chart and the card say that they follow, the table that it does not.
    await expect.poll(() => page.locator('.figure-filter').count()).toBe(3);
    expect(await seen()).toEqual(before);
    // Numbers sort as numbers.
    const cells = page.locator('[id^="figure-table"] tbody td.number');
    expect(await cells.nth(1).textContent()).toBe(second);
    await page.locator('[id^="figure-table"] thead button').last().click();
    await page.locator('[id^="figure-table"] thead button').last().click();
    expect((await cells.first().textContent())?.replaceAll('\u00a0', ' ')).toMatch(/^28.382,5$/);
    expectNoIncidents(page);
  },
);
