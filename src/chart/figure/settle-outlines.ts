// The winding order of GeoJSON outlines.

import { type Json, type JsonObject, isJsonObject } from '../../nbformat/notebook.js';

/**
 * Traces whose GeoJSON outlines have plotly's winding order: it fills the right side of a line, while the standard
 * winds the other way (RFC 7946, 3.1.6), so that a region by the standard would fill all of the world but itself.
 * The smaller side is always meant: no outline for readers is larger than half of the world.
 */
export function settleOutlines(traces: readonly JsonObject[]): JsonObject[] {
  return traces.map((trace) =>
    isJsonObject(trace['geojson']) ? { ...trace, geojson: rewound(trace['geojson']) } : trace,
  );
}

function rewound(value: JsonObject): JsonObject {
  const { type, features, geometry, geometries, coordinates } = value;
  const each = (list: Json | undefined) =>
    Array.isArray(list) ? list.map((one) => (isJsonObject(one) ? rewound(one) : one)) : null;
  if (type === 'FeatureCollection') return { ...value, features: each(features) };
  if (type === 'Feature' && isJsonObject(geometry))
    return { ...value, geometry: rewound(geometry) };
  if (type === 'GeometryCollection') return { ...value, geometries: each(geometries) };
  if (!Array.isArray(coordinates)) return value;
  if (type === 'Polygon') return { ...value, coordinates: rings(coordinates) };
  if (type !== 'MultiPolygon') return value;
  return {
    ...value,
    coordinates: coordinates.map((polygon) => (Array.isArray(polygon) ? rings(polygon) : polygon)),
  };
}

/** The outline of a polygon clockwise, its holes counter-clockwise. */
function rings(polygon: readonly Json[]): Json[] {
  return polygon.map((ring, index) => {
    if (!Array.isArray(ring)) return ring;
    const isClockwise = areaOf(ring) < 0;
    return isClockwise === (index === 0) ? ring : ring.toReversed();
  });
}

/** Twice the area on the flat map: positive for counter-clockwise. */
function areaOf(ring: readonly Json[]): number {
  let area = 0;
  for (const [index, point] of ring.entries()) {
    const next = ring[(index + 1) % ring.length];
    if (!Array.isArray(point) || !Array.isArray(next)) continue;
    area += Number(point[0]) * Number(next[1]) - Number(next[0]) * Number(point[1]);
  }
  return area;
}
