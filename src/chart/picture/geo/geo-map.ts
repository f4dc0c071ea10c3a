// The base map of regions and points: range, projection and outlines, by the layout of a figure.

import { createRequire } from 'node:module';
import { isJsonObject, type Json } from '../../../nbformat/notebook.js';
import type { Figure } from '../../figure/figure.js';
import { mapFile, mapOf } from '../../figure/maps.js';
import type { SceneSize, Trace } from '../drawing/scene.js';
import { ownOutlines } from './own-outlines.js';
import {
  countryCode,
  outlinesOf,
  projectionOf,
  type Outline,
  type Projection,
  type Shape,
} from './projections.js';

/** A map of a figure's layout. */
export interface GeoMap {
  readonly settings: Trace;
  /** The outlines of countries. */
  readonly countries: readonly Outline[];
  /** The outline of a location by the trace's `locationmode`; undefined: the map has none. */
  readonly outlineOf: (trace: Trace) => (location: string) => Outline | undefined;
  /** The projection of the map into a rectangle. */
  readonly project: (size: SceneSize, found: readonly Shape[]) => Projection;
}

interface Scope {
  readonly longitudes: readonly [number, number];
  readonly latitudes: readonly [number, number];
  readonly projection: string;
  readonly rotate?: readonly [number, number, number];
  readonly parallels?: readonly [number, number];
}

const everywhere: Scope = {
  longitudes: [-180, 180],
  latitudes: [-90, 90],
  projection: 'equirectangular',
};

/** plotly's defaults for each scope. */
const scopes: ReadonlyMap<string, Scope> = new Map<string, Scope>(
  Object.entries({
    world: everywhere,
    usa: { longitudes: [-180, -50], latitudes: [15, 80], projection: 'albers usa' },
    europe: {
      ...{ longitudes: [-30, 60], latitudes: [30, 85], projection: 'conic conformal' },
      ...{ rotate: [-15, 0, 0], parallels: [0, 60] },
    },
    asia: { longitudes: [22, 160], latitudes: [-15, 55], projection: 'mercator' },
    africa: { longitudes: [-30, 60], latitudes: [-40, 40], projection: 'mercator' },
    'north america': {
      ...{ longitudes: [-180, -45], latitudes: [5, 85], projection: 'conic conformal' },
      ...{ rotate: [100, 0, 0], parallels: [29.5, 45.5] },
    },
    'south america': { longitudes: [-100, -30], latitudes: [-60, 15], projection: 'mercator' },
    antarctica: { ...everywhere, latitudes: [-90, -60] },
    oceania: { ...everywhere, latitudes: [-50, 25] },
  } satisfies Record<string, Scope>),
);

const require = createRequire(import.meta.url);

/** Outlines that were read, by file and layer: a file has up to a megabyte. */
const read = new Map<string, readonly Outline[]>();

function outlinesIn(name: string, layer: 'countries' | 'subunits'): readonly Outline[] {
  const key = `${name} ${layer}`;
  const known = read.get(key);
  if (known !== undefined) return known;
  const outlines = outlinesOf(require(mapFile(name)) as object, layer);
  read.set(key, outlines);
  return outlines;
}

/** Reads the map that traces are drawn on, by its name in the layout. */
export function readMap(name: string, layout: Figure['layout']): GeoMap {
  const settings = isJsonObject(layout[name]) ? layout[name] : {};
  const file = mapOf(settings);
  const called = settings['scope'];
  const scope = (typeof called === 'string' ? scopes.get(called) : undefined) ?? everywhere;
  const countries = outlinesIn(file, 'countries');
  return {
    settings,
    countries,
    outlineOf: (trace) => finderOf(trace, file, countries),
    project: ({ width, height, hasAxes }, found) => {
      const margin = hasAxes ? 8 : 2;
      const chosen = isJsonObject(settings['projection']) ? settings['projection'] : {};
      const type = typeof chosen['type'] === 'string' ? chosen['type'] : scope.projection;
      const turned = isJsonObject(chosen['rotation']) ? chosen['rotation'] : {};
      const [longitude = 0, latitude = 0, roll = 0] = scope.rotate ?? [];
      const isFitted = settings['fitbounds'] === 'locations' || settings['fitbounds'] === 'geojson';
      return projectionOf({
        type,
        rotate: [
          -(numberIn(turned['lon']) ?? -longitude),
          -(numberIn(turned['lat']) ?? -latitude),
          numberIn(turned['roll']) ?? roll,
        ],
        parallels: pairOf(chosen['parallels']) ?? scope.parallels,
        seen:
          isFitted && found.length > 0
            ? { type: 'GeometryCollection', geometries: found }
            : seenIn(settings, type, { ...scope, countries, file }),
        extent: [
          [margin, margin],
          [Math.max(margin + 1, width - margin), Math.max(margin + 1, height - margin)],
        ],
      });
    },
  };
}

/** What a map shows of the globe: points along the edges of its ranges, the states of the country, or half of the globe. */
function seenIn(
  settings: Trace,
  type: string,
  { longitudes, latitudes, file }: Scope & { readonly file: string; readonly countries: unknown },
): Shape {
  if (type === 'orthographic') return { type: 'Sphere' };
  if (type === 'albers usa') {
    const states = outlinesIn(file, 'subunits').filter(({ country }) => country === 'USA');
    return { type: 'GeometryCollection', geometries: states.map(({ shape }) => shape) };
  }
  const rangeOf = (axis: string) =>
    isJsonObject(settings[axis]) ? pairOf(settings[axis]['range']) : undefined;
  const [west, east] = rangeOf('lonaxis') ?? longitudes;
  const [south, north] = rangeOf('lataxis') ?? latitudes;
  const steps = Array.from({ length: 21 }, (_, step) => step / 20);
  // The opposite meridian is the same line.
  const along = (from: number, to: number) =>
    steps.map((share) => from + 1e-6 + (to - from - 2e-6) * share);
  // Mercator's projection has no poles.
  const high = type === 'mercator' ? Math.min(north, 85) : north;
  const low = type === 'mercator' ? Math.max(south, -85) : south;
  return {
    type: 'MultiPoint',
    coordinates: [
      ...along(west, east).flatMap((at) => [low, high].map((edge) => [at, edge])),
      ...along(low, high).flatMap((at) => [west + 1e-6, east - 1e-6].map((edge) => [edge, at])),
    ],
  };
}

function finderOf(
  trace: Trace,
  file: string,
  countries: readonly Outline[],
): (location: string) => Outline | undefined {
  const mode = trace['locationmode'];
  if (isJsonObject(trace['geojson'])) return finderIn(ownOutlines(trace['geojson'], trace));
  if (mode === 'USA-states') {
    return finderIn(outlinesIn(file, 'subunits').filter(({ country }) => country === 'USA'));
  }
  const byCode = finderIn(countries);
  return mode === 'country names' ? (name) => byCode(countryCode(name) ?? '') : byCode;
}

function finderIn(outlines: readonly Outline[]): (location: string) => Outline | undefined {
  const byId = new Map(outlines.map((outline) => [outline.id, outline]));
  return (location) => byId.get(location);
}

function pairOf(value: Json | undefined): readonly [number, number] | undefined {
  if (!Array.isArray(value)) return undefined;
  const [from, to] = value.map(numberIn);
  return from !== undefined && to !== undefined && from < to ? [from, to] : undefined;
}

function numberIn(value: Json | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
