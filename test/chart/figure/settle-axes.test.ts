import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toCsv } from '../../../src/chart/files/csv.js';
import { dataTableOf } from '../../../src/chart/table/data-table.js';
import { readFigure, type Figure } from '../../../src/chart/figure/figure.js';
import { drawPicture } from '../../../src/chart/picture/picture.js';
import { svgText } from '../../../src/chart/picture/svg.js';
import { timeText } from '../../../src/chart/figure/format.js';
import type { JsonObject } from '../../../src/nbformat/notebook.js';

function figureOf(data: JsonObject[], layout: JsonObject = {}): Figure {
  const figure = readFigure({ data, layout });
  if (figure === undefined) throw new Error('no figure');
  return figure;
}

/** The texts of a picture. */
function labels(figure: Figure): string[] {
  const picture = drawPicture(figure, { width: 800, height: 300, hasAxes: true });
  const svg = picture === undefined ? '' : svgText(picture);
  return [...svg.matchAll(/>([^<]+)<\/text>/g)].map(([, text]) => text ?? '');
}

const day = 86_400_000;
const newYear = Date.UTC(2024, 0, 1);

test('times in milliseconds on an axis of dates are one calendar for every reader', () => {
  const figure = figureOf([{ x: [newYear, newYear + day], y: [1, 2] }], {
    xaxis: { type: 'date', range: [newYear, newYear + 2 * day], tick0: newYear },
    shapes: [
      { x0: newYear, x1: newYear, y0: 0, y1: 1 },
      { xref: 'paper', x0: 0, x1: 1 },
    ],
    annotations: [{ x: newYear, y: 5, text: 'here' }],
    images: [{ x: 1, y: 1 }],
  });
  expect(figure.traces[0]).toEqual({ x: ['2024-01-01', '2024-01-02'], y: [1, 2] });
  expect(figure.layout).toEqual({
    xaxis: { type: 'date', range: ['2024-01-01', '2024-01-03'], tick0: '2024-01-01' },
    shapes: [
      { x0: '2024-01-01', x1: '2024-01-01', y0: 0, y1: 1 },
      { xref: 'paper', x0: 0, x1: 1 },
    ],
    annotations: [{ x: '2024-01-01', y: 5, text: 'here' }],
    images: [{ x: 1, y: 1 }],
  });
  expect(labels(figure)).toContain('1 Jan 2024');
  const table = dataTableOf(figure);
  expect(table?.columns[0]?.format('2024-01-02')).toBe('2 January 2024');
  expect(table === undefined ? '' : toCsv(table)).toContain('2024-01-02,2');
});

test('so they are on other axes, in scenes, in packed form, and beside dates as text', () => {
  const date = { type: 'date' };
  const y2 = figureOf([{ x: [1], y: [newYear], yaxis: 'y2' }], { yaxis2: date });
  expect(y2.traces[0]?.['y']).toEqual(['2024-01-01']);
  const scene = figureOf([{ type: 'scatter3d', x: [newYear], y: [1], z: [1] }], {
    scene: { xaxis: date },
  });
  expect(scene.traces[0]?.['x']).toEqual(['2024-01-01']);
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(newYear + 1500);
  const packed = { dtype: 'f8', bdata: bytes.toString('base64') };
  expect(figureOf([{ x: packed, y: [1] }], { xaxis: date }).traces[0]?.['x']).toEqual([
    '2024-01-01 00:00:01.500',
  ]);
  const marked = figureOf([{ x: ['2024-01-01', '2024-01-03'], y: [1, 2] }], {
    shapes: [{ x0: newYear + day, x1: newYear + day }],
  });
  expect(marked.layout['shapes']).toEqual([{ x0: '2024-01-02', x1: '2024-01-02' }]);
});

test('the length of a bar that begins somewhere is a span of time and stays one', () => {
  const figure = figureOf(
    [{ type: 'bar', orientation: 'h', base: [newYear], x: [day], y: ['a'] }],
    {
      xaxis: { type: 'date' },
    },
  );
  expect(figure.traces[0]).toMatchObject({ base: ['2024-01-01'], x: [day] });
});

test('every instant is the text of its own millisecond', () => {
  const span = { min: Date.UTC(1000, 0, 1), max: Date.UTC(9999, 11, 31) };
  fc.assert(
    fc.property(fc.integer(span), (time) => {
      const text = String(timeText(time));
      const whole = text.length === 10 ? text : `${text.replace(' ', 'T')}Z`;
      expect(Date.parse(whole)).toBe(time);
    }),
  );
});

test('instants that minutes do not tell apart are written with their seconds', () => {
  const figure = figureOf([{ x: [newYear + 1000, newYear + 2000], y: [1, 2] }], {
    xaxis: { type: 'date' },
  });
  expect(labels(figure)).toContain('1 Jan 2024, 00:00:02');
});

test('years as text are years: whole ticks, no separators, in their order', () => {
  const figure = figureOf([{ x: ['2019', '2020', '2021'], y: [1, 2, 3] }]);
  expect(figure.layout['xaxis']).toEqual({ dtick: 1 });
  expect(labels(figure)).toEqual(expect.arrayContaining(['2019', '2020', '2021']));
  const table = dataTableOf(figure);
  expect(table?.rows.map(([year]) => table.columns[0]?.format(year ?? null))).toEqual([
    '2019',
    '2020',
    '2021',
  ]);
  expect(figureOf([{ x: [2019, 2020], y: [1, 2] }]).layout['xaxis']).toEqual({ dtick: 1 });
  const told = { xaxis: { nticks: 3 } };
  expect(figureOf([{ x: [2019, 2020], y: [1, 2] }], told).layout).toEqual(told);
  expect(figureOf([{ x: [0.5, 1], y: [1, 2] }]).layout).toEqual({});
});

test('text of digits that names bars or begins with a zero is no number', () => {
  const category = { type: 'category' };
  const bars = figureOf([{ type: 'bar', x: ['2019', '2021', '10001'], y: [1, 2, 3] }]);
  expect(bars.layout['xaxis']).toEqual(category);
  expect(labels(bars)).toEqual(expect.arrayContaining(['2019', '2021', '10001']));
  const lying = figureOf([{ type: 'bar', orientation: 'h', y: ['1', '3'], x: [1, 2] }]);
  expect(lying.layout).toEqual({ yaxis: category });
  expect(figureOf([{ x: ['007', '010'], y: [1, 2] }]).layout['xaxis']).toEqual(category);
  // Numbers of Postgres, which come as text, are measures.
  const numeric = figureOf([{ type: 'bar', x: ['a', 'b'], y: ['12.50', '13.10'] }]);
  expect(numeric.layout).toEqual({});
  expect(drawPicture(numeric, { width: 400, height: 200, hasAxes: true })).toBeDefined();
  expect(dataTableOf(numeric)?.columns[1]?.format('1234.5')).toBe('1,234.5');
});

test('zero has no sign', () => {
  const figure = figureOf([{ type: 'bar', x: ['a'], y: [-0.0001] }], {
    yaxis: { tickformat: '.1%' },
  });
  expect(dataTableOf(figure)?.columns[1]?.format(-0.0001)).toBe('0.0\u00a0%');
});

test('a chart that cannot be drawn says why', () => {
  const reason = (trace: JsonObject) => figureOf([trace]).undrawable;
  expect(reason({ type: 'baar' })).toMatch(/no charts of type “baar”; is “bar” meant\?/);
  expect(reason({ type: 'Bar' })).toMatch(/is “bar” meant/);
  expect(reason({ type: 'scattermapbox' })).toMatch(/any more; “scattermap” took their place/);
  expect(reason({ type: 'scattermap' })).toMatch(/load nothing from elsewhere/);
  expect(reason({ type: 'choropleth', geojson: 'https://example.org/x.json' })).toMatch(/outlines/);
  expect(reason({ type: 'choropleth', geojson: { type: 'FeatureCollection' } })).toBeUndefined();
});
