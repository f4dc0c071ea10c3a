import fc from 'fast-check';
import { fromHtml } from 'hast-util-from-html';
import type { Nodes } from 'hast';
import { expect, test } from 'vitest';
import { hasMoreRows, readTableRows, type TableRows } from '../../src/chart/table/table-rows.js';
import type { Json } from '../../src/nbformat/notebook.js';
import { tableBundle } from '../../src/display/table.js';
import { formatMonth } from '../../src/display/wording.js';

const rows = [
  { month: '2019-01-01', customers: 1200, rate: '0.125', note: null },
  { month: '2019-02-01', customers: 7n, rate: null, note: 'a < b' },
];

test('a table as HTML: caption, scopes, numbers by class, missing values as a dash', () => {
  const bundle = tableBundle(rows, {
    caption: 'Churn',
    columns: [{ key: 'month', label: 'Month', format: formatMonth }, 'customers', 'rate', 'note'],
  });
  expect(bundle['text/html']).toBe(
    [
      '<table class="daybook-table">',
      '<caption>Churn (2 rows)</caption>',
      '<thead><tr><th scope="col">Month</th><th scope="col" class="number">customers</th>' +
        '<th scope="col" class="number">rate</th><th scope="col">note</th></tr></thead>',
      '<tbody>',
      '<tr><th scope="row">January 2019</th><td class="number">1,200</td>' +
        '<td class="number">0.125</td><td class="null">–</td></tr>',
      '<tr><th scope="row">February 2019</th><td class="number">7</td>' +
        '<td class="number null">–</td><td>a &lt; b</td></tr>',
      '</tbody>',
      '</table>',
    ].join('\n'),
  );
});

test('the same as plain text, numbers at the right', () => {
  expect(tableBundle(rows, { columns: ['month', 'customers'] })['text/plain']).toBe(
    ['2 rows', '', 'month       customers', '2019-01-01      1,200', '2019-02-01          7'].join(
      '\n',
    ),
  );
});

test('keys lose their underscores, objects become JSON, dates RFC 3339', () => {
  const bundle = tableBundle([{ first_seen: new Date(0), payload: { a: 1 } }]);
  expect(bundle['text/plain']).toBe(
    ['1 row', '', 'first seen                payload', '1970-01-01T00:00:00.000Z  {"a":1}'].join(
      '\n',
    ),
  );
});

test('the first column names the rows: at the left, its numbers as they are', () => {
  const bundle = tableBundle([{ year: 2019, customers: 2019 }]);
  expect(bundle['text/html']).toContain(
    '<tr><th scope="row">2019</th><td class="number">2,019</td></tr>',
  );
});

test('a long table says how much of it is shown', () => {
  const many = Array.from({ length: 1234 }, (_, n) => ({ n }));
  const { 'text/html': html } = tableBundle(many, { caption: 'All' });
  expect(html).toContain('<caption>All (the first 100 of 1,234 rows)</caption>');
  expect(html.match(/<tr>/g)).toHaveLength(101);
});

test('no rows are a table too', () => {
  expect(tableBundle([], { caption: 'Nothing' })['text/plain']).toContain('Nothing (0 rows)');
  const typed: { plan: string }[] = [];
  expect(tableBundle(typed, { columns: ['plan'] })['text/html']).toContain(
    '<th scope="col">plan</th>',
  );
});

test('no text of a cell or a head ever becomes markup', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (key, value) => {
      // The parser itself replaces NUL and carriage returns.
      fc.pre(!/[\0\r]/.test(key + value) && key !== '__proto__');
      const { 'text/html': html } = tableBundle([{ [key]: value }], { caption: value });
      const elements = tagNames(fromHtml(html, { fragment: true }));
      expect(elements).toEqual(['table', 'caption', 'thead', 'tr', 'th', 'tbody', 'tr', 'th']);
    }),
  );
});

function tagNames(node: Nodes): string[] {
  const own = node.type === 'element' ? [node.tagName] : [];
  return 'children' in node ? [...own, ...node.children.flatMap(tagNames)] : own;
}

test('the numbers of a column have as many digits after the point', () => {
  const rows = [
    { month: 'May', turnover: 116886.9, share: 0.5, orders: 3 },
    { month: 'June', turnover: 76447.98, share: 1, orders: 1200 },
    { month: 'July', turnover: null, share: 0.123456, orders: 7n },
  ];
  expect(tableBundle(rows)['text/html']).toContain(
    '<tr><th scope="row">May</th><td class="number">116,886.90</td>' +
      '<td class="number">0.50</td><td class="number">3</td></tr>\n' +
      '<tr><th scope="row">June</th><td class="number">76,447.98</td>' +
      '<td class="number">1.00</td><td class="number">1,200</td></tr>\n' +
      '<tr><th scope="row">July</th><td class="number null">–</td>' +
      '<td class="number">0.12</td><td class="number">7</td></tr>',
  );
});

test('rows that are not shown come with the table, as values with their texts', () => {
  const many = Array.from({ length: 274 }, (_, n) => ({ n, share: n / 8, day: '2019-05-01' }));
  const bundle = tableBundle(many, {
    caption: 'All',
    limit: 20,
    columns: ['n', 'share', { key: 'day', label: 'Month', type: 'date', format: formatMonth }],
  });
  const rows = bundle['application/vnd.daybook.table+json'] as {
    caption: string;
    heads: string[];
    rows: unknown[];
  };
  expect(bundle['text/html'].match(/<tr>/g)).toHaveLength(21);
  expect(rows.caption).toBe('All (274 rows)');
  expect(rows.heads).toEqual(['n', 'share', 'Month']);
  expect(rows.rows).toHaveLength(274);
  expect(rows.rows[273]).toEqual([273, [34.125, '34.13'], ['2019-05-01', 'May 2019']]);
  // What is shown whole needs nothing more on the page.
  const whole = tableBundle(many.slice(0, 20), { id: 'all', limit: 20 });
  const few = readTableRows(whole['application/vnd.daybook.table+json']);
  expect(few).toMatchObject({ id: 'all', caption: '20 rows', shown: 20 });
  expect([rows, few].map((one) => hasMoreRows(one as TableRows))).toEqual([true, false]);
  expect(readTableRows(JSON.parse(JSON.stringify(rows)) as Json)).toEqual(rows);
});

test('of very many rows the first ten thousand come with it, and the caption says so', () => {
  const many = Array.from({ length: 10_500 }, (_, n) => ({ n }));
  const rows = readTableRows(tableBundle(many)['application/vnd.daybook.table+json']);
  expect(rows?.rows).toHaveLength(10_000);
  expect(rows?.caption).toBe('the first 10,000 of 10,500 rows');
});

test('rows of another form are none', () => {
  const good = { caption: '', heads: ['a'], rows: [[1, 'x', null, [1, '1.0']]] };
  expect(readTableRows(good as Json)).toBeDefined();
  for (const rows of [[[{}]], [[[1]]], [[[1, 2]]], [1], 'x', [[true]]]) {
    expect(readTableRows({ ...good, rows })).toBeUndefined();
  }
  expect(readTableRows({ ...good, heads: [1] })).toBeUndefined();
});

test('columns that draw keep their numbers as text and as values; others say what they take', () => {
  const sales = [
    { shop: 'a', share: '0.5', trend: [1, null, 2.25] },
    { shop: 'b', share: null, trend: null },
  ];
  const bundle = tableBundle(sales, {
    columns: ['shop', { key: 'share', draw: 'bar' }, { key: 'trend', draw: 'sparkline' }],
  });
  expect(bundle['text/html']).toContain('<td>1.00; –; 2.25</td>');
  const rowsOfTable = readTableRows(bundle['application/vnd.daybook.table+json']);
  expect(rowsOfTable?.drawings).toEqual([null, 'bar', 'sparkline']);
  expect(rowsOfTable?.rows).toEqual([
    ['a', '0.5', ['[1,null,2.25]', '1.00; –; 2.25']],
    ['b', null, null],
  ]);
  const wrong = (rows: readonly { value: unknown }[], draw: 'bar' | 'sparkline') => () =>
    tableBundle(rows, { columns: [{ key: 'value', draw: draw as 'bar' }] });
  expect(wrong([{ value: 1 }, { value: 'many' }], 'bar')).toThrow(
    '`draw: \'bar\'` takes numbers, and row 2 of the column `value` is the string "many". Draw another column, or ' +
      'turn its values into numbers.',
  );
  expect(wrong([{ value: [1, 'x'] }], 'sparkline')).toThrow('is a list with the string "x"');
  expect(wrong([{ value: 3 }], 'sparkline')).toThrow(
    "`draw: 'sparkline'` takes lists of numbers, and row 1 of the column `value` is the number 3. Have the query " +
      'make them: `array_agg(amount order by month)`.',
  );
  expect(wrong([{ value: Array.from({ length: 401 }, () => 1) }], 'sparkline')).toThrow(RangeError);
});
