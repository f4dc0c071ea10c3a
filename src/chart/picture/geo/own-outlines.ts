// Outlines of regions from the GeoJSON of a figure.

import { isJsonObject, type Json, type JsonObject } from '../../../nbformat/notebook.js';
import type { Trace } from '../drawing/scene.js';
import type { Outline } from './projections.js';

/** The features of a trace's own outlines, by its `featureidkey`. */
export function ownOutlines(geojson: Trace, trace: Trace): readonly Outline[] {
  const features = Array.isArray(geojson['features']) ? geojson['features'] : [geojson];
  const key = typeof trace['featureidkey'] === 'string' ? trace['featureidkey'] : 'id';
  return features.flatMap((feature) => {
    if (!isJsonObject(feature) || !isRegion(feature['geometry'])) return [];
    const id = key
      .split('.')
      .reduce<Json | undefined>(
        (part, name) => (isJsonObject(part) ? part[name] : undefined),
        feature,
      );
    if (typeof id !== 'string' && typeof id !== 'number') return [];
    const shape = feature['geometry'];
    return [{ id: String(id), shape, center: undefined, country: undefined }];
  });
}

/** Whether a geometry is one or more polygons whose places are on the globe. */
function isRegion(geometry: Json | undefined): geometry is JsonObject {
  if (!isJsonObject(geometry)) return false;
  const { type, coordinates } = geometry;
  if (type === 'Polygon') return isListOf(isRing)(coordinates);
  return type === 'MultiPolygon' && isListOf(isListOf(isRing))(coordinates);
}

function isListOf(isItem: (value: Json) => boolean): (value: Json | undefined) => boolean {
  return (value) => Array.isArray(value) && value.length > 0 && value.every(isItem);
}

const isRing = (value: Json): boolean => isListOf(isPlace)(value) && (value as Json[]).length > 3;

const isPlace = (value: Json): boolean =>
  Array.isArray(value) && isWithin(value[0], 360) && isWithin(value[1], 90);

function isWithin(value: Json | undefined, most: number): boolean {
  return typeof value === 'number' && Math.abs(value) <= most;
}
