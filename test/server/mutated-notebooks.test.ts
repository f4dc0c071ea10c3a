import fc from 'fast-check';
import { fromHtml } from 'hast-util-from-html';
import { visit } from 'unist-util-visit';
import { expect, test } from 'vitest';
import { DaybookError } from '../../src/errors.js';
import type { Json } from '../../src/nbformat/notebook.js';
import { parseNotebook } from '../../src/nbformat/read-notebook.js';
import { notebookBody } from '../../src/server/rendering/notebook/notebook-body.js';
import { readNotebookPage } from '../../src/server/rendering/notebook/notebook-page.js';
import { terminalText } from '../../src/server/rendering/text/terminal-text.js';
import { toHtml } from '../../src/server/rendering/html/to-html.js';
import { hostileCharts, hostileNotebook } from './hostile-notebook.js';
import { markdown } from './rendering/content.js';

const payloads = ['<img src=x onerror=alert(1)>', 'x</script><script>alert(1)</script>'];
const whole = JSON.stringify(
  {
    ...hostileNotebook(payloads),
    cells: [...hostileNotebook(payloads).cells, ...hostileCharts(payloads).cells].map(
      (cell, index) => ({ ...cell, id: `c${index}` }),
    ),
  },
  // The one value there that breaks the format.
  (name, value: unknown) => (name === 'collapsed' ? undefined : value),
);

/** Values that nothing expects where they stand. */
const strange = fc.oneof(
  fc.constantFrom<Json>(
    ...[null, true, -1, 1e308, '', '\u0000', '\ud800', '__proto__', 'x'.repeat(100_000)],
    ...[[], {}, [[]], [null], ['a', 1], { a: { b: [] } }],
    ...['$\\def\\a{\\a\\a}\\a$', '```mermaid\ngraph TD\n'.repeat(50), '\u001b[38;5;', '<svg><svg>'],
    ...['<div>'.repeat(3000), '> '.repeat(500), '- '.repeat(3000), '['.repeat(3000)],
  ),
  fc.jsonValue().map((value) => value as Json),
);

/** The way to every place in a notebook. */
function placesIn(value: Json): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) => [
    [name],
    ...placesIn(child).map((way) => [name, ...way]),
  ]);
}

const mutation = fc.record({
  way: fc.constantFrom(...placesIn(JSON.parse(whole) as Json)),
  value: fc.option(strange, { nil: undefined }),
});

/** Puts a value in a place, or takes away what is there. */
function mutate(value: Json, way: readonly string[], put: Json | undefined): void {
  const [name] = way;
  if (typeof value !== 'object' || value === null || name === undefined) return;
  const entries = value as Record<string, Json>;
  const child = entries[name];
  if (way.length > 1 && typeof child === 'object' && child !== null) {
    mutate(child, way.slice(1), put);
  } else if (put !== undefined) {
    // A copy: the same value may be put in several places, and in itself.
    Object.defineProperty(entries, name, { value: structuredClone(put), enumerable: true });
  } else if (Array.isArray(value)) {
    value.splice(Number(name), 1);
  } else {
    Reflect.deleteProperty(entries, name);
  }
}

test('a notebook with anything changed in it becomes a safe body, or is refused by name', () => {
  expect(parseNotebook(whole, 'whole.ipynb').cells.length).toBeGreaterThan(10);
  let shown = 0;
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
      const document = JSON.parse(whole) as Json;
      for (const { way, value } of mutations) mutate(document, way, value);
      const text = JSON.stringify(document);
      let notebook;
      try {
        notebook = parseNotebook(text, 'mutated.ipynb');
      } catch (error) {
        expect(error).toBeInstanceOf(DaybookError);
        return;
      }
      const page = readNotebookPage(notebook, { name: 'mutated' });
      const body = notebookBody(page, {
        files: (name, form) => `${name}.${form}`,
        showsCode: false,
      });
      const html = toHtml({ type: 'root', children: body });
      visit(fromHtml(html, { fragment: true }), 'element', ({ tagName, properties }) => {
        expect(tagName).not.toMatch(/^(?:iframe|object|embed|style|link|form|base|meta)$/);
        if (tagName === 'script') expect(properties['type']).toBe('application/json');
        expect(Object.keys(properties).filter((name) => /^on/i.test(name))).toEqual([]);
        expect(properties['href'] ?? '').not.toMatch(/^\s*javascript:/i);
      });
      shown += 1;
    }),
    { numRuns: 100, seed: 1122 },
  );
  expect(shown).toBeGreaterThan(10);
});

// Each of these took minutes, or overflowed the stack: time grew with the square of the text.
test.each([
  ['emphasis that nothing ends', '*a_ '.repeat(50_000)],
  ['emphasis that ends nothing', 'a**'.repeat(60_000)],
  ['links within links', '[a]('.repeat(50_000)],
  ['links around links', '['.repeat(8000) + '](x)'.repeat(8000)],
  ['a bracket before many words', `[ ${'x '.repeat(100_000)}`],
  ['lists in lists', `${'- '.repeat(50_000)}x`],
  ['a quote that goes on and on without its mark', `> a\n${'x\n'.repeat(100_000)}`],
  ['many quotes', '> a\n\n'.repeat(40_000)],
  ['lists by turns', '- a\n+ a\n'.repeat(30_000)],
])('markdown of marks alone is read in time: %s', (_, source) => {
  expect(source.length).toBeLessThan(256 * 1024);
  expect(markdown(source)).toMatch(/^<(?:p|pre)\b/);
});

test('emphasis and links of a long paragraph count up to a thousand', () => {
  const html = markdown('*a* '.repeat(2000));
  expect(html.match(/<em>/g)?.length).toBe(500);
  expect(html).toContain('*a* *a*');
});

test('a terminal is told a hundred thousand colours at once', () => {
  expect(terminalText(`\u001b[${'38;5;1;'.repeat(100_000)}1mx`)).toEqual([
    expect.objectContaining({ children: [{ type: 'text', value: 'x' }] }),
  ]);
});
