import fc from 'fast-check';
import type { ElementContent } from 'hast';
import { fromHtml } from 'hast-util-from-html';
import { sanitize } from 'hast-util-sanitize';
import { visit } from 'unist-util-visit';
import { expect, test } from 'vitest';
import { sanitizeTree, schema } from '../../../../src/server/rendering/html/sanitize.js';
import { cleaned, html, markdown } from '../content.js';

test.each([
  ['scripts go with their content', '<p>a<script>alert(1)</script>b</p>', '<p>ab</p>'],
  ['styles go with their content', '<style>*{display:none}</style><p>a</p>', '<p>a</p>'],
  ['event handlers go', '<p onclick="alert(1)" onmouseover=alert(1)>a</p>', '<p>a</p>'],
  ['style attributes go', '<p style="position:fixed;inset:0">a</p>', '<p>a</p>'],
  [
    'forms leave their text',
    '<form action="//x"><p>a</p><button formaction=x>b</button></form>',
    '<p>a</p>b',
  ],
  ['frames go', '<iframe srcdoc="<script>alert(1)</script>"></iframe><p>a</p>', '<p>a</p>'],
  ['objects go', '<object data="x"><p>in</p></object><embed src=x><p>a</p>', '<p>a</p>'],
  ['hidden SVG goes', '<svg style="display: none"><text>t</text></svg><p>a</p>', '<p>a</p>'],
  ['MathML goes', '<math><mtext><img src=x onerror=alert(1)></mtext></math><p>a</p>', '<p>a</p>'],
  ['data attributes go', '<p data-commandlinker-command="x" data-plotly="x">a</p>', '<p>a</p>'],
  [
    'names go, ids are prefixed',
    '<p id="content" name="location">a</p>',
    '<p id="c1-content">a</p>',
  ],
  [
    'classes of the page go',
    '<div class="banner banner-failed daybook-note">a</div>',
    '<div class="daybook-note">a</div>',
  ],
  [
    'base, meta, link go',
    '<base href="//x"><meta http-equiv=refresh content=0><link rel=stylesheet href=x>a',
    'a',
  ],
  ['cells outside a table leave their text', '<td>a</td>', 'a'],
  ['comments go', '<p>a<!-- --><!--[if IE]><script>x</script><![endif]--></p>', '<p>a</p>'],
])('%s', (_, source, expected) => {
  expect(cleaned(source).trim()).toBe(expected);
});

test('inline SVG is an image, which runs and loads nothing, and no part of the page', () => {
  const svg =
    '<svg viewBox="0 0 2 1" width="20px" onload="alert(1)"><title>Sales &amp; more</title><script>alert(1)</script>' +
    '<image xlink:href="https://e.example/x.png"/><path d="M0 0"/></svg>';
  for (const shown of [cleaned(`<div>Sparkline: ${svg}</div>`), markdown(`a ${svg} b`)]) {
    const [, data = ''] = /<img src="data:image\/svg\+xml;base64,([^"]+)"/.exec(shown) ?? [];
    const text = Buffer.from(data, 'base64').toString();
    expect(text).toContain('<svg viewBox="0 0 2 1"');
    expect(text).toContain('xmlns="http://www.w3.org/2000/svg"');
    expect(text).toContain('xmlns:xlink=');
    expect(shown).toContain('alt="Sales &#x26; more" width="20"');
    expect(shown).not.toMatch(/<svg|<script|onload|<path/);
  }
  expect(cleaned('<svg a"b="c"><path/></svg>')).toContain('is left out');
  expect(cleaned(`<svg>${'<g>'.repeat(50_000)}</svg>`)).toContain('is left out');
});

test('links to notebooks in other folders lead to their pages', () => {
  for (const href of [
    'plans.ipynb',
    '../../render/plans.ipynb',
    'sub/plans.ipynb',
    '../../plans.ipynb',
    '../../../a/plans.ipynb',
  ]) {
    expect(cleaned(`<a href="${href}#x">a</a>`)).toBe('<a href="/notebooks/plans#x">a</a>');
  }
  for (const href of [
    '/plans.ipynb',
    '//e.example/plans.ipynb',
    'sub/other.ipynb',
    'x:plans.ipynb',
  ]) {
    expect(cleaned(`<a href="${href}">a</a>`)).toBe('<a>a</a>');
  }
});

test('what the parser mends is mended before it is cut down, not after', () => {
  // Mutation XSS: harmless as text, dangerous once parsed a second time.
  for (const source of [
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
    '<xmp><p title="</xmp><img src=x onerror=alert(1)>">',
  ]) {
    const once = cleaned(source);
    expect(once).not.toMatch(/<[^>]*\sonerror/);
    expect(html(fromHtml(once, { fragment: true }).children as ElementContent[])).toBe(once);
  }
});

test('nesting has an end, and what is deeper is text', () => {
  const deep = cleaned(`${'<div>'.repeat(1000)}deep`);
  expect(deep).toContain('deep');
  expect(deep.match(/<div>/g)?.length).toBeLessThan(110);
  expect(cleaned(`${'<b>'.repeat(100_000)}deep`)).toContain('deep');
  expect(markdown(`${'<div>'.repeat(100_000)}\n\ntext`)).toContain('text');
});

/** HTML of hostile parts in any order. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...['<script>', '</script>', '<style>', '</style>', '<svg>', '</svg>', '<math>', '<mtext>'],
        ...[
          '<table>',
          '<td>',
          '<a href="',
          '<img src=x onerror="',
          '<p title="',
          '">',
          "'",
          '<!--',
          '-->',
        ],
        ...['javascript:alert(1)', '<iframe srcdoc=', '<form action=', '<template>', '</template>'],
        ...[
          '<noscript>',
          '</noscript>',
          '<textarea>',
          '<title>',
          '</title>',
          '<select>',
          '<xmp>',
          '&lt;',
        ],
        ...['$', '$$', '\\text{', '\\frac{', '}', '\\href{javascript:alert(1)}'],
        ...[
          '\u0000',
          '<![CDATA[',
          ']]>',
          '<foreignObject>',
          '<annotation-xml encoding="text/html">',
        ],
        ...[
          ' onload=alert(1) ',
          ' style="x:y" ',
          ' id=content ',
          ' class="banner" ',
          ' class="daybook-note number" ',
          ' href=https://example.org ',
          ' href=javascript:alert(1) ',
          ' align=right ',
          '<a',
          '<td',
          '<div',
          '<ol',
          '<li>',
          '<summary>',
          '<details>',
          '<input type=text checked>',
          '<p id=a>',
          '<center>',
          '/',
          '>',
          '\n',
        ],
      ),
      fc.string({ maxLength: 8 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

test('the list is kept as hast-util-sanitize keeps it, whatever comes in', () => {
  const tree = (source: string) => fromHtml(source, { fragment: true });
  fc.assert(
    fc.property(hostile, (source) => {
      const theirs = sanitize(tree(source), { ...schema, clobberPrefix: 'c1-' });
      visit(theirs, 'element', ({ properties }) => {
        // Of several classes that were all dropped, they leave an empty list.
        if (Array.isArray(properties['className']) && properties['className'].length === 0) {
          delete properties['className'];
        }
      });
      const content = theirs.type === 'root' ? theirs.children : [theirs];
      expect(html(sanitizeTree(tree(source), 'c1-'))).toBe(html(content as ElementContent[]));
    }),
    { numRuns: 500 },
  );
});

test('of any number of elements side by side, all are kept', () => {
  expect(cleaned(`<center>${'<br>'.repeat(200_000)}x</center>`)).toMatch(/<br>x$/);
  // Of elements that are dropped within others, and for want of one around them.
  const parts = `<center>${'<br>'.repeat(9000)}</center>`.repeat(20);
  expect(cleaned(`<font>${parts}x</font>`)).toMatch(/<br>x$/);
  expect(cleaned(`<li>${'<br>'.repeat(150_000)}x</li>`)).toMatch(/<br>x$/);
  expect(cleaned(`<select>${'<option>'.repeat(20_000)}</select>x`)).toBe('x');
});

test('whatever comes in, a browser reads nothing but allowed elements and attributes out of it', () => {
  const elements =
    /^(?:a|abbr|b|bdi|bdo|blockquote|br|caption|cite|code|col|colgroup|data|dd|del|details|dfn|div|dl|dt|em|figcaption|figure|h[1-6]|hr|i|img|input|ins|kbd|li|mark|ol|p|pre|q|rp|rt|ruby|s|samp|section|small|span|strike|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|time|tr|tt|u|ul|var|wbr|math|semantics|annotation|mrow|mi|mo|mn|ms|mtext|mspace|mfrac|msqrt|mroot|msub|msup|msubsup|munder|mover|munderover|mtable|mtr|mtd|mstyle|mpadded|mphantom|menclose)$/;
  const properties =
    /^(?:accent|accentunder|align|alt|columnalign|columnlines|columnspacing|depth|display|displaystyle|encoding|fence|form|largeop|linethickness|lspace|mathbackground|mathcolor|mathvariant|maxSize|minSize|maxsize|minsize|movablelimits|notation|rowlines|rowspacing|rspace|scriptlevel|separator|stretchy|symmetric|voffset|xmlns|ariaDescribedBy|ariaLabel|checked|className|colSpan|dateTime|dir|disabled|height|href|id|lang|loading|open|rel|reversed|role|rowSpan|scope|src|start|tabIndex|title|type|value|width)$/;
  fc.assert(
    fc.property(hostile, (source) => {
      for (const page of [cleaned(source), markdown(source)]) {
        visit(fromHtml(page, { fragment: true }), (node) => {
          expect(node.type).toMatch(/^(?:root|text|element)$/);
          if (node.type !== 'element') return;
          expect(node.tagName).toMatch(elements);
          for (const name of Object.keys(node.properties)) expect(name).toMatch(properties);
          const { href, src } = node.properties;
          if (href !== undefined)
            expect(href).toMatch(/^(?:https?:|mailto:|#|\/notebooks\/plans)/i);
          if (src !== undefined) expect(src).toMatch(/^data:image\//);
        });
      }
    }),
    { numRuns: 300 },
  );
});
