import fc from 'fast-check';
import type { ElementContent } from 'hast';
import { fromHtml } from 'hast-util-from-html';
import { toHtml as libraryHtml } from 'hast-util-to-html';
import { h, s } from 'hastscript';
import { expect, test } from 'vitest';
import { toHtml } from '../../../../src/server/rendering/html/to-html.js';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('<', '&', '"', "'", '`', '\u0000', '</td>', '&amp;', '<!--', '\n', 'a b'),
);

/** Elements of HTML and of SVG with properties of every kind that there is. */
const { node } = fc.letrec<{ node: ElementContent; element: ElementContent }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    text.map((value): ElementContent => ({ type: 'text', value })),
    tie('element'),
  ),
  element: fc
    .record({
      make: fc.constantFrom(h, s),
      name: fc.constantFrom(
        ...['p', 'td', 'a', 'img', 'input', 'br', 'svg', 'path', 'title', 'foreignObject'],
        ...['details', 'script', 'style'],
      ),
      properties: fc.record(
        {
          id: text,
          className: fc.array(text, { maxLength: 3 }),
          title: text,
          open: fc.constantFrom(true, false, '', 'open', 'x'),
          download: fc.constantFrom(true, false, '', 'file.csv'),
          disabled: fc.boolean(),
          tabIndex: fc.integer(),
          width: fc.oneof(fc.double(), text),
          accept: fc.array(fc.constantFrom('a/b', 'c'), { minLength: 1, maxLength: 2 }),
          viewBox: text,
          textAnchor: text,
          strokeDashArray: fc.array(fc.constantFrom('4', '2'), { maxLength: 3 }),
          ariaLabel: text,
          dataHeight: fc.integer(),
          hidden: fc.constantFrom(undefined, null, true),
        },
        { requiredKeys: [] },
      ),
      children: fc.array(tie('node'), { maxLength: 4 }),
    })
    .map(({ make, name, properties, children }): ElementContent => {
      const element = make(name);
      const kept = ['script', 'style'].includes(name) ? [] : children;
      return { ...element, properties, children: kept } as ElementContent;
    }),
}));

test('any tree is written as hast-util-to-html writes it', () => {
  fc.assert(
    fc.property(fc.array(node, { maxLength: 4 }), (children) => {
      const root = { type: 'root' as const, children };
      expect(toHtml(root)).toBe(libraryHtml(root));
    }),
    { numRuns: 500 },
  );
});

test('no text and no value ends what it stands in', () => {
  fc.assert(
    fc.property(text, text, (title, words) => {
      const page = toHtml(h('p', { title, className: [words] }, words));
      const [paragraph, ...others] = fromHtml(page, { fragment: true }).children;
      expect(others).toEqual([]);
      const names = paragraph?.type === 'element' ? Object.keys(paragraph.properties) : ['?'];
      expect(names.filter((name) => !['title', 'className'].includes(name))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('a whole page, its scripts and its styles are written as they are', () => {
  const page = h(null, [
    { type: 'doctype' },
    h('html', { lang: 'en' }, [
      h('head', [h('style', 'a > b { c: "d" }'), h('meta', { charSet: 'utf-8' })]),
      h('body', [h('script', { type: 'module' }, 'if (a < b && c) d();')]),
    ]),
  ]);
  expect(toHtml(page)).toBe(
    '<!doctype html><html lang="en"><head><style>a > b { c: "d" }</style><meta charset="utf-8"></head>' +
      '<body><script type="module">if (a < b && c) d();</script></body></html>',
  );
});

test('no name of a property becomes markup', () => {
  expect(() => toHtml(h('p', { 'x onclick=alert(1) y': 'z' }))).toThrow(RangeError);
});
