// This folder draws figures as SVG. A figure is read as scenes (a pair of axes, a pie, a map), by the kind of each of
// its traces (this file); a scene reads its traces as marks and draws them in its part of the picture.
// picture-address.ts makes a data URL of it.
import type { Element } from 'hast';
import type { Figure } from '../figure/figure.js';
import { titleText } from '../figure/figure.js';
import { traceType } from '../figure/trace-types.js';
import { plotKinds } from './panels/kinds.js';
import { plotScenes } from './panels/plot-scenes.js';
import { drawLegend, legendEntries } from './drawing/legend.js';
import { indicatorScenes } from './parts/indicator.js';
import { partScenes } from './parts/parts.js';
import { pieScenes } from './parts/pie.js';
import { polarScenes } from './polar/polar-scenes.js';
import type { FigureTrace, Scene } from './drawing/scene.js';
import { pictureElement, round, svgElement as s, type PictureSize } from './svg.js';

/** Reads traces of a kind as scenes; undefined where they have no picture. */
type ReadScenes = (traces: readonly FigureTrace[], figure: Figure) => readonly Scene[] | undefined;

/** What reads each type of trace. */
const readers: ReadonlyMap<string, ReadScenes> = new Map<string, ReadScenes>([
  ...[...plotKinds.keys()].map((type) => [type, plotScenes] as const),
  ...['treemap', 'icicle', 'sunburst'].map((type) => [type, partScenes] as const),
  ...['scatterpolar', 'scatterpolargl', 'barpolar'].map((type) => [type, polarScenes] as const),
  ['indicator', indicatorScenes],
  ['pie', pieScenes],
]);

/** The most scenes of a picture; more would be stamps. */
const mostScenes = 36;

/**
 * A chart as SVG, from the same data as the interactive chart: readers see it before the script, without it and in
 * print. Colours are classes of the stylesheet, so that the picture follows light and dark mode.
 *
 * @returns Undefined for charts that only plotly draws.
 */
export function drawPicture(figure: Figure, size: PictureSize): Element | undefined {
  return drawPictures(figure, [size])[0];
}

/** Pictures of several sizes, for which the figure is read once; none for charts that only plotly draws. */
export function drawPictures(figure: Figure, sizes: readonly PictureSize[]): Element[] {
  const scenes = readScenes(figure);
  if (scenes === undefined) return [];
  const wantsLegend = figure.layout['showlegend'] !== false;
  return sizes.map((size) => drawScenes(scenes, wantsLegend, size));
}

function readScenes(figure: Figure): readonly Scene[] | undefined {
  const traces = figure.traces
    .map((trace, index) => ({
      trace,
      index,
      type: traceType(trace),
      name: titleText(trace['name']) ?? `Series ${index + 1}`,
    }))
    .filter(({ trace }) => trace['visible'] !== false && trace['visible'] !== 'legendonly');
  const byReader = new Map<ReadScenes, FigureTrace[]>();
  for (const one of traces) {
    const reader = readers.get(one.type);
    if (reader === undefined) return undefined;
    const group = byReader.get(reader);
    if (group === undefined) byReader.set(reader, [one]);
    else group.push(one);
  }
  const scenes: Scene[] = [];
  for (const [read, group] of byReader) {
    const some = read(group, figure);
    if (some === undefined) return undefined;
    scenes.push(...some);
  }
  return scenes.length === 0 || scenes.length > mostScenes ? undefined : scenes;
}

function drawScenes(scenes: readonly Scene[], wantsLegend: boolean, size: PictureSize): Element {
  const items = scenes.flatMap(({ legend }) => legend);
  const showLegend = size.hasAxes && items.length > 1 && wantsLegend;
  // The legend's height is limited.
  const entries = showLegend
    ? legendEntries(items, size.width).filter(({ bottom }) => bottom <= size.height / 2)
    : [];
  const top = entries.at(-1)?.bottom ?? 0;
  const mostMarks = Math.floor((size.hasAxes ? 6000 : 250) / scenes.length);
  const drawn = scenes.map(({ domain: { x, y }, draw }) => {
    const [left, height] = [round(x[0] * size.width), size.height - top];
    const place = {
      width: round((x[1] - x[0]) * size.width),
      height: round((y[1] - y[0]) * height),
      hasAxes: size.hasAxes,
      mostMarks,
    };
    const down = round(top + (1 - y[1]) * height);
    const parts = draw(place);
    return left === 0 && down === 0
      ? parts
      : [s('g', { transform: `translate(${left} ${down})` }, parts)];
  });
  return pictureElement(size, [...drawLegend(entries), ...drawn.flat()]);
}
