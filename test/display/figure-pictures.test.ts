// @module-tag heavy
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { figureHtml } from '../../src/display/figure-html.js';
import { openPage } from '../server/browser.js';
import { figure, sent } from './arbitrary-figure.js';

test('a browser shows every picture', async (context) => {
  const pictures = fc
    .sample(figure, { numRuns: 400, seed: 7 })
    .flatMap((given) => /<img src="([^"]+)"/.exec(figureHtml(sent(given)) ?? '')?.[1] ?? []);
  expect(pictures.length).toBeGreaterThan(50);
  const page = await openPage(context, 'about:');
  const broken = await page.evaluate(async (addresses) => {
    const failed: string[] = [];
    for (const address of addresses) {
      const image = new Image();
      image.src = address;
      await image.decode().catch(() => failed.push(address.slice(1250)));
    }
    return failed;
  }, pictures);
  expect(broken).toEqual([]);
});
