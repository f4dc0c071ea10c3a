import fc from 'fast-check';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { readFigure } from '../../../src/chart/figure/figure.js';
import { mapFile } from '../../../src/chart/figure/maps.js';
import { findSubdivision, subdivisions } from '../../../src/chart/figure/subdivisions.js';
import { outlinesOf } from '../../../src/chart/picture/geo/projections.js';
import { drawPicture } from '../../../src/chart/picture/picture.js';
import { svgText } from '../../../src/chart/picture/svg.js';
import { dataTableOf } from '../../../src/chart/table/data-table.js';
import { plotBundle } from '../../../src/display/plot.js';
import { plotlyType } from '../../../src/chart/figure/figure.js';
import { isJsonObject, type JsonObject } from '../../../src/nbformat/notebook.js';

const require = createRequire(import.meta.url);

interface Settled {
  data: { locationmode: string; locations: string[]; geojson: { features: Feature[] } }[];
  layout: JsonObject;
}
interface Feature {
  id: string;
  geometry: { coordinates: [number, number][][][] };
}

function mapOf(locations: readonly (string | number | null)[], layout = {}) {
  const bundle = plotBundle({
    title: 'Map',
    data: [
      {
        type: 'choropleth',
        locationmode: 'ISO-3166-2',
        locations,
        z: locations.map((_, index) => index + 1),
        colorbar: { title: { text: 'Orders' } },
      },
    ],
    layout,
  });
  const json = bundle[plotlyType];
  if (!isJsonObject(json)) throw new Error('no figure');
  const figure = readFigure(json);
  if (figure === undefined) throw new Error('no figure');
  return { settled: json as unknown as Settled, figure, html: bundle['text/html'] as string };
}

const pathsOf = (figure: NonNullable<ReturnType<typeof readFigure>>) =>
  svgText(drawPicture(figure, { width: 400, height: 260, hasAxes: true })!);

test('each outline of the four countries has a code and a name, and each code its outline', () => {
  const outlines = outlinesOf(require(mapFile('world_50m')) as object, 'subunits');
  const named = new Set(
    subdivisions.map(({ country, outline }) => `${country.outlines} ${outline}`),
  );
  expect(named.size).toBe(subdivisions.length);
  // Jervis Bay is no part by ISO 3166-2.
  const all = outlines.map(({ country, id }) => `${country} ${id}`);
  expect(new Set(all.filter((key) => key !== 'AUS JB'))).toEqual(named);
});

test('places are found by code and name, however they are written', () => {
  for (const text of ['CA-QC', 'ca-qc', 'Quebec', 'Québec', ' QUEBEC ']) {
    expect(findSubdivision(text)?.code).toBe('CA-QC');
  }
  expect(findSubdivision('São Paulo')?.code).toBe('BR-SP');
  expect(findSubdivision('Sao Paulo')?.code).toBe('BR-SP');
  expect(findSubdivision('Victoria')?.code).toBe('AU-VIC');
  for (const { code, name } of subdivisions) {
    expect(findSubdivision(code)?.code).toBe(code);
    expect(findSubdivision(name)?.code).toBe(code);
  }
  expect(findSubdivision('')).toBeUndefined();
  expect(findSubdivision('constructor')).toBeUndefined();
});

test('the figure is one that plotly knows: outlines of the whole country, by the texts of the notebook', () => {
  const { settled, figure } = mapOf(['Quebec', 'CA-ON']);
  const [trace] = settled.data;
  expect(trace?.locationmode).toBe('geojson-id');
  expect(trace?.locations).toEqual(['Quebec', 'CA-ON']);
  const ids = trace?.geojson.features.map(({ id }) => id) ?? [];
  expect(ids).toHaveLength(13);
  expect(ids).toContain('Quebec');
  expect(ids).toContain('CA-AB');
  expect(settled.layout['geo']).toMatchObject({ visible: false, fitbounds: 'geojson' });
  expect(JSON.stringify(trace?.geojson).length).toBeLessThan(70_000);
  const picture = pathsOf(figure);
  expect(picture.match(/class='region/g)).toHaveLength(2);
  // The eleven others are land, and no coarser base map lies below.
  expect(picture.match(/class='land'/g)).toHaveLength(1);
  expect(dataTableOf(figure)).toMatchObject({
    columns: [{ label: 'Location' }, { label: 'Orders' }],
    rows: [
      ['Quebec', 1],
      ['CA-ON', 2],
    ],
  });
});

test('outlines are on the globe, closed, and neighbours share their border', () => {
  const { settled } = mapOf(['Alberta']);
  const features = settled.data[0]!.geojson.features;
  const places = (id: string) =>
    new Set(
      features
        .find((one) => one.id === id)!
        .geometry.coordinates.flat(2)
        .map((place) => place.join(' ')),
    );
  for (const { geometry } of features) {
    for (const [ring = []] of geometry.coordinates) {
      expect(ring.length).toBeGreaterThan(3);
      expect(ring.at(-1)).toEqual(ring[0]);
      for (const [longitude, latitude] of ring) {
        expect(Math.abs(longitude)).toBeLessThanOrEqual(180);
        expect(Math.abs(latitude)).toBeLessThanOrEqual(90);
      }
    }
  }
  const shared = [...places('CA-BC')].filter((place) => places('Alberta').has(place));
  expect(shared.length).toBeGreaterThan(10);
});

test('every part of every country is drawn, alone and together', () => {
  for (const { code } of subdivisions) {
    expect(pathsOf(mapOf([code]).figure)).toMatch(/class='region[^>]* d='M/);
  }
  const all = mapOf(subdivisions.map(({ name }) => name));
  expect(pathsOf(all.figure).match(/class='region/g)?.length).toBe(subdivisions.length);
}, 60_000);

test('what the layout says of the map holds', () => {
  const { settled } = mapOf(['CA-QC'], {
    geo: { projection: { type: 'mercator' }, visible: true },
  });
  expect(settled.layout['geo']).toMatchObject({ visible: true, projection: { type: 'mercator' } });
  expect(mapOf(['US-CA']).settled.layout['geo']).toEqual({ visible: false, scope: 'usa' });
});

test('a location that there is not is an error that names it and those that are near', () => {
  expect(() => mapOf(['Quebec', 'Ontaro', 'Mars'])).toThrow(
    'Series 1 has a location "Ontaro": no part of Australia, Brazil, Canada and the United States is called so; is CA-ON (Ontario) meant? So it is with 1 more: "Mars".',
  );
  expect(() => mapOf(['WA'])).toThrow('is AU-WA (Western Australia) or US-WA (Washington) meant?');
  expect(() => mapOf(['FR-IDF'])).toThrow('there are no outlines of the parts of FR');
  expect(() => mapOf([7])).toThrow('a location "7": no part');
  expect(() => mapOf(['unknown'])).toThrow('"unknown"');
  expect(mapOf(['CA-QC', null]).settled.data[0]?.geojson.features).toHaveLength(13);
});

test('no text makes anything but a map or that error', () => {
  const known = fc.constantFrom(...subdivisions.flatMap(({ code, name }) => [code, name]));
  fc.assert(
    fc.property(
      fc.array(fc.oneof(known, fc.string(), fc.constant(null)), { maxLength: 4 }),
      (list) => {
        try {
          const texts = list.filter((one) => one !== null);
          mapOf(list);
          expect(texts.every((text) => findSubdivision(text) !== undefined)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
          expect(String(error)).toContain('has a location');
        }
      },
    ),
    { numRuns: 60 },
  );
});
