// @module-tag heavy
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { readFigure } from '../../../src/chart/figure/figure.js';
import { mapFile } from '../../../src/chart/figure/maps.js';
import { drawPicture } from '../../../src/chart/picture/picture.js';
import { pictureStyles } from '../../../src/chart/picture/picture-style.js';
import { svgText } from '../../../src/chart/picture/svg.js';
import type { JsonObject } from '../../../src/nbformat/notebook.js';
import { openPage } from '../../server/browser.js';

const require = createRequire(import.meta.url);

/** A figure with the marks of both drawings, each in the order of the data. */
interface Compared {
  readonly data: readonly JsonObject[];
  readonly layout?: JsonObject;
  readonly ours: string;
  readonly plotlys: string;
  /** What of a mark is compared: points have one size on axes of any length, and what boxes have beside them differs. */
  readonly by: 'edges' | 'middle' | 'height';
}

const months = ['2024-01-01', '2024-02-01', '2024-03-01', '2024-05-01'];
const spread = Array.from({ length: 60 }, (_, index) => 20 + 12 * Math.sin(index * index));
const boxes = [spread, spread.map((value) => value * 1.5), [3, 4, 5, 9, 30, 31, 32]];

const figures: Readonly<Record<string, Compared>> = {
  bars: {
    data: [
      { type: 'bar', x: ['ON', 'QC', 'BC'], y: [12, 5, 7] },
      { type: 'bar', x: ['ON', 'QC', 'BC'], y: [4, 9, -3] },
    ],
    ...{ ours: '.bar', plotlys: '.barlayer .point path', by: 'edges' },
  },
  'stacked bars': {
    data: [
      { type: 'bar', x: ['ON', 'QC', 'BC'], y: [12, 5, 7] },
      { type: 'bar', x: ['ON', 'QC', 'BC'], y: [4, 9, 3] },
    ],
    layout: { barmode: 'stack' },
    ...{ ours: '.bar', plotlys: '.barlayer .point path', by: 'edges' },
  },
  points: {
    data: [{ mode: 'markers', x: months, y: [1, 40, 8, 23], marker: { size: [8, 12, 16, 20] } }],
    ...{ ours: '.bubble', plotlys: '.scatterlayer .point', by: 'middle' },
  },
  histogram: {
    data: [{ type: 'histogram', x: spread, xbins: { start: 0, end: 40, size: 4 } }],
    ...{ ours: '.bar', plotlys: '.barlayer .point path', by: 'middle' },
  },
  boxes: {
    data: boxes.map((y, index) => ({ type: 'box', name: `b${index}`, y, boxpoints: false })),
    layout: { showlegend: false },
    ...{ ours: '.outline', plotlys: '.boxlayer path.box', by: 'height' },
  },
  map: {
    data: [
      {
        type: 'scattergeo',
        ...{ lon: [-79.4, -73.6, -123.1, -99.1, -68.5], lat: [43.7, 45.5, 49.3, 19.4, 63.7] },
        marker: { size: [8, 8, 8, 8, 8] },
      },
    ],
    layout: { geo: { scope: 'north america' } },
    ...{ ours: '.bubble', plotlys: '.scattergeo .point', by: 'middle' },
  },
};

/** A mark's box. */
type Box = Readonly<Record<'left' | 'right' | 'top' | 'bottom', number>>;

/** The places of a mark that are compared, along each axis. */
const placesBy: Readonly<Record<Compared['by'], (box: Box) => readonly (readonly number[])[]>> = {
  edges: ({ left, right, top, bottom }) => [
    [left, right],
    [top, bottom],
  ],
  middle: ({ left, right, top, bottom }) => [[(left + right) / 2], [(top + bottom) / 2]],
  height: ({ top, bottom }) => [[top, bottom]],
};

test('marks stand where plotly draws them', async (context) => {
  const page = await openPage(context, 'about:blank');
  await page.setContent('<div id="ours"></div><div id="plotlys"></div>');
  await page.addStyleTag({ content: pictureStyles.join('') });
  await page.addScriptTag({
    path: require.resolve('plotly.js-strict-dist-min/plotly-strict.min.js'),
  });
  const outlines = readFileSync(require.resolve(mapFile('north-america_110m')), 'utf8');
  await page.evaluate((text) => {
    const topojson = { 'north-america_110m': JSON.parse(text) as unknown };
    Object.assign(window, { PlotlyGeoAssets: { topojson } });
  }, outlines);
  for (const [name, figure] of Object.entries(figures)) {
    const [ours, plotlys] = await marksOf(page, figure);
    expect(ours.length, name).toBeGreaterThan(2);
    expect(plotlys, name).toHaveLength(ours.length);
    const places = placesBy[figure.by];
    const [own, other] = [ours.map(places), plotlys.map(places)];
    for (const axis of [0, 1]) {
      const pairs = own.flatMap((place, index) =>
        (place[axis] ?? []).map((at, edge) => [at, other[index]?.[axis]?.[edge] ?? NaN] as const),
      );
      if (pairs.length > 0) expect(largestError(pairs), `${name}, axis ${axis}`).toBeLessThan(1);
    }
  }
});

/** The boxes of the marks in both drawings. */
async function marksOf(
  page: Page,
  { data, layout = {}, ours, plotlys }: Compared,
): Promise<readonly [Box[], Box[]]> {
  const figure = readFigure({ data: [...data], layout });
  const picture = figure && drawPicture(figure, { width: 600, height: 400, hasAxes: true });
  if (picture === undefined) throw new Error('no picture');
  return page.evaluate(
    async (given) => {
      const [own, other] = ['ours', 'plotlys'].map((id) => document.getElementById(id)!);
      own!.innerHTML = given.svg;
      const { Plotly } = window as unknown as {
        Plotly: { newPlot: (...all: unknown[]) => Promise<void> };
      };
      const size = { width: 600, height: 400, margin: { l: 40, r: 10, t: 10, b: 40 } };
      // As pages have it.
      const look = { bargap: 0.24 };
      const { data: traces, layout: settings } = JSON.parse(given.figure) as {
        data: object[];
        layout: object;
      };
      await Plotly.newPlot(other, traces, { ...settings, ...size, ...look });
      const boxesOf = (parent: Element, selector: string) =>
        Array.from(parent.querySelectorAll(selector), (mark) => {
          const { left, right, top, bottom } = mark.getBoundingClientRect();
          return { left, right, top, bottom };
        });
      return [boxesOf(own!, given.ours), boxesOf(other!, given.plotlys)] as const;
    },
    { svg: svgText(picture), figure: JSON.stringify({ data, layout }), ours, plotlys },
  );
}

/** How far places lie at most from those of the other drawing, whose axes may be longer and begin elsewhere. */
function largestError(pairs: readonly (readonly [number, number])[]): number {
  const mean = (side: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[side], 0) / pairs.length;
  const [x, y] = [mean(0), mean(1)];
  const sum = (of: (pair: readonly [number, number]) => number) =>
    pairs.reduce((total, pair) => total + of(pair), 0);
  const slope = sum(([a, b]) => (a - x) * (b - y)) / sum(([a]) => (a - x) ** 2);
  expect(slope).toBeGreaterThan(0.5);
  return Math.max(...pairs.map(([a, b]) => Math.abs(b - (y + slope * (a - x)))));
}
