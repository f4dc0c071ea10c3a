// Which map outlines a figure needs.

import { isJsonObject } from '../../nbformat/notebook.js';
import type { Figure } from './figure.js';
import { traceType } from './trace-types.js';

/** The scopes of plotly's maps. */
const scopes = [
  ...['world', 'usa', 'europe', 'asia', 'africa', 'north america', 'south america', 'antarctica'],
  'oceania',
];

/** The names of all maps in plotly's notation: `world_110m`. */
export const mapNames: readonly string[] = scopes.flatMap((scope) => [
  mapName(scope, 110),
  mapName(scope, 50),
]);

/** The maps that figures need. */
export function mapsOf(figures: readonly Figure[]): string[] {
  const names = figures
    .filter(({ undrawable }) => undrawable === undefined)
    .flatMap(({ traces, layout }) =>
      traces.flatMap((trace) => {
        if (!['choropleth', 'scattergeo'].includes(traceType(trace))) return [];
        const id = typeof trace['geo'] === 'string' ? trace['geo'] : 'geo';
        const geo = isJsonObject(layout[id]) ? layout[id] : {};
        const scope = geo['scope'];
        const isKnown = typeof scope === 'string' && scopes.includes(scope);
        return [mapName(isKnown ? scope : 'world', Number(geo['resolution']) === 50 ? 50 : 110)];
      }),
    );
  return [...new Set(names)];
}

/** @param resolution - The scale in millions; 50 is the finer one. */
function mapName(scope: string, resolution: 50 | 110): string {
  return `${scope.replaceAll(' ', '-')}_${resolution}m`;
}
