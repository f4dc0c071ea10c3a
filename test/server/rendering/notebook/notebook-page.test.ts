import { expect, test } from 'vitest';
import { readNotebookPage } from '../../../../src/server/rendering/notebook/notebook-page.js';
import { code, display, notebookOf, prose } from '../../published.js';
import { body } from '../content.js';

test('the first heading is the title, others of its level become sections', () => {
  const page = readNotebookPage(
    notebookOf([prose('Before.\n\n# Title *here*\n\n# One\n\n## Two\n\n### Three\n\n#### Four')]),
    { name: 'file-name' },
  );
  expect(page.title).toBe('Title here');
  expect(page.contents.map(({ text, level }) => [text, level])).toEqual([
    ['One', 2],
    ['Two', 2],
    ['Three', 3],
  ]);
});

test('a notebook without a title is called by its file', () => {
  expect(readNotebookPage(notebookOf([]), { name: 'customer-churn_2' }).title).toBe(
    'Customer churn 2',
  );
  const output = display({ 'text/html': '<h1>Not the title</h1>' });
  expect(readNotebookPage(notebookOf([code('x', [output])]), { name: 'x' }).title).toBe('X');
});

test('headings of one name have different anchors', () => {
  const { contents } = readNotebookPage(
    notebookOf([prose('## A b'), prose('## A b'), prose('## A, b!')]),
    {
      name: 'x',
    },
  );
  expect(contents.map(({ id }) => id)).toEqual(['s-a-b', 's-a-b-1', 's-a-b-2']);
});

test('links within the notebook lead to their heading, however they are written', () => {
  const html = body(
    notebookOf([
      prose('[a](#churn-by-month) [b](#Churn-by-month) [c](#own) [d](#missing) [e](#constructor)'),
      prose('## Churn by month\n\n<p id="own">x</p>'),
      prose('[f](#plans--prices-2020) [g](#Plans-&-prices,-2020)\n\n## Plans & prices, 2020'),
    ]),
  );
  expect(html).toContain('<a href="#s-plans--prices-2020">f</a>');
  expect(html).toContain('<a href="#s-churn-by-month">a</a>');
  expect(html).toContain('<a href="#s-churn-by-month">b</a>');
  expect(html).toContain('<a href="#c2-own">c</a>');
  expect(html).toContain('<a>d</a>');
  expect(html).toContain('<a>e</a>');
});

test('ids of content never meet the page’s own', () => {
  const html = body(
    notebookOf([
      prose('<p id="content">a</p>\n\n<p id="cell-1">b</p>'),
      prose('<p id="content">c</p>'),
    ]),
  );
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
  expect(ids).toEqual(['cell-1', 'c1-content', 'c1-cell-1', 'cell-2', 'c2-content']);
});

test('the language is told from the metadata, whatever stands there', () => {
  const language = (metadata: Record<string, string | Record<string, string>>) =>
    readNotebookPage(notebookOf([code('1')], metadata), { name: 'x' }).cells[0]?.code?.language
      .name;
  expect(language({ language_info: { name: 'Python' } })).toBe('python');
  expect(language({ kernelspec: { name: 'tslab' } })).toBe('tslab');
  expect(language({ kernelspec: 'BAD', language_info: '"><script>' })).toBe('');
});

test('a SQL cell is coloured and labelled as SQL, by its first line or its metadata', () => {
  const notebook = notebookOf(
    [
      code('%%sql months\nselect 1 as one'),
      code('%%sql years\n-- All years\nselect 1 as one'),
      code('-- All months\nselect 1 as one', [], { vscode: { languageId: 'sql' } }),
      code('select.one'),
    ],
    { language_info: { name: 'typescript' } },
  );
  const codes = readNotebookPage(notebook, { name: 'x' }).cells.map((cell) => cell.code);
  expect(codes.map((one) => [one?.label, one?.language.label])).toEqual([
    ['months: SQL', 'SQL'],
    ['All years', 'SQL'],
    ['All months', 'SQL'],
    ['select.one', 'TypeScript'],
  ]);
  const html = body(notebook);
  expect(html).toContain('aria-label="SQL of cell 1"');
  expect(html).toContain('<span class="hljs-keyword">select</span> <span class="hljs-number">1');
});
