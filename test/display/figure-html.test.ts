import type { Element, Nodes } from 'hast';
import { fromHtml } from 'hast-util-from-html';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { figureHtml } from '../../src/display/figure-html.js';
import { figure, sent } from './arbitrary-figure.js';

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

function elements(node: Nodes): Element[] {
  const below = 'children' in node ? node.children.flatMap((child) => elements(child)) : [];
  return node.type === 'element' ? [node, ...below] : below;
}
