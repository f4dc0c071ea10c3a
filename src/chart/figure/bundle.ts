import type { Figure } from './figure.js';
import { plotlyBundles, traceType, traceTypes, type PlotlyBundle } from './trace-types.js';

/** The smallest bundle that draws all figures of a page; undefined: nothing is to be drawn. */
export function bundleFor(figures: readonly Figure[]): PlotlyBundle | undefined {
  const sizes = figures
    .filter(({ undrawable }) => undrawable === undefined)
    .flatMap(({ traces }) => traces.map(bundleOf));
  return sizes.length === 0 ? undefined : plotlyBundles[Math.max(...new Set(sizes))];
}

function bundleOf(trace: Figure['traces'][number]): number {
  const type = traceType(trace);
  return plotlyBundles.findIndex((bundle) => traceTypes[bundle].includes(type));
}
