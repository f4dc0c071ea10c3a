import type { Figure } from './figure.js';

/**
 * The builds of plotly.js by what they draw, smallest first (0.4, 0.5 and 1.6 MB gzip). All three work
 * without `unsafe-eval`.
 */
export const plotlyBundles = ['basic', 'cartesian', 'strict'] as const;

/** One of {@link plotlyBundles}. */
export type PlotlyBundle = (typeof plotlyBundles)[number];

const basic = new Set(['bar', 'pie', 'scatter']);
const cartesian = new Set([
  ...[...basic, 'box', 'contour', 'heatmap', 'histogram', 'histogram2d', 'histogram2dcontour'],
  ...['image', 'scatterternary', 'violin'],
]);

/** The smallest bundle that draws all figures of a page; undefined for none. */
export function bundleFor(figures: readonly Figure[]): PlotlyBundle | undefined {
  const types = figures.flatMap(({ traces }) => traces.map(traceType));
  if (types.length === 0) return undefined;
  if (types.every((type) => basic.has(type))) return 'basic';
  return types.every((type) => cartesian.has(type)) ? 'cartesian' : 'strict';
}

/** The kind of a trace; plotly's default is `scatter`. */
export function traceType(trace: Figure['traces'][number]): string {
  return typeof trace['type'] === 'string' ? trace['type'] : 'scatter';
}
