import fc from 'fast-check';
import { expect, test } from 'vitest';
import { settleOutlines } from '../../../src/chart/figure/settle-outlines.js';
import type { Json, JsonObject } from '../../../src/nbformat/notebook.js';

const outline = [
  [-80, 40],
  [-70, 40],
  [-70, 50],
  [-80, 50],
  [-80, 40],
];
const hole = [
  [-78, 42],
  [-76, 42],
  [-76, 44],
  [-78, 44],
  [-78, 42],
];

const settled = (geojson: Json): unknown =>
  settleOutlines([{ type: 'choropleth', geojson }])[0]?.['geojson'];
const clockwise = outline.toReversed();

test.each([
  ['as the standard says', outline, hole.toReversed()],
  ['the other way round', clockwise, hole],
  ['of one way', outline, hole],
])('outlines that wind %s are drawn as what they are around', (_, ring, inner) => {
  const polygon = { type: 'Polygon', coordinates: [ring, inner] };
  const expected = { type: 'Polygon', coordinates: [clockwise, hole] };
  const feature = (geometry: JsonObject) => ({
    type: 'Feature',
    id: 'x',
    properties: {},
    geometry,
  });
  expect(settled(polygon)).toEqual(expected);
  expect(settled({ type: 'FeatureCollection', features: [feature(polygon)] })).toEqual({
    type: 'FeatureCollection',
    features: [feature(expected)],
  });
  expect(
    settled({
      type: 'GeometryCollection',
      geometries: [{ type: 'MultiPolygon', coordinates: [[ring, inner], [ring]] }],
    }),
  ).toEqual({
    type: 'GeometryCollection',
    geometries: [{ type: 'MultiPolygon', coordinates: [[clockwise, hole], [clockwise]] }],
  });
});

test('whatever stands there otherwise stays', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom('Polygon', 'Point', 'Feature', 'x'),
      (value, type) => {
        settled({ type, coordinates: value as Json, geometry: value as Json });
        expect(settled({ type: 'Point', coordinates: value as Json })).toEqual({
          type: 'Point',
          coordinates: value,
        });
      },
    ),
  );
  expect(settled('https://example.org/x.json')).toBe('https://example.org/x.json');
});
