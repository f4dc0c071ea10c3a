import { toHtml } from 'hast-util-to-html';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/nbformat/notebook.js';
import { bundleFor } from '../../src/chart/figure/trace-types.js';
import { toCsv } from '../../src/chart/files/csv.js';
import { dataTableOf } from '../../src/chart/table/data-table.js';
import { readFigure, type Figure } from '../../src/chart/figure/figure.js';
import { dateFormat, numberFormat } from '../../src/chart/figure/format.js';
import { monthTicks } from '../../src/chart/figure/month-ticks.js';
import { drawPicture } from '../../src/chart/picture/picture.js';
import { niceTicks } from '../../src/chart/picture/scale.js';
import { code, display, notebookOf } from '../server/published.js';
import { body } from '../server/rendering/content.js';

function figureOf(data: JsonObject[], layout: JsonObject = {}): Figure {
  const figure = readFigure({ data, layout });
  if (figure === undefined) throw new Error('no figure');
  return figure;
}

function rowsOf(data: JsonObject[], layout: JsonObject = {}) {
  const table = dataTableOf(figureOf(data, layout));
  return { columns: table?.columns.map(({ label }) => label), rows: table?.rows };
}

const months = ['2019-01-01', '2019-02-01'];

test('words come from daybook/display, or from the title in either form', () => {
  const words = { title: 'T', caption: 'C', alt: 'A', source: 'gold.x' };
  expect(figureOf([{}], { meta: { daybook: words }, title: 'other' })).toMatchObject(words);
  expect(figureOf([{}], { title: { text: 'a &lt; <b>b</b>' } }).title).toBe('a < b');
  expect(figureOf([{}], { title: 'old' }).title).toBe('old');
});

test('nothing in a figure reaches a prototype, links or loads', () => {
  const hostile = JSON.parse(
    `{"data":[{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"a.__proto__.b":1,
      "name":"<a href='javascript:alert(1)'>x</a><img src=x onerror=alert(1)><b style='x'>y</b>",
      "hovertemplate":"%{x}<extra></extra>","text":["<script>alert(1)</script>","3 < 4 > 2"]}],
      "layout":{"images":[{"source":"https://example.org/x.png"},{"source":"data:image/png;base64,aGk="}],
      "template":{"layout":{"paper_bgcolor":"white"}},"paper_bgcolor":"white","font":{"family":"x"}}}`,
  ) as Json;
  const figure = readFigure(hostile);
  expect(({} as JsonObject)['polluted']).toBeUndefined();
  expect(Object.keys(figure?.traces[0] ?? {})).toEqual(['name', 'hovertemplate', 'text']);
  expect(figure?.traces[0]).toMatchObject({
    name: 'x<b>y</b>',
    hovertemplate: '%{x}<extra></extra>',
    text: ['alert(1)', '3 < 4 > 2'],
  });
  expect(figure?.layout).toEqual({ images: [{}, { source: 'data:image/png;base64,aGk=' }] });
});

test('what is no figure is none', () => {
  for (const value of [
    null,
    1,
    'x',
    '{"data":',
    [],
    {},
    { data: [] },
    { data: 'x' },
    { data: [1] },
  ] as Json[]) {
    expect(readFigure(value)).toBeUndefined();
  }
  expect(readFigure({ data: [{ type: '"><script>' }] })).toBeUndefined();
});

test('a figure of any shape is read, tabled, drawn and written without a fault', () => {
  const json = fc.jsonValue({ maxDepth: 4 });
  const trace = fc.record(
    {
      type: fc.constantFrom('bar', 'scatter', 'pie', 'heatmap', 'sankey', 'histogram'),
      x: fc.oneof(
        fc.array(fc.oneof(fc.constantFrom(...months, null), fc.double(), fc.string())),
        json,
      ),
      y: fc.oneof(fc.array(fc.double()), json),
      z: json,
      orientation: fc.constantFrom('h', 'v'),
      marker: json,
      labels: json,
      values: json,
      link: json,
      node: json,
    },
    { requiredKeys: [] },
  );
  const layout = fc.record(
    { xaxis: json, yaxis: json, barmode: json, height: json },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(trace, { minLength: 1, maxLength: 3 }), layout, (data, settings) => {
      const value = JSON.parse(JSON.stringify({ data, layout: settings })) as Json;
      const html = body(
        notebookOf([code('', [display({ 'application/vnd.plotly.v1+json': value })])]),
      );
      expect(html).toContain('chart-figure');
      // No picture has a place that is none.
      for (const [svg] of html.matchAll(/<svg.*?<\/svg>/gs)) {
        expect(svg).not.toMatch(/="[^"]*(?:NaN|Infinity)/);
      }
      const figure = readFigure(value);
      const table = figure === undefined ? undefined : dataTableOf(figure);
      if (table !== undefined) expect(toCsv(table)).toMatch(/^\uFEFF/);
    }),
    { numRuns: 300 },
  );
});

test('series over the same positions share their rows', () => {
  const table = rowsOf([
    { type: 'bar', name: 'New', x: months, y: [1, 2] },
    { type: 'scatter', name: 'Active', x: [...months, '2019-03-01'], y: [3, null, 5] },
  ]);
  expect(table).toEqual({
    columns: ['Date', 'New', 'Active'],
    rows: [
      ['2019-01-01', 1, 3],
      ['2019-02-01', 2, null],
      ['2019-03-01', null, 5],
    ],
  });
});

test('each kind of chart has its own table', () => {
  expect(rowsOf([{ type: 'bar', orientation: 'h', y: ['ON', 'QC'], x: [2, 1] }]).rows).toEqual([
    ['ON', 2],
    ['QC', 1],
  ]);
  expect(rowsOf([{ type: 'pie', labels: ['a', 'b'], values: [1, 2] }]).rows).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
  expect(rowsOf([{ type: 'heatmap', x: ['to a', 'to b'], y: ['from a'], z: [[null, 7]] }])).toEqual(
    { columns: ['', 'to a', 'to b'], rows: [['from a', null, 7]] },
  );
  expect(
    rowsOf([
      {
        type: 'sankey',
        node: { label: ['a', 'b'] },
        link: { source: [0], target: [1], value: [3] },
      },
    ]).rows,
  ).toEqual([['a', 'b', 3]]);
  expect(
    rowsOf([
      { x: [1, 1], y: [2, 3], name: 'p' },
      { x: [1], y: [4] },
    ]).rows,
  ).toEqual([
    ['p', 1, 2],
    ['p', 1, 3],
    ['Series 2', 1, 4],
  ]);
  expect(
    rowsOf([{ type: 'bar', x: ['a', 'b'], y: { dtype: 'f8', bdata: 'AAAAAAAA8D8AAAAAAAAAQA==' } }])
      .rows,
  ).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
});

test('CSV quotes what must be quoted and defuses formulas', () => {
  const csv = toCsv({
    columns: [{ label: 'a, b' }, { label: '=c' }],
    rows: [
      ['say "x"', -1],
      ['=1+1', null],
      ['line\nfeed', 0.1],
    ],
  });
  expect(csv).toBe(`\uFEFF"a, b",'=c\r\n"say ""x""",-1\r\n'=1+1,\r\n"line\nfeed",0.1\r\n`);
});

test('no text in CSV is a formula, whatever stands before its sign, and none holds a null', () => {
  const sign = fc.constantFrom(
    ...['=', '+', '-', '@', '＝', '＋', '－', '＠'],
    '\0',
    '\t',
    '\r',
    '\n',
    ' ',
    '\u3000',
    'a',
    '"',
    ',',
    '1',
  );
  fc.assert(
    fc.property(fc.array(sign, { maxLength: 6 }), (signs) => {
      const text = signs.join('');
      const csv = toCsv({ columns: [{ label: 'a' }], rows: [[text]] });
      expect(csv).not.toContain('\0');
      const field = csv
        .slice('\uFEFFa\r\n'.length, -2)
        .replace(/^"([^]*)"$/, '$1')
        .replaceAll('""', '"');
      expect(field).not.toMatch(/^(?:[\t\r\n]|\s*[=+\-@＝＋－＠])/);
      expect([text, `'${text}`].map((one) => one.replaceAll('\0', '\uFFFD'))).toContain(field);
    }),
  );
});

test('numbers and dates are written as the axis asks', () => {
  expect(numberFormat('.1%')(0.1284)).toBe('12.8\u00a0%');
  expect(numberFormat('.0%')(1)).toBe('100\u00a0%');
  expect(numberFormat('.1~%')(0.02)).toBe('2\u00a0%');
  expect(numberFormat(',d')(39_235)).toBe('39,235');
  expect(numberFormat(undefined)(-1.5)).toBe('−1.5');
  expect(numberFormat(undefined, '$', ' M')(2)).toBe('$2 M');
  expect(numberFormat(undefined)(null)).toBe('–');
  expect(numberFormat('.1%')(-0.0004)).toBe('0.0\u00a0%');
  expect(numberFormat(undefined)(-0)).toBe('0');
  expect(dateFormat(['2018-01-01', '2019-01-01'], 'short')('2019-01-01')).toBe('2019');
  expect(dateFormat(months, 'short')('2019-02-01')).toBe('Feb 2019');
  expect(dateFormat(months, 'long')('2019-02-01')).toBe('February 2019');
  expect(dateFormat(['2019-02-03'], 'long')('2019-02-03')).toBe('3 February 2019');
  expect(dateFormat(['2019-02-03T04:05:06Z'], 'short')('2019-02-03T04:05:06Z')).toBe(
    '3 Feb 2019, 04:05',
  );
});

test('ticks are round and cover the span', () => {
  expect(niceTicks(0, 0.128)).toEqual([0, 0.05, 0.1, 0.15]);
  expect(niceTicks(-42, 787)).toEqual([-200, 0, 200, 400, 600, 800]);
  expect(niceTicks(0, 3)).toEqual([0, 1, 2, 3]);
  fc.assert(
    fc.property(
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
      (from, size) => {
        const ticks = niceTicks(from, from + size);
        fc.pre(ticks.length > 1);
        expect(ticks.length).toBeLessThan(20);
        const tolerance = size * 1e-6 + Math.abs(from) * 1e-9;
        expect(ticks[0]).toBeLessThanOrEqual(from + tolerance);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(from + size - tolerance);
      },
    ),
  );
});

/** The boxes of the bars in a picture. */
function bars(data: JsonObject[], layout: JsonObject = {}) {
  const picture = drawPicture(figureOf(data, layout), { width: 400, height: 200, hasAxes: false });
  if (picture === undefined) return undefined;
  const rects = toHtml(picture, { space: 'svg' }).match(/<rect class="bar[^>]*>/g) ?? [];
  return rects.map((rect) => {
    const read = (name: string) => Number(new RegExp(` ${name}="([^"]+)"`).exec(rect)?.[1]);
    const [x, y, height] = [read('x'), read('y'), read('height')];
    return { x, top: y, bottom: y + height, height };
  });
}

test('bars stand on zero and are as long as their value', () => {
  const [small, large] = bars([{ type: 'bar', x: ['a', 'b'], y: [1, 2] }]) ?? [];
  expect(large!.height).toBeCloseTo(2 * small!.height, 0);
  expect(large!.bottom).toBeCloseTo(small!.bottom, 0);
});

test('bars are stacked, grouped, or hang below zero', () => {
  const two = [
    { type: 'bar', x: ['a'], y: [1] },
    { type: 'bar', x: ['a'], y: [2] },
  ];
  const [below, above] = bars(two, { barmode: 'stack' }) ?? [];
  expect(above!.x).toBe(below!.x);
  expect(above!.bottom).toBeCloseTo(below!.top, 0);
  const [left, right] = bars(two) ?? [];
  expect(right!.x).toBeGreaterThan(left!.x);
  const [up, down] =
    bars([two[0]!, { type: 'bar', x: ['a'], y: [-2] }], { barmode: 'relative' }) ?? [];
  expect(down!.top).toBeCloseTo(up!.bottom, 0);
});

test('labels are as many as fit: years as they are, round ones of many numbers', () => {
  const texts = (data: JsonObject[], layout: JsonObject = {}) => {
    const picture = drawPicture(figureOf(data, layout), { width: 800, height: 380, hasAxes: true });
    return [...toHtml(picture ?? []).matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(
      ([, text]) => text,
    );
  };
  expect(texts([{ type: 'bar', x: [2018, 2019], y: [2000, 4000] }])).toEqual(
    expect.arrayContaining(['2018', '2019', '2,000', '4,000']),
  );
  const x = Array.from({ length: 300 }, (_, index) => index * 1.37);
  const labels = texts([{ mode: 'markers', x, y: x.map(() => 1) }]);
  expect(labels).toEqual(expect.arrayContaining(['0', '100', '200', '300', '400']));
  expect(labels.length).toBeLessThan(20);
  const long = 'a name that nobody would want to read in the margin of a chart';
  expect(texts([{ type: 'bar', orientation: 'h', x: [1], y: [long] }]).join()).toContain(
    'name that',
  );
  expect(texts([{ type: 'bar', orientation: 'h', x: [1], y: [long] }])).not.toContain(long);
  expect(texts([{ y: [1e300, 2e300] }])).toContain('2e+300');
});

test('a long legend has several lines', () => {
  const data = Array.from({ length: 12 }, (_, index) => ({
    ...{ type: 'bar', name: `the series of number ${index}` },
    ...{ x: ['a'], y: [1] },
  }));
  const picture = drawPicture(figureOf(data), { width: 800, height: 380, hasAxes: true });
  const places = [...toHtml(picture ?? []).matchAll(/class="legend" x="([\d.]+)" y="([\d.]+)"/g)];
  expect(places).toHaveLength(12);
  expect(new Set(places.map(([, , y]) => y)).size).toBeGreaterThan(1);
  for (const [, left] of places) expect(Number(left)).toBeLessThan(700);
});

test('incomplete periods are hollow', () => {
  const marker = { pattern: { shape: ['', '/'] } };
  const picture = drawPicture(figureOf([{ type: 'bar', x: months, y: [1, 2], marker }]), {
    width: 400,
    height: 200,
    hasAxes: true,
  });
  const html = picture === undefined ? '' : toHtml(picture, { space: 'svg' });
  expect(html.match(/class="bar series-1 open"/g)).toHaveLength(1);
});

test('other kinds of chart have no picture, so that none is wrong', () => {
  for (const [trace, layout] of [
    [{ type: 'sankey', node: {}, link: {} }, {}],
    [{ type: 'pie', labels: ['a', 'b'], values: [1, -1] }, {}],
    [{ type: 'bar', x: ['a'], y: [1] }, { yaxis: { type: 'multicategory' } }],
    [{ type: 'bar', x: ['a'], y: [1], yaxis: 'elsewhere' }, {}],
    [{ type: 'scatter', x: [1, 2], y: [1, 2], fill: 'tonextx' }, {}],
    [{ type: 'bar', x: ['a'], y: [1] }, { xaxis: { categoryorder: 'total descending' } }],
    [{ type: 'barpolar', r: Array.from({ length: 300 }, () => 1) }, {}],
    [{ type: 'scatterpolar', r: [1], theta: [1], fill: 'tozeroy' }, {}],
    [{ type: 'scatterpolar', r: [1], theta: [1], subplot: 'elsewhere' }, {}],
    [{ type: 'scatterpolar', r: [1], theta: [1] }, { polar: { sector: [0, 90] } }],
    [{ type: 'scatterpolar', r: ['a'], theta: [1] }, {}],
    [{ type: 'scatterpolar', r: [1], theta: ['2024-01-01'] }, {}],
  ] as [JsonObject, JsonObject][]) {
    expect(bars([trace], layout)).toBeUndefined();
  }
});

test('a pie is drawn clockwise from the top, with each share beside it', () => {
  const draw = (trace: JsonObject) => {
    const figure = figureOf([{ type: 'pie', ...trace }]);
    const picture = drawPicture(figure, { width: 400, height: 216, hasAxes: true });
    return picture === undefined ? '' : toHtml(picture, { space: 'svg' });
  };
  const html = draw({ labels: ['a', 'b', 'a', 'none'], values: [1, 1, 2, 0] });
  // Radius 100 around 108, 108: three quarters, from 12 to 9 o'clock by way of half past 4.
  expect(html).toContain(
    'class="slice series-1" d="M108 8A100 100 0 0 1 178.7 178.7A100 100 0 0 1 8 108L108 108Z"',
  );
  expect(html.match(/class="slice/g)).toHaveLength(2);
  const texts = [...html.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);
  expect(texts).toEqual(['75\u00a0%', 'a', '25\u00a0%', 'b']);
  // One slice is the whole circle, with a hole where it is a ring; labels alone are counted.
  expect(draw({ labels: ['a'], hole: 0.5 })).toContain('A50 50 0 0 0');
  expect(draw({ labels: ['a'], values: [2], marker: { colors: ['red'] } })).toContain(
    'color="red"',
  );
  expect(draw({ labels: Array.from({ length: 17 }, (_, index) => `l${index}`) })).toBe('');
});

test('an axis of months gets a tick for each, or each quarter, unless it says itself', () => {
  const monthsFrom = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      new Date(Date.UTC(2019, index, 1)).toISOString().slice(0, 10),
    );
  const ticks = (x: Json, layout: JsonObject = {}) =>
    monthTicks(figureOf([{ type: 'bar', x }], layout));
  expect(ticks(monthsFrom(3))).toBe('M1');
  expect(ticks(monthsFrom(24))).toBe('M3');
  expect(ticks(monthsFrom(60))).toBeUndefined();
  expect(ticks(['2019-01-01', '2019-01-15'])).toBeUndefined();
  expect(ticks(['a', 'b'])).toBeUndefined();
  expect(ticks([])).toBeUndefined();
  expect(ticks(monthsFrom(3), { xaxis: { dtick: 'M6' } })).toBeUndefined();
});

test('a page gets the smallest bundle that draws its charts', () => {
  const types = (...names: string[]) => bundleFor(names.map((type) => figureOf([{ type }])));
  expect(types()).toBeUndefined();
  expect(types('bar', 'scatter', 'pie')).toBe('basic');
  expect(types('bar', 'heatmap')).toBe('cartesian');
  expect(types('bar', 'sankey')).toBe('strict');
  expect(bundleFor([figureOf([{}])])).toBe('basic');
});

test('JSON of a figure cannot end its script element', () => {
  const html = body(
    notebookOf([
      code('', [
        display({
          'application/vnd.plotly.v1+json': {
            data: [{ y: [1], customdata: ['</script><!-- 1 > 0 <script>', '\u2028'] }],
          },
        }),
      ]),
    ]),
  );
  const script =
    /<script type="application\/json" class="chart-figure">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
  expect(script).not.toMatch(/[<>\u2028]/);
  expect(JSON.parse(script)).toMatchObject({
    data: [{ y: [1], customdata: ['<!-- 1 > 0 ', '\u2028'] }],
  });
});
