// @module-tag heavy
// Tables whose columns draw their values, in a browser: every row, sorted, filtered, in light, dark and print.

import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest';
import { tableBundle } from '../../../src/display/table.js';
import { selfContainedPage } from '../../../src/server/export/self-contained.js';
import { loadAssets } from '../../../src/server/parts/assets.js';
import { expectNoIncidents, openPage, type OpenPageOptions } from '../browser.js';
import { code, display, notebookOf, prose } from '../published.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');

type AxeRun = (within: string) => Promise<{ violations: { id: string }[] }>;

let folder: string;
let address: string;

/** Numbers of every sign, nothing, and lists with a gap. */
const rows = Array.from({ length: 60 }, (_, index) => ({
  city: `City ${String(index).padStart(2, '0')}`,
  area: ['north', 'south'][index % 2] ?? '',
  customers: index === 7 ? null : index * 37,
  change: index === 8 ? null : index - 30,
  share: index / 60,
  trend: index === 9 ? null : [index, null, 60 - index, (index * 7) % 60],
  steps: [-index, index],
}));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daybook-drawn-'));
  const notebook = notebookOf([
    prose('# Cities'),
    code('table', [
      display(
        tableBundle(rows, {
          ...{ caption: 'Cities', limit: 20, filter: ['area'] },
          columns: [
            'city',
            'area',
            { key: 'customers', draw: 'bar' },
            { key: 'change', draw: 'bar' },
            { key: 'share', label: 'Share', draw: 'heat', format: (value) => value.toFixed(2) },
            { key: 'change', label: 'Heat of change', draw: 'heat' },
            { key: 'trend', draw: 'sparkline' },
            { key: 'steps', draw: 'sparkbars' },
          ],
        }),
      ),
    ]),
  ]);
  const path = join(folder, 'page.html');
  await writeFile(path, await selfContainedPage(notebook, 'cities', await loadAssets()));
  address = pathToFileURL(path).href;
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function open(context: TestContext, options: OpenPageOptions = {}) {
  const page = await openPage(context, address, options);
  await page.goto(address);
  return page;
}

type OpenPage = Awaited<ReturnType<typeof open>>;

/** What a row of the table shows: the text of each cell, and its picture. */
function shown(page: OpenPage, city: string) {
  return page.locator('tbody tr', { hasText: city }).evaluate((row) =>
    [...row.querySelectorAll('th, td')].map((cell) => ({
      text: cell.textContent,
      seen: cell.querySelector('.cell-text')?.textContent,
      classes: cell.className,
      picture: cell.querySelector('svg')?.innerHTML,
    })),
  );
}

test('rows that script adds are drawn as the server draws those that were there', async (context) => {
  const page = await open(context);
  // The server has drawn the first twenty; a page of the table is as long.
  const served = await shown(page, 'City 12');
  expect(served.map(({ text }) => text)).toEqual([
    ...['City 12', 'north', '444', '−18', '0.20', '−18', '12; –; 48; 24', '−12; 12'],
  ]);
  expect(served.map(({ seen }) => seen)).toEqual([
    ...[undefined, undefined, '444', '−18', '0.20', '−18', '24', '12'],
  ]);
  // Beside what is missing, the first number is a point by itself.
  expect(served[6]?.picture).toMatch(/^<path[^>]* d="M[\d. ]+h0M[\d. ]+L[\d. ]+"/);
  const missing = await shown(page, 'City 09');
  expect(missing[6]).toMatchObject({ text: '–', picture: undefined });
  await page.getByRole('button', { name: 'Next rows' }).click();
  const added = await shown(page, 'City 29');
  expect(added.map(({ text }) => text)).toEqual([
    ...['City 29', 'south', '1,073', '−1', '0.48', '−1', '29; –; 31; 23', '−29; 29'],
  ]);
  expect(added[2]?.picture).toMatch(/^<rect class="above" x="0"/);
  expect(added[3]?.picture).toContain('class="below"');
  expect(added[4]?.classes).toMatch(/^number heat tone-5$/);
  expect(added[5]?.classes).toMatch(/^number heat split-5$/);
  await page.getByLabel('Area').getByRole('combobox').selectOption('north');
  await page.getByRole('searchbox').fill('City 12');
  expect(await shown(page, 'City 12')).toEqual(served);
  expectNoIncidents(page);
});

test('drawn columns sort by their numbers, lists by their last one; what is missing stands last', async (context) => {
  const page = await open(context);
  const first = () => page.locator('tbody tr').first().locator('th').textContent();
  await page.getByRole('button', { name: 'trend' }).click();
  // 0 × 7 mod 60 is 0.
  expect(await first()).toBe('City 00');
  await page.getByRole('button', { name: 'trend' }).click();
  // 17 × 7 mod 60 is 59.
  expect(await first()).toBe('City 17');
  await page.getByRole('button', { name: 'change', exact: true }).click();
  expect(await first()).toBe('City 00');
  await page.getByRole('searchbox').fill('City 08');
  expect((await shown(page, 'City 08'))[3]).toMatchObject({ text: '–', picture: undefined });
});

test('each tone has a text of at least 4.5 in contrast, in light and dark; axe finds nothing', async (context) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await open(context, { colorScheme });
    const contrasts = await page.evaluate(() => {
      const canvas = document.createElement('canvas').getContext('2d');
      const luminance = (color: string): number => {
        if (canvas === null) return NaN;
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        const [red = 0, green = 0, blue = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map(
          (byte) => (byte <= 10 ? byte / 3294.6 : ((byte / 255 + 0.055) / 1.055) ** 2.4),
        );
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      const cell = document.querySelector('td.heat');
      const text = cell?.querySelector('.cell-text');
      return ['tone', 'split'].flatMap((scale) =>
        Array.from({ length: 11 }, (_, index) => {
          if (cell == null || text == null) return NaN;
          cell.className = `number heat ${scale}-${index}`;
          const [low, high] = [
            luminance(getComputedStyle(cell).backgroundColor),
            luminance(getComputedStyle(text).color),
          ].sort((one, other) => one - other);
          return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
        }),
      );
    });
    expect(contrasts).toHaveLength(22);
    expect(Math.min(...contrasts)).toBeGreaterThanOrEqual(4.5);
    await page.reload();
    await page.evaluate(axe);
    const found = await page.evaluate(async () => {
      const { run } = (globalThis as unknown as { axe: { run: AxeRun } }).axe;
      return (await run('.cell')).violations.map(({ id }) => id);
    });
    expect(found).toEqual([]);
  }
});

test('without script every cell that is shown is drawn, with its numbers as text; on paper, too', async (context) => {
  const page = await open(context, { javaScriptEnabled: false });
  expect(await page.locator('.cell-picture').count()).toBe(19 + 19 + 19 + 20);
  expect((await shown(page, 'City 12'))[6]?.text).toBe('12; –; 48; 24');
  await page.emulateMedia({ media: 'print' });
  const background = await page
    .locator('td.heat')
    .first()
    .evaluate((cell) => getComputedStyle(cell).printColorAdjust);
  expect(background).toBe('exact');
});
