// The kinds of charts (trace types) of plotly, and which bundle draws each.

import { closestName } from '../../text/closest-name.js';
import type { Json } from '../../nbformat/notebook.js';

/** The builds of plotly.js, smallest first (0.4, 0.5 and 1.6 MB gzip). All three work without `unsafe-eval`. */
export const plotlyBundles = ['basic', 'cartesian', 'strict'] as const;

/** One of {@link plotlyBundles}. */
export type PlotlyBundle = (typeof plotlyBundles)[number];

/** plotly's trace types, by the smallest bundle that draws them. */
export const traceTypes: Readonly<Record<PlotlyBundle, readonly string[]>> = {
  basic: ['bar', 'pie', 'scatter'],
  cartesian: [
    ...['box', 'contour', 'heatmap', 'histogram', 'histogram2d', 'histogram2dcontour', 'image'],
    ...['scatterternary', 'violin'],
  ],
  strict: [
    ...['barpolar', 'candlestick', 'carpet', 'choropleth', 'cone', 'contourcarpet', 'funnel'],
    ...[
      'funnelarea',
      'icicle',
      'indicator',
      'isosurface',
      'mesh3d',
      'ohlc',
      'parcats',
      'parcoords',
    ],
    ...[
      'quiver',
      'sankey',
      'scatter3d',
      'scattercarpet',
      'scattergeo',
      'scattergl',
      'scatterpolar',
    ],
    ...['scatterpolargl', 'scattersmith', 'splom', 'streamtube', 'sunburst', 'surface', 'table'],
    ...['treemap', 'volume', 'waterfall'],
  ],
};

/** Maps with tiles, which a map server would have to send. */
export const tileTypes: readonly string[] = ['choroplethmap', 'densitymap', 'scattermap'];

/** Trace types of older versions of plotly, with their successors. */
export const formerTypes: Readonly<Record<string, string>> = {
  area: 'barpolar',
  choroplethmapbox: 'choroplethmap',
  contourgl: 'contour',
  densitymapbox: 'densitymap',
  heatmapgl: 'heatmap',
  pointcloud: 'scattergl',
  scattermapbox: 'scattermap',
};

/** The type of a trace; plotly's default is `scatter`. */
export function traceType(trace: Readonly<Record<string, unknown>>): string {
  return typeof trace['type'] === 'string' ? trace['type'] : 'scatter';
}

/** The parts of a figure that decide which bundle draws it. */
interface DrawnFigure {
  readonly undrawable: string | undefined;
  readonly traces: readonly Readonly<Record<string, unknown>>[];
}

/** The smallest bundle that draws all figures of a page; undefined: there is nothing to draw. */
export function bundleFor(figures: readonly DrawnFigure[]): PlotlyBundle | undefined {
  const sizes = figures
    .filter(({ undrawable }) => undrawable === undefined)
    .flatMap(({ traces }) => traces.map(bundleOf));
  return sizes.length === 0 ? undefined : plotlyBundles[Math.max(...new Set(sizes))];
}

function bundleOf(trace: DrawnFigure['traces'][number]): number {
  const type = traceType(trace);
  return plotlyBundles.findIndex((bundle) => traceTypes[bundle].includes(type));
}

const drawn = new Set(plotlyBundles.flatMap((bundle) => traceTypes[bundle]));
const known = [...drawn, ...tileTypes];

/**
 * The problem of an unknown trace type.
 *
 * @returns Undefined for types of plotly.
 */
export function unknownType(type: string): string | undefined {
  if (known.includes(type)) return undefined;
  const successor = Object.hasOwn(formerTypes, type) ? formerTypes[type] : undefined;
  if (successor !== undefined) {
    return `plotly has no charts of type “${type}” any more; “${successor}” took their place`;
  }
  const meant = closestName(type.toLowerCase(), known);
  return `plotly knows no charts of type “${type}”${meant === undefined ? '' : `; is “${meant}” meant?`}`;
}

/**
 * Why a chart cannot be drawn, as a sentence: plotly would draw an empty frame or something else, or would have to
 * load from another server.
 *
 * @returns Undefined for charts that can.
 */
export function undrawable(traces: readonly Readonly<Record<string, Json>>[]): string | undefined {
  for (const trace of traces) {
    const type = traceType(trace);
    const reason = unknownType(type) ?? foreign(type, trace);
    if (reason !== undefined) return `This chart cannot be drawn: ${reason}.`;
  }
  return undefined;
}

function foreign(type: string, trace: Readonly<Record<string, Json>>): string | undefined {
  if (tileTypes.includes(type)) {
    return `the tiles of a “${type}” would come from a map server, and pages load nothing from elsewhere`;
  }
  return typeof trace['geojson'] === 'string'
    ? 'its outlines would come from another server, and pages load nothing from elsewhere'
    : undefined;
}
