// @module-tag heavy
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { metricBundle } from '../../../../src/display/metric.js';
import { selfContainedPage } from '../../../../src/server/export/self-contained.js';
import { loadAssets } from '../../../../src/server/parts/assets.js';
import { openPage } from '../../browser.js';
import { code, display, notebookOf } from '../../published.js';

test('long values stay within their cards, and short ones on their line, on a phone and wide', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-cards-'));
  context.onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const values = ['$1,234,567,890,123.45', 'Antidisestablishmentarianism-GmbH', '26', '3.4 %'];
  const cards = values.map((value, index) =>
    display(metricBundle({ label: `Card ${index}`, value, trend: [1, 3, 2] })),
  );
  const file = join(folder, 'cards.html');
  writeFileSync(
    file,
    await selfContainedPage(notebookOf([code('x', cards)]), 't', await loadAssets()),
  );
  const page = await openPage(context, `file://${file}`);
  for (const width of [320, 390, 1280]) {
    await page.setViewportSize({ width, height: 600 });
    await page.goto(`file://${file}`);
    const seen = await page.evaluate(() => ({
      page: document.documentElement.scrollWidth,
      overflowing: [...document.querySelectorAll('.metric')].filter(
        (card) => card.scrollWidth > card.clientWidth,
      ).length,
      shortHeights: [...document.querySelectorAll('.metric-value:not(.long)')].map(
        (value) => value.getBoundingClientRect().height < 60,
      ),
    }));
    expect(seen).toEqual({ page: width, overflowing: 0, shortHeights: [true, true] });
  }
});
