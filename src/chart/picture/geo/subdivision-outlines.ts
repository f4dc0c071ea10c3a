// Traces whose places are parts of countries by ISO 3166-2: their outlines are put into the figure, so that every
// front end draws it.

import { createRequire } from 'node:module';
import { isJsonObject, type Json, type JsonObject } from '../../../nbformat/notebook.js';
import { mapFile } from '../../figure/maps.js';
import type { TracesAndLayout } from '../../figure/settle-axes.js';
import {
  findSubdivision,
  subdivisions,
  unknownSubdivision,
  type Subdivision,
} from '../../figure/subdivisions.js';
import { outlinesOf, type Outline } from './projections.js';
import { thinArcs } from './thin-arcs.js';

/** The `locationmode` of such traces, beside plotly's own. */
export const subdivisionMode = 'ISO-3166-2';

/** How far outlines may be off, in degrees of latitude: about a pixel of a map of a large country. */
const precision = 0.04;

/** The smallest island that is drawn, in square degrees; the largest of each part always is. */
const leastArea = 0.03;

const require = createRequire(import.meta.url);
let known: readonly Outline[] | undefined;

/** The outlines of all parts; the file is read when a figure needs it. */
function allOutlines(): readonly Outline[] {
  known ??= outlinesOf(thinArcs(require(mapFile('world_50m')) as object, precision), 'subunits');
  return known;
}

/**
 * The figure as plotly knows it: traces with {@link subdivisionMode} have GeoJSON of all parts of the countries that
 * they name, and the map shows these.
 *
 * @throws TypeError for a location that no part is called.
 */
export function withSubdivisions({ traces, layout }: TracesAndLayout): TracesAndLayout {
  let settled = layout;
  const after = traces.map((trace, index) => {
    if (trace['locationmode'] !== subdivisionMode) return trace;
    const places = placesOf(trace, index);
    const name = typeof trace['geo'] === 'string' ? trace['geo'] : 'geo';
    const own = isJsonObject(settled[name]) ? settled[name] : {};
    const countries = new Set([...places.values()].map(({ country }) => country.outlines));
    settled = { ...settled, [name]: { ...mapSettings(countries), ...own } };
    return { ...trace, locationmode: 'geojson-id', geojson: geojsonOf(places, countries) };
  });
  return { traces: after, layout: settled };
}

/** The parts that a trace names, by how it writes them. */
function placesOf(trace: JsonObject, index: number): ReadonlyMap<string, Subdivision> {
  const locations = Array.isArray(trace['locations']) ? trace['locations'] : [];
  const places = new Map<string, Subdivision>();
  const problems = new Map<Json, string>();
  for (const location of locations) {
    if (location === null) continue;
    const text = typeof location === 'string' ? location : JSON.stringify(location);
    const found = typeof location === 'string' ? findSubdivision(text) : undefined;
    if (found === undefined) problems.set(text, unknownSubdivision(text));
    else places.set(text, found);
  }
  const [first, ...others] = problems;
  if (first === undefined) return places;
  const called = typeof trace['name'] === 'string' ? ` (“${trace['name']}”)` : '';
  const more =
    others.length === 0
      ? ''
      : ` So it is with ${others.length} more: ${others
          .slice(0, 5)
          .map(([text]) => JSON.stringify(text))
          .join(', ')}${others.length > 5 ? ' …' : ''}.`;
  throw new TypeError(
    `Series ${index + 1}${called} has a location ${JSON.stringify(first[0])}: ${first[1]}${more}`,
  );
}

function geojsonOf(
  places: ReadonlyMap<string, Subdivision>,
  countries: ReadonlySet<string>,
): JsonObject {
  const features = allOutlines().flatMap((outline): JsonObject[] => {
    const part = subdivisions.find(
      ({ country, outline: id }) => country.outlines === outline.country && id === outline.id,
    );
    if (part === undefined || !countries.has(part.country.outlines)) return [];
    const geometry = roundedShape(outline.shape);
    const names = [...places].filter(([, { code }]) => code === part.code).map(([text]) => text);
    // plotly finds an outline by the text of the location.
    return (names.length === 0 ? [part.code] : names).map((id) => ({
      ...{ type: 'Feature', id, properties: { code: part.code, name: part.name } },
      geometry,
    }));
  });
  return { type: 'FeatureCollection', features };
}

/** The polygons of a shape that are large enough, with as many digits as can be seen. */
function roundedShape(shape: object): JsonObject {
  const polygons = polygonsOf(shape);
  const areas = polygons.map(([ring = []]) => areaOf(ring));
  const largest = Math.max(...areas);
  const kept = polygons.filter(
    ([ring = []], at) =>
      ring.length > 3 && (areas[at] === largest || (areas[at] ?? 0) >= leastArea),
  );
  const round = (degrees: number) => Math.round(degrees * 100) / 100;
  return {
    type: 'MultiPolygon',
    coordinates: kept.map((polygon) =>
      polygon
        .filter((ring, at) => at === 0 || ring.length > 3)
        .map((ring) =>
          ring.map(([longitude = 0, latitude = 0]) => [round(longitude), round(latitude)]),
        ),
    ),
  };
}

function polygonsOf(shape: object): number[][][][] {
  const { type, coordinates } = shape as { type: string; coordinates: unknown };
  return (type === 'Polygon' ? [coordinates] : coordinates) as number[][][][];
}

/** The area of a ring on the flat map, in square degrees. */
function areaOf(ring: readonly (readonly number[])[]): number {
  const doubled = ring.reduce((sum, [x = 0, y = 0], at) => {
    const [nextX = 0, nextY = 0] = ring[(at + 1) % ring.length] ?? [];
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(doubled) / 2;
}

/** How plotly shows one country best; others in one map are shown as on the globe. */
const settingsByCountry: ReadonlyMap<string, JsonObject> = new Map<string, JsonObject>([
  ['AUS', { projection: { type: 'mercator' } }],
  ['BRA', { scope: 'south america' }],
  ['CAN', { scope: 'north america', projection: { rotation: { lon: -95 } } }],
]);

/** How a map of some countries is shown, where the figure does not say: all of them, and nothing else. */
function mapSettings(countries: ReadonlySet<string>): JsonObject {
  const [country = ''] = countries.size === 1 ? countries : [];
  // The outlines of the base map are coarser: they would stand out beside those of the figure.
  const alone: JsonObject = { visible: false };
  if (country === 'USA') return { ...alone, scope: 'usa' };
  const isNorth = [...countries].every((one) => one === 'CAN' || one === 'USA');
  const several = isNorth ? { scope: 'north america' } : { projection: { type: 'natural earth' } };
  return { ...alone, fitbounds: 'geojson', ...(settingsByCountry.get(country) ?? several) };
}
