// Charts, cards and tables of rows: what they show of all rows, what travels, and what is refused.

import { expect, test } from 'vitest';
import { readFigure, plotlyType } from '../../src/chart/figure/figure.js';
import { drawRowsPicture } from '../../src/chart/picture/rows-picture.js';
import { drawPicture } from '../../src/chart/picture/picture.js';
import { svgText } from '../../src/chart/picture/svg.js';
import { dataTableOf } from '../../src/chart/table/data-table.js';
import { readShownRows, shownRowsType } from '../../src/chart/rows/shown-rows.js';
import { rowsMetricBundle } from '../../src/display/metric-rows.js';
import { rowsPlotBundle } from '../../src/display/plot-rows.js';
import { tableBundle } from '../../src/display/table.js';

const rows = [
  { day: '2019-01-31', province: 'Quebec', segment: 'home', amount: '0.10', orders: 3n },
  { day: '2019-02-01', province: 'Quebec', segment: 'business', amount: '0.20', orders: 1n },
  { day: '2019-02-03', province: 'Ontario', segment: 'home', amount: '1000.70', orders: 2n },
  { day: '2019-02-03', province: null, segment: 'home', amount: null, orders: 4n },
];

/** Options whose fields are not what the test is about. */
interface Usual {
  x: 'day';
  y: { count: '*' };
}

function figureOf(bundle: Readonly<Record<string, unknown>>) {
  const figure = readFigure(bundle[plotlyType] as never);
  if (figure === undefined) throw new Error('no figure');
  return figure;
}

test('a chart of rows adds up exactly, by months of the dates as they are written', () => {
  const figure = figureOf(
    rowsPlotBundle({
      title: 'Revenue',
      rows,
      x: { field: 'day', bin: 'month' },
      y: { sum: 'amount', label: 'Revenue' },
    }),
  );
  expect(dataTableOf(figure)?.rows).toEqual([
    ['2019-01-01', 0.1],
    ['2019-02-01', 1000.9],
  ]);
  expect(figure.axisName).toBe('Revenue');
  expect(drawPicture(figure, { width: 400, height: 200, hasAxes: true })).toBeDefined();
});

test('series and panels are in the order of the rows; rows without a value are one of them', () => {
  const figure = figureOf(
    rowsPlotBundle({
      title: 'Orders',
      rows,
      x: 'province',
      y: { sum: 'orders' },
      color: 'segment',
    }),
  );
  const table = dataTableOf(figure);
  expect(table?.columns.map(({ label }) => label)).toEqual(['x', 'home', 'business']);
  expect(table?.rows).toEqual([
    ['Quebec', 3, 1],
    ['Ontario', 2, null],
    ['(none)', 4, null],
  ]);
});

test('panels share their series’ colours, and each is drawn', () => {
  const figure = figureOf(
    rowsPlotBundle({
      ...{ title: 'Orders', rows, x: 'segment', y: { count: '*' }, color: 'segment' },
      facet: 'province',
    }),
  );
  const picture = drawPicture(figure, { width: 800, height: figure.height, hasAxes: true });
  const svg = svgText(picture ?? { type: 'element', tagName: 'svg', properties: {}, children: [] });
  expect(svg).toContain('>Quebec<');
  expect(svg).toContain('>Ontario<');
  expect(new Set(svg.match(/series-\d/g))).toEqual(new Set(['series-1', 'series-2']));
});

test.each([
  ['bars', { x: 'province', y: { sum: 'orders' } }],
  ['bars on one another', { x: 'province', y: { sum: 'orders' }, color: 'segment' }],
  ['bars side by side', { x: 'province', y: { sum: 'orders' }, color: 'segment', grouped: true }],
  ['lying bars', { x: { sum: 'orders' }, y: 'province' }],
  ['lines', { x: { field: 'day', bin: 'month' }, y: { count: '*' }, color: 'segment' }],
  ['areas', { x: 'day', y: { sum: 'amount' }, color: 'segment', mark: 'area' }],
  ['an area', { x: 'day', y: { sum: 'amount' }, mark: 'area' }],
  ['points', { x: 'orders', y: { max: 'amount' }, mark: 'point' }],
  ['panels', { x: 'day', y: { sum: 'orders' }, color: 'segment', facet: 'province' }],
])('%s look the same on the server and in the page’s script', (_, options) => {
  const figure = figureOf(rowsPlotBundle({ title: '', rows, ...(options as unknown as Usual) }));
  for (const width of [400, 800]) {
    const size = { width, height: figure.height, hasAxes: true };
    const [one, other] = [drawPicture(figure, size), drawRowsPicture(figure, size)];
    expect(one).toBeDefined();
    expect(other).toEqual(one);
  }
});

test('bars lie where x is the measure, the first one at the top', () => {
  const { traces, layout } = figureOf(
    rowsPlotBundle({ title: 'Orders', rows, x: { sum: 'orders' }, y: 'province' }),
  );
  expect(traces[0]).toMatchObject({ orientation: 'h', y: ['Quebec', 'Ontario', '(none)'] });
  expect(layout['yaxis']).toMatchObject({ autorange: 'reversed', type: 'category' });
});

test('only the fields that are used travel', () => {
  const shown = readShownRows(
    rowsPlotBundle({
      ...{ title: 'Orders', rows, x: 'day', y: { ratio: [{ sum: 'amount' }, { sum: 'orders' }] } },
      filter: ['province', { field: 'orders', label: 'Orders' }],
    })[shownRowsType],
  );
  expect([...(shown?.columns.keys() ?? [])].toSorted()).toEqual([
    'amount',
    'day',
    'orders',
    'province',
  ]);
  expect(shown?.controls).toEqual([
    { field: 'province', control: 'select', label: 'Province' },
    { field: 'orders', control: 'range', label: 'Orders' },
  ]);
});

test('a card says what its rows add up to, and a table keeps all of its rows', () => {
  const card = rowsMetricBundle({
    label: 'Revenue',
    rows,
    value: { sum: 'amount' },
    format: ',.2f',
  });
  expect(card['text/plain']).toBe('Revenue: 1,001.00');
  const many = Array.from({ length: 20_000 }, (_, index) => ({
    number: index,
    kind: `k${index % 3}`,
  }));
  const table = tableBundle(many, { columns: ['number'], filter: ['kind'] });
  expect(readShownRows(table[shownRowsType])?.count).toBe(20_000);
  expect(table['application/vnd.daybook.table+json']).toHaveProperty('rows.length', 20_000);
});

test.each([
  ['a mean', { mean: 'amount' }, /does not add up.*make it a choice/s],
  ['a median', { median: 'amount' }, /make it a choice/],
  ['a count of different values', { distinct: 'province' }, /make it a choice/],
  ['a ratio of extremes', { ratio: [{ max: 'amount' }, { sum: 'orders' }] }, /Make it a choice/],
  ['a ratio of means', { ratio: [{ mean: 'amount' }, { sum: 'orders' }] }, /make it a choice/],
  ['nothing', {}, /no measure/],
  ['two measures', { sum: 'amount', max: 'amount' }, /several measures/],
  ['a sum of texts', { sum: 'province' }, /“province” is added up.*"Quebec"/],
  ['a field that is not there', { sum: 'amont' }, /no field “amont”; they have day, province/],
])('%s is refused when the notebook runs', (_, y, message) => {
  expect(() => rowsPlotBundle({ title: '', rows, x: 'day', y: y as never })).toThrow(message);
});

test.each([
  ['two fields', { x: 'day', y: 'province' }, /one of them is a measure/],
  ['bins of texts', { x: { field: 'province', bin: 'month' }, y: { count: '*' } }, /no dates/],
  ['an unknown bin', { x: { field: 'day', bin: 'hour' }, y: { count: '*' } }, /not by "hour"/],
  [
    'a control that does not fit',
    { x: 'day', y: { count: '*' }, filter: [{ field: 'province', control: 'dates' }] },
    /for dates, and its values are of type text/,
  ],
])('%s is refused, too', (_, options, message) => {
  expect(() => rowsPlotBundle({ title: '', rows, ...(options as Usual) })).toThrow(message);
});

test('more rows, or more bytes, than a page holds are refused with what to do', () => {
  const many = Array.from({ length: 100_001 }, () => ({ a: 1 }));
  expect(() => rowsPlotBundle({ title: '', rows: many, x: 'a', y: { count: '*' } })).toThrow(
    /100,001 rows, and a page holds at most 100,000: group them/,
  );
  const random = Array.from({ length: 60_000 }, (_, index) => ({
    id: `${Math.sin(index)} ${Math.cos(index)}`,
  }));
  expect(() => rowsPlotBundle({ title: '', rows: random, x: 'id', y: { count: '*' } })).toThrow(
    /bytes, compressed, and a page holds at most 1,000,000/,
  );
});

test('names of fields are checked against the type of the rows', () => {
  // Types alone: none of it runs.
  expect(() => {
    // @ts-expect-error -- a measure of a field that the rows do not have
    rowsPlotBundle({ title: '', rows, x: 'day', y: { sum: 'amont' } });
    // @ts-expect-error -- a dimension that they do not have
    rowsPlotBundle({ title: '', rows, x: 'province', y: { sum: 'amount' }, color: 'sgment' });
    // @ts-expect-error -- a control of a field that they do not have
    rowsPlotBundle({ title: '', rows, x: 'day', y: { sum: 'amount' }, filter: ['provnce'] });
    // @ts-expect-error -- a bin that dates do not have
    rowsPlotBundle({ title: '', rows, x: { field: 'day', bin: 'hour' }, y: { sum: 'amount' } });
  }).toThrow(TypeError);
});
