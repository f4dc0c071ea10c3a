// This folder draws figures as SVG. A figure is read as scenes (a pair of axes, a pie, a map), by the kind of each of
// its traces (this file); a scene reads its traces as marks and draws them in its part of the picture.
// picture-address.ts makes a data URL of it.
import type { Element } from 'hast';
import type { Figure } from '../figure/figure.js';
import { plotKinds } from './panels/kinds.js';
import { plotScenes } from './panels/plot-scenes.js';
import { drawScenes } from './drawing/draw-scenes.js';
import { geoScenes } from './geo/geo-scenes.js';
import { indicatorScenes } from './parts/indicator.js';
import { partScenes } from './parts/parts.js';
import { pieScenes } from './parts/pie.js';
import { polarScenes } from './polar/polar-scenes.js';
import { readScenes, type ReadScenes } from './drawing/read-scenes.js';
import type { PictureSize } from './svg.js';

const overAxes = plotScenes(plotKinds);

/** What reads each type of trace. */
const readers: ReadonlyMap<string, ReadScenes> = new Map<string, ReadScenes>([
  ...[...plotKinds.keys()].map((type) => [type, overAxes] as const),
  ...['treemap', 'icicle', 'sunburst'].map((type) => [type, partScenes] as const),
  ...['scatterpolar', 'scatterpolargl', 'barpolar'].map((type) => [type, polarScenes] as const),
  ...['choropleth', 'scattergeo'].map((type) => [type, geoScenes] as const),
  ['indicator', indicatorScenes],
  ['pie', pieScenes],
]);

/**
 * A chart as SVG, from the same data as the interactive chart: readers see it before the script, without it and in
 * print. Colours are classes of the stylesheet, so that the picture follows light and dark mode.
 *
 * @returns Undefined for charts that only plotly draws.
 */
export function drawPicture(figure: Figure, size: PictureSize): Element | undefined {
  return drawPictures(figure, [size])[0];
}

/** Pictures of several sizes, for which the figure is read once; none for charts that only plotly draws. */
export function drawPictures(figure: Figure, sizes: readonly PictureSize[]): Element[] {
  const scenes = readScenes(figure, readers);
  if (scenes === undefined) return [];
  const wantsLegend = figure.layout['showlegend'] !== false;
  return sizes.map((size) => drawScenes(scenes, wantsLegend, size));
}
