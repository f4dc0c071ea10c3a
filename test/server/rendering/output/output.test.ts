import { expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/nbformat/notebook.js';
import { traceExamples } from '../../../chart/trace-examples.js';
import { code, display, notebookOf, prose } from '../../published.js';
import { body } from '../content.js';

/** What a page shows of one output in these representations. */
function shown(data: JsonObject, metadata: JsonObject = {}): string {
  return body(notebookOf([code('', [display(data, metadata)])]));
}

const plot = { data: [{ type: 'bar', x: ['a'], y: [1] }] };

test('of several representations the richest safe one is shown', () => {
  expect(shown({ 'text/plain': 'text', 'text/html': '<b>html</b>' })).toContain('<b>html</b>');
  expect(shown({ 'text/html': '<b>html</b>', 'image/png': 'aGk=' })).toContain('<img');
  const figure = { 'application/vnd.plotly.v1+json': plot, 'text/html': '<b>html</b>' };
  expect(shown(figure)).toContain('<figure class="chart"');
});

test('a representation of which nothing safe remains gives way to the next', () => {
  const script = { 'text/html': '<div id="x"></div><script>draw()</script>' };
  expect(shown({ ...script, 'text/plain': 'a chart' })).toContain('a chart');
  expect(shown(script)).toContain('Published pages do not run scripts of notebooks.');
  expect(shown({ 'application/vnd.plotly.v1+json': 'no JSON', 'text/plain': 'text' })).toContain(
    'text',
  );
  expect(shown({ 'image/png': '"><script>alert(1)</script>', 'text/plain': 'text' })).toContain(
    '>text<',
  );
  expect(shown({ 'application/javascript': 'alert(1)' })).toContain('do not run scripts');
});

test('a plotly figure may be an object or JSON text', () => {
  for (const value of [plot, JSON.stringify(plot)]) {
    expect(shown({ 'application/vnd.plotly.v1+json': value })).toContain('<figure class="chart"');
  }
});

test('a scatter of 100,000 points weighs little more than its numbers', () => {
  const x = Array.from({ length: 100_000 }, (_, index) => index);
  const y = x.map((index) => Math.sin(index / 500));
  const data = [{ type: 'scatter', mode: 'markers', x, y }];
  const html = shown({ 'application/vnd.plotly.v1+json': { data } });
  expect(html).toContain('<svg');
  expect(html).not.toContain('<circle');
  expect(html.length).toBeLessThan(3_000_000);
});

test.each(['table', 'sankey', 'parcoords', 'parcats', 'surface', 'splom'])(
  'of a %s, which only the script draws, the data stand open on the page',
  (type) => {
    const { trace, rows = [] } = traceExamples[type] ?? { trace: {} };
    const html = shown({ 'application/vnd.plotly.v1+json': { data: [{ type, ...trace }] } });
    const [, table = ''] = /<details open[^>]*>.*?<tbody>(.*?)<\/tbody>/s.exec(html) ?? [];
    expect(table.match(/<tr>/g)).toHaveLength(rows.length);
    expect(html).toContain('.csv');
  },
);

test('types without a look of their own are shown as JSON, others named', () => {
  expect(shown({ 'application/geo+json': { type: 'Point' } })).toContain('application/geo+json');
  expect(shown({ 'application/x-thing': 'x', '<b>': 'y' })).toContain(
    'This output cannot be shown here: application/x-thing, &#x3C;b>.',
  );
  expect(shown({})).toContain('it is empty');
});

test('long JSON folds, short JSON does not, very deep JSON ends', () => {
  expect(shown({ 'application/json': { a: 1 } })).toContain('<pre class="json"');
  const long = shown({ 'application/json': Array.from({ length: 500 }, (_, index) => index) });
  expect(long).toContain('<details open><summary>');
  expect(long).toContain('… 300 more');
  let deep: JsonObject = {};
  for (let level = 0; level < 5000; level += 1) deep = { deep };
  expect(shown({ 'application/json': deep })).toContain('{1 key}');
});

test('an image has its size and description from the metadata', () => {
  const png = { 'image/png': 'aGk=\n' };
  expect(shown(png, { 'image/png': { width: 20, alt: 'A dot' }, height: '10' })).toContain(
    '<img src="data:image/png;base64,aGk=" alt="A dot" width="20" height="10" loading="lazy">',
  );
  expect(shown(png, { width: '"><script>', height: -1 })).toContain(
    '<img src="data:image/png;base64,aGk=" alt="Picture put out by cell 1" loading="lazy">',
  );
});

test('an SVG is an image, where it can run nothing', () => {
  const html = shown({ 'image/svg+xml': ['<svg>', '<script>alert(1)</script></svg>'] });
  const data = /src="data:image\/svg\+xml;base64,([^"]+)"/.exec(html)?.[1] ?? '';
  expect(Buffer.from(data, 'base64').toString()).toBe(
    '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
  );
  expect(html).not.toContain('<script');
});

test('what a stream wrote in pieces is one text, in the order of the streams', () => {
  const stream = (name: string, text: string) => ({ output_type: 'stream' as const, name, text });
  const html = body(
    notebookOf([
      code('', [stream('stdout', 'a\n'), stream('stdout', 'b\n'), stream('stderr', 'c')]),
    ]),
  );
  expect(html).toContain('>a\nb</pre>');
  expect(html.indexOf('a\nb')).toBeLessThan(html.indexOf('standard error'));
});

test('cards of one cell stand side by side', () => {
  const metric = (label: string, value: string | number) =>
    display({ 'application/vnd.daybook.metric+json': { label, value, trend: [1, null, 3] } });
  const html = body(notebookOf([code('', [metric('One', '1'), metric('Two', 1234.5)])]));
  expect(html.match(/class="metrics"/g)).toHaveLength(1);
  expect(html).toContain('<p class="metric-value">1,234.5</p>');
});

test('an error shows where it happened, with the lines around', () => {
  const error = {
    output_type: 'error' as const,
    ename: 'TypeError',
    evalue: 'boom is <not> a function',
    traceback: ['TypeError: boom', '', '  1 | one', '> 2 | boom(a);', '    | ^'],
  };
  const html = body(notebookOf([prose('# T'), code('one\nboom(a);\nthree', [error])]));
  expect(html).toContain('Cell 2, line 2');
  expect(html).toContain('boom is &#x3C;not> a function');
  expect(html.replace(/<[^>]+>/g, '')).toContain('1  one\n2  boom(a);\n   ^\n3  three\n');
  const without = body(
    notebookOf([code('one', [{ ...error, traceback: ['at \u001b[31mx\u001b[0m'] }])]),
  );
  expect(without).toContain('<details class="traceback" open>');
  expect(without).toContain('<span class="ansi-red">x</span>');
});

test('tags of Jupyter Book and nbconvert hide what they name', () => {
  const one = (tags: string[], source = 'secret()') =>
    body(
      notebookOf([
        code(source, [{ output_type: 'stream', name: 'stdout', text: 'out' }], { tags }),
      ]),
    );
  expect(one(['remove-cell'])).toBe('');
  expect(one(['remove_input'])).not.toContain('secret');
  expect(one(['remove-output'])).not.toContain('out');
  expect(one(['hide-output'])).toContain('<details class="folded-output">');
  expect(one(['"><script>alert(1)</script>'])).not.toContain('<script');
});

test.each([
  ['// Draw the churn rate\nplot()', 'Draw the churn rate'],
  ['# Python comment.\nx', 'Python comment'],
  ['/** What it does: */\nx', 'What it does'],
  ['-- SQL\nselect 1', 'SQL'],
  ['\n\nconst a = 1;\n// later', 'const a = 1;'],
  ['// @ts-expect-error\nx', '// @ts-expect-error'],
  [`// ${'x'.repeat(200)}`, `${'x'.repeat(89)}…`],
])('code is folded to one line: %j', (source, label) => {
  expect(body(notebookOf([code(source)]))).toContain(`<span class="code-label">${label}</span>`);
});
