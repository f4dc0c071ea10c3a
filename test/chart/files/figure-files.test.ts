import { read, utils } from '@e965/xlsx';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toCsv } from '../../../src/chart/files/csv.js';
import {
  dataOfChart,
  dataOfMetric,
  dataOfTable,
  dataOfTexts,
  exactNumber,
  type FigureData,
} from '../../../src/chart/files/figure-data.js';
import { toWorkbook } from '../../../src/chart/files/workbook.js';
import { readFigure } from '../../../src/chart/figure/figure.js';
import { metricType, readMetric } from '../../../src/chart/metric/metric.js';
import { pictureFile } from '../../../src/chart/picture/picture-address.js';
import { readTableRows } from '../../../src/chart/table/table-rows.js';
import { metricBundle } from '../../../src/display/metric.js';
import { tableBundle } from '../../../src/display/table.js';
import { formatPercent } from '../../../src/display/wording.js';

const date = new Date('2019-12-31T12:00:00Z');
const workbook = async (data: FigureData, facts: readonly (readonly [string, string])[] = []) =>
  read(await toWorkbook(data, facts, date), { cellFormula: true });

function tableOf(rows: readonly object[], columns?: Parameters<typeof tableBundle>[1]): FigureData {
  const found = readTableRows(tableBundle(rows, columns)['application/vnd.daybook.table+json']);
  if (found === undefined) throw new Error('no rows');
  return dataOfTable(found);
}

test('the data of a table are its values with their types, not their texts', () => {
  const rows = [
    {
      day: '2019-05-01',
      at: '2019-05-01T10:00:00Z',
      n: 1234,
      big: 2n ** 60n,
      exact: '1.50',
      code: '007',
      yes: true,
      none: null,
    },
    {
      day: '2019-06-01',
      at: '2019-06-01T10:00:00Z',
      n: 0.5,
      big: 1n,
      exact: '12345678901234567.25',
      code: '12',
      yes: false,
      none: null,
    },
  ];
  const data = tableOf(rows, {
    columns: [
      'day',
      'at',
      { key: 'n', format: () => 'x' } as never,
      'big',
      'exact',
      'code',
      'yes',
      'none',
    ] as never,
  });
  expect(data.columns.map(({ label, type }) => `${label}: ${type}`)).toEqual([
    ...['day: date', 'at: timestamp', 'n: number', 'big: number', 'exact: number', 'code: text'],
    ...['yes: boolean', 'none: text'],
  ]);
  expect(data.rows[0]).toEqual([
    ...['2019-05-01', '2019-05-01T10:00:00Z', 1234, '1152921504606846976', '1.50', '007', 'true'],
    null,
  ]);
});

test('the data of a table from before are read from its texts', () => {
  const data = dataOfTexts(
    ['a', 'b', 'c'],
    [
      ['x', '1,234.50', '–'],
      ['–', '−3', '4.1 %'],
    ],
  );
  expect(data.columns.map(({ type }) => type)).toEqual(['text', 'number', 'text']);
  expect(data.rows).toEqual([
    ['x', '1234.50', null],
    [null, '-3', '4.1 %'],
  ]);
});

test('the data of a card are one row: number, unit, target, and what it is compared with', () => {
  const metric = readMetric(
    metricBundle({
      ...{ label: 'Churn', value: 0.0342, format: formatPercent, unit: 'a month' },
      ...{ period: '2019-11', target: 0.05, comparison: { value: 0.02, of: 'October' } },
    })[metricType],
  );
  if (metric === undefined) throw new Error('no card');
  const data = dataOfMetric(metric);
  expect(data.columns.map(({ label, unit = '' }) => `${label} ${unit}`.trim())).toEqual([
    ...['Label', 'Value a month', 'Unit', 'Period', 'Target a month', 'Compared with a month'],
    'Which is of',
  ]);
  expect(data.rows).toEqual([['Churn', 0.0342, 'a month', '2019-11', 0.05, 0.02, 'October']]);
  expect(dataOfMetric({ ...metric, number: undefined }).rows[0]?.[1]).toBe('3.4\u00a0%');
});

test('the unit of a chart’s numbers is the sign behind them', () => {
  const figure = readFigure({
    data: [{ type: 'bar', x: ['2019-01-01'], y: [5] }],
    layout: { yaxis: { ticksuffix: ' kg' } },
  });
  expect(figure && dataOfChart(figure)?.columns).toEqual([
    { label: 'Date', type: 'date' },
    { label: 'y', type: 'number', unit: 'kg' },
  ]);
});

test.each([
  ['123456789012345', 123456789012345],
  ['1234567890123456', undefined],
  ['0.1', 0.1],
  ['0.123456789012345', 0.123456789012345],
  ['0.1234567890123456', undefined],
  ['1.500000000000000000000', 1.5],
  ['100000000000000000', undefined],
  ['-0.00', -0],
  ['007', undefined],
  ['1e5', undefined],
  ['x', undefined],
  [0.09195402298850575, 0.09195402298850575],
  [1e15, undefined],
  [1e14, 1e14],
  [Number.NaN, undefined],
  [null, undefined],
])('the exact number of %s is %s', (value, number) => {
  expect(exactNumber(value)).toBe(number);
});

test('what is exact is the same number once a spreadsheet has read its 15 digits', () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.nat(20), (whole, digits) => {
      const sign = whole < 0n ? '-' : '';
      const all = String(whole)
        .replace('-', '')
        .padStart(digits + 1, '0');
      const text = `${sign}${all.slice(0, all.length - digits)}${digits === 0 ? '' : `.${all.slice(-digits)}`}`;
      const number = exactNumber(text);
      if (number === undefined) return;
      expect(Number(number.toPrecision(15))).toBe(number);
    }),
  );
});

test('a workbook has numbers where they are exact, text with a note where they would be rounded', async () => {
  const rows = [
    { month: 'Jan', n: 1234, exact: '12345678901234567.25', share: 0.1 },
    { month: '=1+1', n: -5, exact: '1.5', share: null },
  ];
  const book = await workbook(tableOf(rows), [
    ['Run', '7'],
    ['SQL 1', '=select 1'],
  ]);
  expect(book.SheetNames).toEqual(['Data', 'About']);
  const data = book.Sheets['Data'];
  const about = book.Sheets['About'];
  if (data === undefined || about === undefined) throw new Error('no sheet');
  expect(data['B2']).toMatchObject({ t: 'n', v: 1234 });
  expect(data['B3']).toMatchObject({ t: 'n', v: -5 });
  expect(data['C2']).toMatchObject({ t: 's', v: '12345678901234567.25' });
  expect(JSON.stringify(data['C2'])).toContain('would round');
  expect(data['C3']).toMatchObject({ t: 'n', v: 1.5 });
  expect(data['A3']).toMatchObject({ t: 's', v: '=1+1' });
  expect(data['D3']).toBeUndefined();
  expect(utils.sheet_to_json(about, { header: 1 })).toEqual([
    ['Run', '7'],
    ['SQL 1', '=select 1'],
    ['Note', expect.stringContaining('more than 15 digits')],
  ]);
});

test('equal data are equal bytes', async () => {
  const data = tableOf([{ a: 1 }]);
  expect(await toWorkbook(data, [], date)).toEqual(await toWorkbook(data, [], date));
});

/** What spreadsheets, XML and programs that read files take for something else. */
const hostile = fc.oneof(
  fc.constantFrom(
    ...["=cmd|' /C calc'!A0", '+1+1', '-1+1', '@SUM(1)', '\t=1', '\r=1', '＝1', ' =1', '\0=1'],
    ...[
      '<script>alert(1)</script>',
      ']]>',
      '&amp;',
      '"',
      "'",
      'a,b',
      'a\r\nb',
      '_x0041_',
      '\ud800',
    ],
    'x'.repeat(40_000),
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
);

test('whatever stands in cells, heads and facts, no file has a formula', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(hostile, { minLength: 1, maxLength: 6 }),
      hostile,
      async (cells, head) => {
        const data = dataOfTable({ heads: [head], rows: cells.map((cell) => [cell]) });
        const book = await workbook(data, [[head, head]]);
        for (const sheet of Object.values(book.Sheets)) {
          for (const [place, cell] of Object.entries(sheet)) {
            if (place.startsWith('!')) continue;
            expect(cell).not.toHaveProperty('f');
            expect(['s', 'n', 'z']).toContain((cell as { t: string }).t);
          }
        }
        for (const cell of [...cells, head]) {
          const field = toCsv({ columns: [{ label: 'a' }], rows: [[cell]] }).slice(
            '\uFEFFa\r\n'.length,
          );
          if (/^-?\d+(?:\.\d+)?\r\n$/.test(field)) continue;
          expect(field.replace(/^"/, '')).not.toMatch(
            /^(?:[\t\n]|\r(?!\n$)|\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/,
          );
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('a negative number of Postgres is a number in CSV', () => {
  expect(toCsv(dataOfTable({ heads: ['a'], rows: [['-1.50'], ['-1+1']] }))).toBe(
    "\uFEFFa\r\n-1.50\r\n'-1+1\r\n",
  );
});

test('a picture is one document of SVG that says what it shows; other kinds have none', () => {
  const bar = { type: 'bar', x: ['<b>', ']]>', '"'], y: [1, 2, 3] };
  const figure = readFigure({ data: [bar], layout: { title: '<script>alert(1)</script> & "x"' } });
  const svg = figure && pictureFile(figure);
  expect(svg).toMatch(/^<svg [^>]*xmlns='http:\/\/www\.w3\.org\/2000\/svg'[\s\S]*<\/svg>\n$/);
  expect(svg).toContain('<title>');
  expect(svg).not.toMatch(/<script|onload|href|foreignObject/i);
  const flows = readFigure({ data: [{ type: 'sankey', node: {}, link: {} }] });
  expect(flows && pictureFile(flows)).toBeUndefined();
});
