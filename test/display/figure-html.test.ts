import type { Element, Nodes } from 'hast';
import { fromHtml } from 'hast-util-from-html';
import fc from 'fast-check';
import { chromium } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { figureHtml } from '../../src/display/figure-html.js';
import type { JsonValue } from '../../src/display/mime-bundle.js';
import { browserArguments, requireBrowser } from '../requirement.js';

const hostileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    ...[
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      "'/><script/>",
      '&#0;',
      ']]>',
    ],
    ...['\ud800', '\u0000', '\uffff', '%', '#', '</text>', '</style><svg onload=alert(1)>', ''],
  ),
);
const value = fc.oneof(
  fc.double(),
  fc.constantFrom('2019-01-01', '2019-02-01', '2019-02-30', null, 1e308, -1e308, 5e-324, 0),
  hostileText,
);
const values = fc.array(value, { maxLength: 12 });
// Most have numbers where a picture needs them.
const measures = fc.oneof(fc.array(fc.double(), { maxLength: 12 }), fc.array(fc.integer()), values);
const trace = fc.record(
  {
    type: fc.constantFrom('bar', 'bar', 'scatter', 'scatter', 'pie', 'heatmap', 'box'),
    name: hostileText,
    x: values,
    y: measures,
    labels: values,
    values,
    mode: fc.constantFrom('lines', 'markers', 'lines+markers'),
    orientation: fc.constantFrom('v', 'v', 'h'),
    marker: fc.record({ color: fc.oneof(hostileText, fc.array(hostileText)) }),
    line: fc.record({ color: hostileText, dash: fc.constantFrom('dot', 'solid') }),
  },
  { requiredKeys: ['y'] },
);
const axis = fc.record({ title: fc.record({ text: hostileText }), tickformat: hostileText });
const figure = fc.record({
  data: fc.array(trace, { minLength: 1, maxLength: 3 }),
  layout: fc.record(
    {
      xaxis: axis,
      yaxis: axis,
      barmode: fc.constantFrom('stack', 'group', 'overlay'),
      title: fc.record({ text: hostileText }),
      meta: fc.record({
        daybook: fc.record({ title: hostileText, caption: hostileText, alt: hostileText }),
      }),
    },
    { requiredKeys: [] },
  ),
});

/** As front ends get it: JSON knows no NaN. */
const sent = (given: object) => JSON.parse(JSON.stringify(given)) as JsonValue;

test('whatever a figure holds, its HTML is one figure of harmless elements', () => {
  const harmless = new Set(
    'figure p strong div small img figcaption code details summary table caption thead tbody tr th td'.split(
      ' ',
    ),
  );
  fc.assert(
    fc.property(figure, (given) => {
      const html = figureHtml(sent(given)) ?? '';
      const root = fromHtml(html, { fragment: true });
      expect(root.children.map((child) => child.type === 'element' && child.tagName)).toEqual([
        'figure',
      ]);
      for (const element of elements(root)) {
        expect(harmless).toContain(element.tagName);
        expect(Object.keys(element.properties).join()).not.toMatch(/(^|,)on/);
        const { src } = element.properties;
        if (src !== undefined) expect(src).toMatch(/^data:image\/svg\+xml,%3Csvg [^"<>&#]*$/);
      }
    }),
    { numRuns: 300 },
  );
});

test('a browser shows every picture', async (context) => {
  const executablePath = requireBrowser(context);
  const pictures = fc
    .sample(figure, { numRuns: 400, seed: 7 })
    .flatMap((given) => /<img src="([^"]+)"/.exec(figureHtml(sent(given)) ?? '')?.[1] ?? []);
  expect(pictures.length).toBeGreaterThan(50);
  const browser = await chromium.launch({ executablePath, args: browserArguments });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
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

function elements(node: Nodes): Element[] {
  const below = 'children' in node ? node.children.flatMap((child) => elements(child)) : [];
  return node.type === 'element' ? [node, ...below] : below;
}
