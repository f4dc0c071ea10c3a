import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readFigure } from '../../../src/chart/figure/figure.js';
import { traceType } from '../../../src/chart/figure/trace-types.js';
import { drawPicture } from '../../../src/chart/picture/picture.js';
import { svgText } from '../../../src/chart/picture/svg.js';
import type { Json, JsonObject } from '../../../src/nbformat/notebook.js';
import { noise, pictureExamples } from './picture-examples.js';

const types = [
  ...new Set(Object.values(pictureExamples).flatMap(({ data }) => data.map(traceType))),
];

const hostile = fc.constantFrom<Json>(
  ...['</text><script>alert(1)</script>', '" onload="alert(1)', '2024-13-77', '2024-01-01', ''],
  ...[1e308, -1e308, 5e-324, 0, -1, 1, 2, 3.5, null, true],
);
const numbers = fc.array(fc.oneof(hostile, fc.double(), fc.integer({ min: 0, max: 9 })), {
  maxLength: 12,
});
const anything = fc.oneof(
  { arbitrary: numbers, weight: 6 },
  hostile,
  fc.array(numbers, { maxLength: 4 }),
  fc.jsonValue(),
);
const part = (names: readonly string[]) =>
  fc.record(Object.fromEntries(names.map((name) => [name, anything])), { requiredKeys: [] });

const keys = [
  ...['x', 'y', 'z', 'open', 'high', 'low', 'close', 'values', 'labels', 'parents', 'ids', 'r'],
  ...['theta', 'lat', 'lon', 'locations', 'value', 'name', 'base', 'text', 'q1', 'median', 'q3'],
  ...['nbinsx', 'histfunc', 'histnorm', 'measure', 'zmid', 'stackgroup', 'mode', 'delta'],
  ...['colorscale', 'lowerfence', 'upperfence', 'showscale', 'gauge', 'title', 'geojson', 'mode'],
  ...['width', 'offset', 'theta0', 'dtheta', 'r0', 'dr'],
];
const geojson = fc.record({
  type: fc.constant('FeatureCollection'),
  features: fc.array(
    fc.record({
      type: fc.constant('Feature'),
      id: fc.constantFrom('CAN', 1, '1'),
      geometry: fc.record({
        type: fc.constantFrom('Polygon', 'MultiPolygon', 'Point', 'LineString', 'none'),
        coordinates: fc.oneof(
          fc.array(fc.array(numbers, { maxLength: 5 }), { maxLength: 3 }),
          anything,
        ),
      }),
    }),
    { maxLength: 3 },
  ),
});
const inner = {
  geo: fc.constantFrom('geo', 'geo2'),
  locationmode: fc.constantFrom('ISO-3', 'country names', 'USA-states', 'geojson-id'),
  locations: fc.array(fc.constantFrom('CAN', 'USA', 'CA', 'France', '1', null), { maxLength: 5 }),
  geojson,
  marker: part(['size', 'color', 'sizeref', 'sizemode', 'symbol', 'pattern', 'colors']),
  line: part(['shape', 'color', 'dash']),
  xbins: part(['start', 'size', 'end']),
  cumulative: part(['enabled']),
  orientation: fc.constantFrom('h', 'v'),
  xaxis: fc.constantFrom('x', 'x2'),
  yaxis: fc.constantFrom('y', 'y2', 'y3'),
  domain: part(['x', 'y', 'row', 'column']),
  subplot: fc.constantFrom('polar', 'polar2'),
  thetaunit: fc.constantFrom('degrees', 'radians', 'gradians'),
  fill: fc.oneof(fc.constantFrom('none', 'tozeroy', 'tonexty', 'toself', 'tonext'), hostile),
};
const trace = fc
  .tuple(fc.constantFrom(...types), part(keys), fc.record(inner, { requiredKeys: [] }))
  .map(([type, some, more]) => ({
    type,
    x: [1, 2, 3],
    y: [4, 2, 5],
    r: [3, 1, 2],
    ...{ z: [1, 2, 3], lon: [1, 2, 3], lat: [4, 2, 5] },
    ...some,
    ...more,
  }));
const axis = fc.record(
  {
    type: fc.constantFrom('linear', 'log', 'date', 'category', '-'),
    ...{ range: anything, domain: anything, title: anything, categoryarray: anything },
    autorange: fc.constantFrom<Json>('reversed', true, false),
    overlaying: fc.constantFrom('x', 'y'),
    matches: fc.constantFrom('x', 'y'),
  },
  { requiredKeys: [] },
);
const polar = fc.record(
  {
    ...{ radialaxis: axis, hole: anything, domain: anything },
    angularaxis: part(['rotation', 'period', 'tickvals', 'ticktext', 'categoryarray']),
    gridshape: fc.constantFrom('linear', 'circular'),
    barmode: fc.constantFrom('stack', 'overlay'),
  },
  { requiredKeys: [] },
);
const geo = fc.record(
  {
    scope: fc.constantFrom('world', 'usa', 'europe', 'north america', 'oceania', 'moon'),
    projection: fc.record({
      type: fc.constantFrom(
        'mercator',
        'orthographic',
        'albers usa',
        'conic conformal',
        'robinson',
      ),
      rotation: part(['lon', 'lat', 'roll']),
      parallels: anything,
    }),
    ...{ lonaxis: part(['range']), lataxis: part(['range']), domain: part(['x', 'y']) },
    fitbounds: fc.constantFrom<Json>('locations', 'geojson', false),
  },
  { requiredKeys: [] },
);
const layout = fc.record(
  {
    ...{ polar, geo, geo2: geo },
    ...{ xaxis: axis, yaxis: axis, yaxis2: axis, grid: part(['rows', 'columns', 'pattern']) },
    barmode: fc.constantFrom('stack', 'group', 'relative', 'overlay'),
    barnorm: fc.constantFrom('percent', 'fraction'),
  },
  { requiredKeys: [] },
);

function draw(data: readonly unknown[], settings: unknown, hasAxes: boolean): string | undefined {
  const value = JSON.parse(JSON.stringify({ data, layout: settings })) as Json;
  const figure = readFigure(value);
  if (figure === undefined) return undefined;
  const picture = drawPicture(figure, { width: 400, height: 260, hasAxes });
  return picture === undefined ? undefined : svgText(picture);
}

test('no figure of any kind fails, has a place that is none, or brings an element of its own', () => {
  let drawn = 0;
  fc.assert(
    fc.property(
      fc.array(trace, { minLength: 1, maxLength: 3 }),
      layout,
      fc.boolean(),
      (data, settings, hasAxes) => {
        const svg = draw(data, settings, hasAxes);
        if (svg === undefined) return;
        drawn += 1;
        expect(svg).not.toMatch(/='[^']*(?:NaN|Infinity|undefined)/);
        expect(svg).not.toMatch(/<script| onload='/);
        expect(svg.length).toBeLessThan(150_000);
      },
    ),
    { numRuns: 1200 },
  );
  expect(drawn).toBeGreaterThan(100);
});

test('numbers whose span is beyond all numbers have a colour', () => {
  const color = [1e308, -1e308];
  const svg = draw([{ type: 'bar', x: [1, 2], y: [4, 2], marker: { color } }], {}, true);
  expect(svg).toContain('tone-5');
  expect(svg).not.toContain('NaN');
});

const many = 20_000;
const index = Array.from({ length: many }, (_, at) => at);
const noises = index.map(noise);
const large: Readonly<Record<string, JsonObject>> = {
  histogram: { x: noises, xbins: { size: 1e-7 } },
  'histogram by months': {
    type: 'histogram',
    x: index.map((at) => new Date(at * 4e6).toISOString()),
  },
  histogram2d: { x: noises, y: noises.toReversed(), nbinsx: 1000, nbinsy: 1000 },
  box: { x: index.map((at) => at % 5000), y: noises },
  violin: { x: index.map((at) => at % 5000), y: noises },
  heatmap: { z: Array.from({ length: 300 }, (_, row) => noises.slice(row * 300, row * 300 + 300)) },
  bubble: {
    ...{ type: 'scatter', mode: 'markers', x: noises, y: noises.toReversed() },
    marker: { size: noises, color: noises },
  },
  colours: {
    ...{ type: 'scatter', mode: 'markers', x: noises, y: noises.toReversed() },
    marker: { color: index.map((at) => `#${at.toString(16).padStart(6, '0')}`) },
  },
  waterfall: { x: index, y: noises },
  funnel: { y: index, x: noises },
  candlestick: { x: index, open: noises, close: noises.toReversed(), high: noises, low: noises },
  scatterpolar: { r: noises, theta: noises.toReversed().map((value) => value * 360) },
  'polar names': { type: 'scatterpolar', r: noises, theta: index.map((at) => `Name ${at}`) },
  area: { type: 'scatter', stackgroup: 'a', x: index, y: noises },
};

test.each(Object.entries(large))('a picture of very many values is small: %s', (type, values) => {
  const svg = draw([{ type, ...values }], {}, true) ?? '';
  expect(svg.length).toBeLessThan(130_000);
  const stamp = draw([{ type, ...values }], {}, false) ?? '';
  expect(stamp.length).toBeLessThan(20_000);
});
