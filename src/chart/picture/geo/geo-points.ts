// Points, bubbles and lines on a map.

import { numberOf, readValues, type Value } from '../../figure/values.js';
import { isJsonObject } from '../../../nbformat/notebook.js';
import { drawLine, type LineMark } from '../cartesian/lines/line-marks.js';
import { pointLooks } from '../cartesian/lines/point-looks.js';
import { markBounds } from '../axes/layer.js';
import { tracePaint } from '../drawing/paint.js';
import type { FigureTrace, SceneSize, Trace } from '../drawing/scene.js';
import type { GeoMap } from './geo-map.js';
import type { GeoLayer } from './geo-regions.js';

type Place = readonly [number, number];

/** The points of a trace, by longitude and latitude or by the centroids of regions; undefined: it has none. */
export function geoPoints(
  { trace, index }: FigureTrace,
  map: GeoMap,
  layout: Trace,
  size: SceneSize,
): GeoLayer | undefined {
  const places = placesOf(trace, map);
  if (places === undefined) return undefined;
  const look = tracePaint(trace, index, layout);
  const mode = typeof trace['mode'] === 'string' ? trace['mode'] : 'markers';
  const lookAt = pointLooks(trace, look, mode);
  const line = isJsonObject(trace['line']) ? trace['line'] : {};
  const hasPoints = mode.includes('markers');
  const coordinates = places.filter((place) => place !== undefined);
  return {
    index,
    shapes: [{ type: 'MultiPoint', coordinates }],
    colors: hasPoints ? look.scale : undefined,
    draw: ({ point }) => {
      const marks = places.map((place, at): LineMark | undefined => {
        const found = place && point(place);
        return found && { x: found[0], y: found[1], ...lookAt(at) };
      });
      const series = {
        ...{ paint: look, marks, hasLine: mode.includes('lines'), hasPoints },
        ...{ shape: line['shape'] ?? 'linear', fill: 'none', floor: [], zero: undefined },
      };
      const same = (value: number) => value;
      const { width, height, hasAxes } = size;
      const area = { x: [0, width], y: [0, height] } as const;
      const bounds = markBounds(1, size);
      return [drawLine(series, { x: same, y: same, area, gap: 0, bounds, hasAxes })];
    },
  };
}

function placesOf(trace: Trace, map: GeoMap): readonly (Place | undefined)[] | undefined {
  const locations = readValues(trace['locations']);
  if (locations !== undefined) {
    const find = map.outlineOf(trace);
    return locations.map((location) =>
      location === null ? undefined : find(String(location))?.center,
    );
  }
  const [longitudes, latitudes] = [readValues(trace['lon']), readValues(trace['lat'])];
  if (longitudes === undefined || latitudes === undefined) return undefined;
  const degrees = (value: Value | undefined, most: number) => {
    const number = numberOf(value ?? null);
    return number !== undefined && Math.abs(number) <= most ? number : undefined;
  };
  return Array.from({ length: Math.min(longitudes.length, latitudes.length) }, (_, at) => {
    const [longitude, latitude] = [degrees(longitudes[at], 360), degrees(latitudes[at], 90)];
    return longitude === undefined || latitude === undefined ? undefined : [longitude, latitude];
  });
}
