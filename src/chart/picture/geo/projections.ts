// Projections of d3-geo, shapes of TopoJSON, and names of countries as plotly reads them. The build puts the libraries
// into this file.

import countryPatterns from 'country-regex';
import {
  geoAlbersUsa,
  geoAzimuthalEqualArea,
  geoAzimuthalEquidistant,
  geoConicConformal,
  geoConicEqualArea,
  geoConicEquidistant,
  geoEqualEarth,
  geoEquirectangular,
  geoGnomonic,
  geoMercator,
  geoNaturalEarth1,
  geoOrthographic,
  geoPath,
  geoStereographic,
  geoTransverseMercator,
  type GeoConicProjection,
  type GeoPermissibleObjects,
  type GeoProjection,
} from 'd3-geo';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';

/** A shape of GeoJSON. */
export type Shape = object;

/** A shape with what plotly finds it by. */
export interface Outline {
  readonly id: string | undefined;
  readonly shape: Shape;
  /** Its centroid, by longitude and latitude; undefined: the data have none. */
  readonly center: readonly [number, number] | undefined;
  /** The country whose part it is. */
  readonly country: string | undefined;
}

/** The receiver of a path. */
export interface Pen {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  closePath(): void;
}

/** A projection into a rectangle. */
export interface Projection {
  /** Where a place is drawn; undefined: outside of what the projection shows. */
  readonly point: (place: readonly [number, number]) => readonly [number, number] | undefined;
  readonly draw: (shape: Shape, pen: Pen) => void;
}

/** plotly's names of projections. */
const projections: Readonly<Record<string, () => GeoProjection>> = {
  'albers usa': geoAlbersUsa,
  'azimuthal equal area': geoAzimuthalEqualArea,
  'azimuthal equidistant': geoAzimuthalEquidistant,
  'conic conformal': geoConicConformal,
  'conic equal area': geoConicEqualArea,
  albers: geoConicEqualArea,
  'conic equidistant': geoConicEquidistant,
  'equal earth': geoEqualEarth,
  equirectangular: geoEquirectangular,
  gnomonic: geoGnomonic,
  mercator: geoMercator,
  'natural earth': geoNaturalEarth1,
  orthographic: geoOrthographic,
  stereographic: geoStereographic,
  'transverse mercator': geoTransverseMercator,
};

/** Settings of a projection. */
export interface ProjectionSettings {
  /** plotly's name of it. One that is not known here is drawn as `natural earth`. */
  readonly type: string;
  readonly rotate: readonly [number, number, number];
  readonly parallels: readonly [number, number] | undefined;
  /** The shapes that have to be visible. */
  readonly seen: Shape;
  /** The rectangle of the map, in pixels. */
  readonly extent: readonly [readonly [number, number], readonly [number, number]];
}

/** A projection that fits shapes into a rectangle. */
export function projectionOf({
  type,
  rotate,
  parallels,
  seen,
  extent,
}: ProjectionSettings): Projection {
  const projection =
    (Object.hasOwn(projections, type) ? projections[type] : undefined)?.() ?? geoNaturalEarth1();
  // The projection of the United States has fixed parameters.
  if (type !== 'albers usa') projection.rotate([...rotate]);
  if (parallels !== undefined && 'parallels' in projection) {
    (projection as GeoConicProjection).parallels([...parallels]);
  }
  const [from, to] = extent;
  projection.fitExtent([[...from], [...to]], seen as GeoPermissibleObjects);
  if (type !== 'albers usa') projection.clipExtent([[...from], [...to]]);
  return {
    point: (place) => {
      let found: readonly [number, number] | undefined;
      // Places behind the horizon or beyond the edges have no point.
      const sink = { ...silent, point: (x: number, y: number) => (found = [x, y]) };
      if (type === 'albers usa') found = projection([...place]) ?? undefined;
      else projection.stream(sink).point(...place);
      return found?.every(Number.isFinite) === true ? found : undefined;
    },
    draw: (shape, pen) => {
      const context = {
        moveTo: (x: number, y: number) => {
          pen.moveTo(x, y);
        },
        lineTo: (x: number, y: number) => {
          pen.lineTo(x, y);
        },
        closePath: () => {
          pen.closePath();
        },
        beginPath: () => undefined,
        arc: () => undefined,
      };
      geoPath(projection, context)(shape as GeoPermissibleObjects);
    },
  };
}

const nothing = () => undefined;

/** A stream that ignores its shapes. */
const silent = {
  ...{ lineStart: nothing, lineEnd: nothing, polygonStart: nothing, polygonEnd: nothing },
  sphere: nothing,
};

/** The shapes of a layer of TopoJSON. */
export function outlinesOf(topology: object, layer: string): readonly Outline[] {
  const { objects } = topology as Topology;
  const collection = objects[layer] as GeometryCollection<{ ct?: [number, number]; gu?: string }>;
  return feature(topology as Topology, collection).features.map(({ id, geometry, properties }) => ({
    id: id === undefined ? undefined : String(id),
    shape: geometry,
    center: properties.ct,
    country: properties.gu,
  }));
}

const patterns = Object.entries(countryPatterns).map(
  ([code, pattern]) => [code, new RegExp(pattern)] as const,
);

/** The ISO-3 code of a country by a name of it. */
export function countryCode(name: string): string | undefined {
  const text = name.trim().toLowerCase();
  return patterns.find(([, pattern]) => pattern.test(text))?.[0];
}
