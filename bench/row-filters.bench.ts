// Filters of 100,000 rows: from a choice to the painted page in a browser, and what rows weigh as our columns and as
// Arrow.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { tableFromArrays, tableFromIPC, tableToIPC } from 'apache-arrow';
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { rowsOf } from '../src/chart/rows/rows.js';
import { readShownRows, shownRowsType } from '../src/chart/rows/shown-rows.js';
import { rowsPlotBundle } from '../src/display/plot-rows.js';
import { loadAssets } from '../src/server/parts/assets.js';
import { selfContainedPage } from '../src/server/export/self-contained.js';
import { browserArguments, browserPath } from '../test/requirement.js';
import { code, display, notebookOf } from '../test/server/published.js';
import { byTurns, spread } from './measure.js';
import { reportTable } from './report.js';

const provinces = ['Alberta', 'British Columbia', 'Manitoba', 'Ontario', 'Quebec', 'Yukon'];

/** Orders that repeat nothing but their dimensions. */
const rows = Array.from({ length: 100_000 }, (_, index) => ({
  day: new Date(Date.UTC(2018, 0, 1) + ((index * 7919) % 730) * 86_400_000)
    .toISOString()
    .slice(0, 10),
  province: provinces[(index * 31) % 6] ?? '',
  segment: ['business', 'home', 'public'][(index * 17) % 3] ?? '',
  amount: (((index * 7907) % 100_003) / 100).toFixed(2),
}));

test('filters of 100,000 rows', async () => {
  const bundle = rowsPlotBundle({
    ...{ id: 'revenue', title: 'Revenue', rows, mark: 'bar', filter: ['province', 'day'] },
    ...{ x: { field: 'day', bin: 'month' }, y: { sum: 'amount' }, color: 'segment' },
  });
  const text = JSON.stringify(bundle[shownRowsType]);
  const arrow = tableToIPC(
    tableFromArrays({
      day: rows.map(({ day }) => day),
      province: rows.map(({ province }) => province),
      segment: rows.map(({ segment }) => segment),
      amount: Float64Array.from(rows, ({ amount }) => Number(amount)),
    }),
  );
  const decode = await byTurns(
    {
      ours: () => {
        const shown = readShownRows(JSON.parse(text) as never);
        const fields = rowsOf(shown?.columns ?? new Map()).fields;
        for (const field of fields.values()) if (field.numbers() === undefined) field.dimension();
      },
      arrow: () => {
        const table = tableFromIPC(arrow);
        for (const name of ['day', 'province', 'segment', 'amount'])
          table.getChild(name)?.toArray();
      },
    },
    7,
  );
  const assets = await loadAssets();
  const folder = mkdtempSync(join(tmpdir(), 'daybook-bench-'));
  const browser = await chromium.launch({
    executablePath: browserPath ?? '',
    args: [...browserArguments],
  });
  try {
    const path = join(folder, 'page.html');
    writeFileSync(
      path,
      await selfContainedPage(notebookOf([code('x', [display(bundle)])]), 'page', assets),
    );
    const page = await browser.newPage();
    await page.goto(pathToFileURL(path).href);
    const select = page.locator('.filter-room select').first();
    await select.waitFor();
    const times = await select.evaluate(async (element, values) => {
      if (!(element instanceof HTMLSelectElement)) return [];
      const measured: { script: number; painted: number }[] = [];
      for (let round = 0; round < 30; round += 1) {
        element.value = String(round % values);
        const start = performance.now();
        element.dispatchEvent(new Event('change', { bubbles: true }));
        const script = performance.now() - start;
        const painted = await new Promise<number>((resolve) => {
          requestAnimationFrame(() => {
            const channel = new MessageChannel();
            channel.port1.onmessage = () => {
              resolve(performance.now() - start);
            };
            channel.port2.postMessage(undefined);
          });
        });
        measured.push({ script, painted });
      }
      return measured.slice(5);
    }, provinces.length);
    expect(times.length).toBe(25);
    const [script, painted] = [
      spread(times.map((time) => time.script)),
      spread(times.map((time) => time.painted)),
    ];
    const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;
    const ms = (milliseconds: number) => `${milliseconds.toFixed(1)} ms`;
    await reportTable('row-filters', {
      title: 'Filters over rows',
      method:
        'A chart of 100,000 orders by month and segment, filtered by province in Chromium: from the change of the control ' +
        'to the end of the script, and to after the next frame. And the same rows as they travel, beside Arrow (21.2, read by its own ' +
        'library, which alone is larger than our script).',
      columns: ['what', 'median', 'worst'],
      rows: [
        ['filter, add up and draw', ms(script.median), ms(script.max)],
        ['until it is painted', ms(painted.median), ms(painted.max)],
        [
          'script of filters and drawing, compressed',
          kilobytes(gzipSync(assets.filterScript.body.bytes, { level: 9 }).length),
          '',
        ],
        ['rows as our columns, compressed', kilobytes(gzipSync(text).length), ''],
        ['rows as Arrow, compressed', kilobytes(gzipSync(arrow).length), ''],
        ['our columns read', ms(spread(decode.ours).median), ms(spread(decode.ours).max)],
        ['Arrow read', ms(spread(decode.arrow).median), ms(spread(decode.arrow).max)],
      ],
    });
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
});
