// Choropleths: regions whose colour is a number.

import type { Element } from 'hast';
import { isJsonObject } from '../../../nbformat/notebook.js';
import { numberOf, readValues } from '../../figure/values.js';
import { readColorScale, type ColorScale } from '../drawing/color-scale.js';
import type { FigureTrace, Trace } from '../drawing/scene.js';
import { svgElement as s } from '../svg.js';
import type { GeoMap } from './geo-map.js';
import { ownOutlines } from './own-outlines.js';
import type { Projection, Shape } from './projections.js';
import { ThinPath } from './thin-path.js';

/** A layer of a map. */
export interface GeoLayer {
  readonly index: number;
  /** What a map that is fitted to its data shows. */
  readonly shapes: readonly Shape[];
  /** Outlines that the trace brings and does not name; they are land. */
  readonly unnamed?: readonly Shape[];
  readonly colors: ColorScale | undefined;
  readonly draw: (projection: Projection, distance: number) => readonly Element[];
}

/** The regions of a choropleth; undefined: it has none. */
export function geoRegions(
  { trace, index }: FigureTrace,
  map: GeoMap,
  layout: Trace,
): GeoLayer | undefined {
  const [locations, values] = [readValues(trace['locations']), readValues(trace['z'])];
  if (locations === undefined || values === undefined) return undefined;
  const find = map.outlineOf(trace);
  const colors = readColorScale(values, trace, layout, 'z');
  const regions = locations.flatMap((location, at) => {
    const outline = location === null ? undefined : find(String(location));
    return outline === undefined
      ? []
      : [{ shape: outline.shape, value: numberOf(values[at] ?? null) }];
  });
  return {
    index,
    shapes: regions.map(({ shape }) => shape),
    ...(isJsonObject(trace['geojson'])
      ? { unnamed: ownOutlines(trace['geojson'], trace).map(({ shape }) => shape) }
      : {}),
    colors,
    draw: (projection, distance) =>
      regions.map(({ shape, value }) => {
        const path = thinPath(shape, projection, distance);
        if (value === undefined) return s('path', { className: ['land'], d: path });
        const { tone, color } = colors.toneOf(value);
        return s('path', {
          ...(tone === undefined
            ? { className: ['region'], ...(color === undefined ? {} : { color }) }
            : { className: ['region', tone] }),
          d: path,
        });
      }),
  };
}

/** The path of a region; a small one, of which thinning leaves nothing, stays as it is. */
function thinPath(shape: Shape, projection: Projection, distance: number): string {
  for (const step of [distance, 0]) {
    const path = new ThinPath(step);
    projection.draw(shape, path);
    if (path.data !== '') return path.data;
  }
  return '';
}
