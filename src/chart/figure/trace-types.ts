/**
 * The builds of plotly.js by what they draw, smallest first (0.4, 0.5 and 1.6 MB gzip). All three work
 * without `unsafe-eval`.
 */
export const plotlyBundles = ['basic', 'cartesian', 'strict'] as const;

/** One of {@link plotlyBundles}. */
export type PlotlyBundle = (typeof plotlyBundles)[number];

/** The kinds of traces that plotly knows, by the smallest bundle that draws them. */
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

/** Maps on tiles, which a map server would have to send. */
export const tileTypes: readonly string[] = ['choroplethmap', 'densitymap', 'scattermap'];

/** Kinds that older versions of plotly had, with their successors. */
export const formerTypes: Readonly<Record<string, string>> = {
  area: 'barpolar',
  choroplethmapbox: 'choroplethmap',
  contourgl: 'contour',
  densitymapbox: 'densitymap',
  heatmapgl: 'heatmap',
  pointcloud: 'scattergl',
  scattermapbox: 'scattermap',
};

/** The kind of a trace; plotly's default is `scatter`. */
export function traceType(trace: Readonly<Record<string, unknown>>): string {
  return typeof trace['type'] === 'string' ? trace['type'] : 'scatter';
}

/** What of a figure decides what draws it. */
interface DrawnFigure {
  readonly undrawable: string | undefined;
  readonly traces: readonly Readonly<Record<string, unknown>>[];
}

/** The smallest bundle that draws all figures of a page; undefined: nothing is to be drawn. */
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
