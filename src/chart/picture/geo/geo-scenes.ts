// Maps (choropleths and points) as scenes of a picture.

import type { Element } from 'hast';
import type { Figure } from '../../figure/figure.js';
import { legendOf } from '../axes/layer.js';
import { colorBarWidth, drawColorBar } from '../drawing/color-bar.js';
import { paint, tracePaint } from '../drawing/paint.js';
import {
  readDomain,
  type FigureTrace,
  type LegendItem,
  type Scene,
  type SceneSize,
} from '../drawing/scene.js';
import { subplotScenes } from '../drawing/subplots.js';
import { svgElement as s } from '../svg.js';
import { readMap, type GeoMap } from './geo-map.js';
import { geoPoints } from './geo-points.js';
import { geoRegions, type GeoLayer } from './geo-regions.js';
import { ThinPath } from './thin-path.js';

/** The least distance between points of an outline, in pixels. */
const outlineStep = { whole: 1.2, thumbnail: 3 };

/**
 * Each map in its own part.
 *
 * @returns Undefined where a trace has nothing to show.
 */
export function geoScenes(
  traces: readonly FigureTrace[],
  figure: Figure,
): readonly Scene[] | undefined {
  return subplotScenes(traces, figure, { kind: 'geo', attribute: 'geo' }, readScene);
}

function readScene(
  traces: readonly FigureTrace[],
  name: string,
  layout: Figure['layout'],
): Scene | undefined {
  const map = readMap(name, layout);
  const read = (size: SceneSize) =>
    // Regions lie below points.
    traces
      .toSorted((a, b) => Number(a.type !== 'choropleth') - Number(b.type !== 'choropleth'))
      .map((one) =>
        one.type === 'choropleth'
          ? geoRegions(one, map, layout)
          : geoPoints(one, map, layout, size),
      );
  const tried = read({ width: 100, height: 100, hasAxes: false, mostMarks: 1 });
  if (!tried.every((layer) => layer !== undefined && layer.shapes.length > 0)) return undefined;
  return {
    domain: readDomain(map.settings['domain'], layout),
    legend: traces
      .filter(({ type }) => type === 'scattergeo')
      .map((one) =>
        legendOf(one, paint(tracePaint(one.trace, one.index, layout), undefined, 'swatch')),
      )
      .filter((item): item is LegendItem => item !== undefined),
    draw: (size) =>
      drawMap(
        map,
        read(size).filter((layer) => layer !== undefined),
        size,
      ),
  };
}

function drawMap(map: GeoMap, layers: readonly GeoLayer[], size: SceneSize): readonly Element[] {
  const colors = size.hasAxes ? layers.find((layer) => layer.colors?.hasBar)?.colors : undefined;
  const width = size.width - (colors === undefined ? 0 : colorBarWidth(colors));
  const shapes = layers.flatMap((layer) => layer.shapes);
  const others = layers.flatMap(({ unnamed = [] }) => unnamed);
  const seen = map.settings['fitbounds'] === 'geojson' ? [...shapes, ...others] : shapes;
  const projection = map.project({ ...size, width }, seen);
  const distance = size.hasAxes ? outlineStep.whole : outlineStep.thumbnail;
  const land = new ThinPath(distance);
  const regions = new Set(shapes);
  const around = hasLand(map.settings) ? map.countries.map(({ shape }) => shape) : [];
  for (const shape of [...around, ...others]) if (!regions.has(shape)) projection.draw(shape, land);
  return [
    s('path', { className: ['land'], d: land.data }),
    ...layers.flatMap((layer) => [...layer.draw(projection, distance)]),
    ...(colors === undefined
      ? []
      : drawColorBar(colors, { left: width + 12, top: 12, bottom: size.height - 12 })),
  ];
}

/** plotly's rule: what is said of land itself holds before what is said of the whole base map. */
function hasLand({ visible, showland }: GeoMap['settings']): boolean {
  return typeof showland === 'boolean' ? showland : visible !== false;
}
