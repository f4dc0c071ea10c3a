import { expect, test } from 'vitest';
import { cleanPlotlyText, plainText } from '../../../src/chart/figure/plotly-text.js';
import { toCsv } from '../../../src/chart/files/csv.js';
import { compareValues, pageValues } from '../../../src/server/rendering/page-values.js';
import { anchorHeadings } from '../../../src/server/rendering/notebook/anchors.js';
import { cellDependencies } from '../../../src/server/rendering/notebook/cell-dependencies.js';
import { codeLabel } from '../../../src/server/rendering/notebook/code-label.js';
import { edgeBound } from '../../../src/server/rendering/markdown/diagram.js';
import { htmlToContent } from '../../../src/server/rendering/output/output.js';
import { imageElement } from '../../../src/server/rendering/output/image.js';
import { readNotebookPage } from '../../../src/server/rendering/notebook/notebook-page.js';
import { queryDetails } from '../../../src/server/rendering/notebook/figure-queries.js';
import { terminalText } from '../../../src/server/rendering/text/terminal-text.js';
import { code, display, notebookOf } from '../published.js';
import { body, context, html, markdown } from './content.js';

/** So many of a token: where time grows with the square of them, a test takes longer than tests may. */
const many = 1_000_000;

const blanks = ' \u2028'.repeat(many / 2);

test('the label of code: blanks within a comment, and blank lines before one', () => {
  expect(codeLabel(`// a${blanks}b`)).toMatch(/^a/);
  expect(codeLabel(`${'\n'.repeat(many)}/* The year. */`)).toBe('The year');
  expect(codeLabel(`${' \n'.repeat(many)}"""\nWords`)).toBe('Words');
  expect(codeLabel('#')).toBe('#');
  expect(codeLabel('/**\n * Sums.\n */')).toBe('Sums');
});

test('code: blanks before its end, and what looks for the names in it', () => {
  const source = `const a = 1;${'\n'.repeat(many)}a`;
  const page = readNotebookPage(notebookOf([code(source), code(`b(a);${blanks}`)]), { name: 'x' });
  expect(page.cells[1]?.code?.source).toBe('b(a);');
  expect([...(page.cells[1]?.dependencies ?? [])]).toEqual([2, 1]);
});

test.each([
  '/*',
  "'",
  "\\'",
  '"',
  '\n',
  ' \n',
  'const {\n',
  'const ',
  'a\n',
  'let x = 1\n',
  '# ',
  '`${',
])('the names in code that repeats %j', (token) => {
  const count = Math.ceil(many / token.length);
  const notebook = notebookOf([code(token.repeat(count)), code(`'${token.repeat(count)}`)]);
  expect(cellDependencies(notebook).size).toBe(2);
});

test('strings and comments use no names, templates do', () => {
  const cells = [code('const total = 1'), code("say('total') // total"), code("`it's ${total}`")];
  const behind = cellDependencies(notebookOf(cells));
  expect([...(behind.get(2) ?? [])]).toEqual([2]);
  expect([...(behind.get(3) ?? [])]).toEqual([3, 1]);
});

test('SQL below a figure: blanks and lines of any number', () => {
  const query = { tables: [], rows: 1, milliseconds: 1, cell: 1 };
  for (const sql of [
    `select 1${' '.repeat(many)}x`,
    `${'\n'.repeat(many)} a`,
    ' a\n'.repeat(many),
  ]) {
    expect(
      html([
        queryDetails({ queries: [{ ...query, sql }], source: undefined }, 'x') ?? {
          type: 'text',
          value: '',
        },
      ]),
    ).toContain('sql');
  }
  const indented = { ...query, sql: '\n    select\n      1\n    from a\n  ' };
  expect(
    html([
      queryDetails({ queries: [indented], source: undefined }, 'x') ?? { type: 'text', value: '' },
    ]),
  ).toMatch(/select<\/span>\n {2}.*1.*\n.*from/);
});

test('an SVG that begins over and over', () => {
  const svg = '<svg '.repeat(many);
  expect(String(imageElement('image/svg+xml', svg, {}, 'x')?.properties['src'])).toMatch(/^data:/);
  const decode = (text: string) =>
    Buffer.from(
      String(imageElement('image/svg+xml', text, {}, 'x')?.properties['src']).split(',')[1] ?? '',
      'base64',
    ).toString();
  expect(decode('<svg\n xmlns = "x"><svg>')).toBe('<svg\n xmlns = "x"><svg>');
  expect(decode('<?xml?><SVG a="1"><p xmlns="">')).toBe(
    '<?xml?><SVG xmlns="http://www.w3.org/2000/svg" a="1"><p xmlns="">',
  );
});

test('a stream of carriage returns', () => {
  expect(terminalText(`a${'\r'.repeat(many)}b`)).toEqual([{ type: 'text', value: 'b' }]);
  expect(terminalText(`a${'\r'.repeat(many)}\nb`)).toEqual([{ type: 'text', value: 'a\nb' }]);
  expect(terminalText('ab\rc\r\r\nd\r\n')).toEqual([{ type: 'text', value: 'cb\nd\n' }]);
});

test('headings, rows and columns of one name', () => {
  const headings = htmlToContent('<h2>a</h2>'.repeat(30_000), context) ?? [];
  const contents = anchorHeadings([{ nodes: headings, idPrefix: 'c1-' }]);
  expect(contents.slice(0, 3).map(({ id }) => id)).toEqual(['s-a', 's-a-1', 's-a-2']);
  expect(new Set(contents.map(({ id }) => id)).size).toBe(30_000);
  const table = `<table>${'<tr><td>a</td><td>1</td></tr>'.repeat(30_000)}</table>`;
  const notebook = notebookOf([code('x', [display({ 'text/html': table })])]);
  const values = pageValues(readNotebookPage(notebook, { name: 'x' }));
  expect(values.slice(0, 2).map(({ name }) => name)).toEqual(['a, 1', 'a, 1 (2)']);
  expect(compareValues(values, values)).toEqual([]);
});

test('a diagram has as many lines as its pairs', () => {
  const list = (name: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${name}${index}`).join(' & ');
  expect(edgeBound('graph TD\nA --> B\nB -->|no| C; C -.-> D ==> E')).toBe(4);
  expect(edgeBound(`graph TD\n${list('A', 3)} --> ${list('B', 3)}`)).toBe(9);
  expect(edgeBound(`graph TD\n${list('A', 25)} --> ${list('B', 25)}`)).toBeGreaterThanOrEqual(625);
  const notebook = (count: number) =>
    `\`\`\`mermaid\ngraph TD\n${list('A', count)} --> ${list('B', count)}\n\`\`\``;
  expect(markdown(notebook(25))).toContain('shown as its source');
});

test.each([
  ['code with templates within each other', '`${'.repeat(20_000)],
  ['code with brackets', '({['.repeat(50_000)],
])('what has no end of depth has no colours: %s', (_, source) => {
  expect(body(notebookOf([code(source)]))).toContain('</pre>');
});

test.each([
  ['a word without end', `*/${'a'.repeat(200_000)}`],
  ['blank lines without end', `a${'\n'.repeat(60_000)}b`],
  ['signs without end, on many lines', `${'<->'.repeat(300)}\n`.repeat(200)],
])('code that would take the square of its length has no colours: %s', (_, source) => {
  expect(body(notebookOf([code(source)]))).not.toContain('hljs-');
});

test('footnotes within each other are shown as they were written', () => {
  const source = Array.from({ length: 3000 }, (_, depth) => `[^${depth}]: `).join('');
  expect(markdown(source)).toContain('Shown as it was written');
  expect(markdown('a[^1]\n\n[^1]: - > b')).toContain('<blockquote>');
});

test('tags that are there once other tags are gone are gone, too', () => {
  expect(cleanPlotlyText('<a<x> href="https://e.example">x</a<y>>')).toBe('x');
  expect(cleanPlotlyText('<<x>a href=x>y')).toBe('y');
  expect(cleanPlotlyText('<a <b>href=x>y')).toBe('<a <b>href=x>y');
  expect(cleanPlotlyText('a < b, <B class="x">c</B> > d<br/>')).toBe('a < b, <b>c</b> > d<br>');
  expect(plainText('a<br />b<a<x> href=y>c</a> &amp; &#x41; < d')).toBe(
    'ab'.replace('b', ' bc & A < d'),
  );
  for (const token of ['<', '<a', '<a ', '<a<x> ', '>', '<<>', '&', '&#', '<b>']) {
    expect(cleanPlotlyText(token.repeat(many / token.length))).toBeTypeOf('string');
  }
});

test('fields of a CSV that spreadsheets would take for formulas are text', () => {
  const table = (value: string) => ({
    columns: [{ label: 'a', format: String }],
    rows: [[value]],
  });
  for (const start of [
    '=',
    '+',
    '-',
    '@',
    '\t',
    '\r',
    '\n',
    ' =',
    '\uFF1D',
    '\uFF0B',
    '\uFF0D',
    '\uFF20',
    '\u00a0=',
  ]) {
    expect(
      toCsv(table(`${start}1+1`))
        .split('\r\n')[1]
        ?.replace(/^"/, ''),
    ).toMatch(/^'/);
  }
  expect(toCsv(table('\0=1+1'))).not.toContain('\0');
  expect(toCsv(table('a=b'))).toContain('\r\na=b\r\n');
});
