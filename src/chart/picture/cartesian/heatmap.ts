// Heat maps: a grid of numbers as colours; and histograms of two dimensions, whose numbers are counts.

import { numberOf, readGrid, readValues, type Value } from '../../figure/values.js';
import { readColorScale } from '../drawing/color-scale.js';
import type { FigureTrace, Trace } from '../drawing/scene.js';
import { chooseBins, type Bins } from '../statistics/bins.js';
import { drawGrid, type Grid } from './grid-marks.js';
import { binSettings } from './histogram.js';
import { spanOf, type Layer, type Letter, type PlotAxes, type PlotKind } from '../axes/layer.js';
import type { PlotAxis } from '../axes/plot-axis.js';

/** Heat maps by trace. */
export const heatmaps: PlotKind = {
  values: ({ trace }, letter) => placesOf(trace, letter),
  isHorizontal: () => undefined,
  isGrid: true,
  read: (traces, axes) => layersOf(traces, axes, readCells),
};

/** Histograms of two dimensions by trace. */
export const histograms2d: PlotKind = {
  values: ({ trace }, letter) => readValues(trace[letter]) ?? [],
  isHorizontal: () => undefined,
  isGrid: true,
  isBinned: true,
  read: (traces, axes) => layersOf(traces, axes, countCells),
};

function layersOf(
  traces: readonly FigureTrace[],
  axes: PlotAxes,
  read: (trace: Trace, axes: PlotAxes) => Grid | undefined,
): readonly Layer[] | undefined {
  const layers = traces.map(({ trace, index }): Layer | undefined => {
    const grid = read(trace, axes);
    if (grid === undefined) return undefined;
    const values = grid.cells.flat().map((value) => value ?? null);
    const colors = readColorScale(values, trace, axes.layout, 'z');
    return {
      index,
      reach: { x: { span: spanOf(grid.x) }, y: { span: spanOf(grid.y) } },
      colors,
      isGround: true,
      hasMarks: true,
      draw: (frame) => drawGrid(grid, colors, frame),
    };
  });
  return layers.every((layer) => layer !== undefined) ? layers : undefined;
}

/** The places of rows or columns: given, or counted. */
function placesOf(trace: Trace, letter: Letter): readonly Value[] {
  const found = readValues(trace[letter]);
  if (found !== undefined) return found;
  const grid = readGrid(trace['z']) ?? [];
  const length =
    letter === 'y' ? grid.length : grid.reduce((most, row) => Math.max(most, row.length), 0);
  const [start, step] = [trace[`${letter}0`], trace[`d${letter}`]];
  const from = typeof start === 'number' ? start : 0;
  const size = typeof step === 'number' && step !== 0 ? step : 1;
  return Array.from({ length }, (_, index) => from + index * size);
}

function readCells(trace: Trace, axes: PlotAxes): Grid | undefined {
  const rows = readGrid(trace['z']);
  if (rows === undefined || rows.length === 0 || trace['transpose'] === true) return undefined;
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const x = edgesOf(placesOf(trace, 'x'), axes.x, width);
  const y = edgesOf(placesOf(trace, 'y'), axes.y, rows.length);
  if (x === undefined || y === undefined) return undefined;
  const cells = rows.map((row) =>
    Array.from({ length: width }, (_, index) => numberOf(row[index] ?? null)),
  );
  return { x, y, cells };
}

/** Edges half-way between places; one more place than cells are edges themselves. */
function edgesOf(places: readonly Value[], axis: PlotAxis, count: number): number[] | undefined {
  if (count === 0) return undefined;
  const found = places.slice(0, count + 1).map((place) => axis.at(place));
  const numbers = found.filter((number) => number !== undefined);
  if (numbers.length < found.length || numbers.length < count) return undefined;
  if (numbers.length === count + 1 && axis.type !== 'category') return numbers;
  const centers = numbers.slice(0, count);
  const at = (index: number) => centers[index] ?? 0;
  const [first, last] = count === 1 ? [1, 1] : [at(1) - at(0), at(count - 1) - at(count - 2)];
  return [
    at(0) - first / 2,
    ...centers.slice(1).map((center, index) => (at(index) + center) / 2),
    at(count - 1) + last / 2,
  ];
}

/** The most bins along an axis: no screen shows more. */
const mostBins = 2000;

function countCells(trace: Trace, axes: PlotAxes): Grid | undefined {
  const numbersOn = (letter: Letter) =>
    (readValues(trace[letter]) ?? []).map((value) => axes[letter].at(value));
  const [xs, ys] = [numbersOn('x'), numbersOn('y')];
  const weights = readValues(trace['z']);
  const points = xs.flatMap((x, index) => {
    const y = ys[index];
    return x === undefined || y === undefined
      ? []
      : [{ x, y, weight: numberOf(weights?.[index] ?? 1) ?? 0 }];
  });
  if (points.length === 0) return undefined;
  const binsOn = (letter: Letter) =>
    chooseBins(
      points.map((point) => point[letter]),
      axes[letter].type,
      { ...binSettings(trace, letter), isGrid: true },
    );
  const bins = { x: binsOn('x'), y: binsOn('y') };
  const range = (letter: Letter) =>
    spanOf(points.map((point) => bins[letter].indexOf(point[letter]))) ?? [0, 0];
  const [columns, rows] = [range('x'), range('y')];
  const size = (span: readonly [number, number]) => span[1] - span[0] + 1;
  if (size(columns) > mostBins || size(rows) > mostBins) return undefined;
  const cells = Array.from({ length: size(rows) }, () =>
    Array.from({ length: size(columns) }, (): number | undefined => undefined),
  );
  const isSum = trace['histfunc'] === 'sum';
  for (const { x, y, weight } of points) {
    const row = cells[bins.y.indexOf(y) - rows[0]];
    const column = bins.x.indexOf(x) - columns[0];
    if (row !== undefined) row[column] = (row[column] ?? 0) + (isSum ? weight : 1);
  }
  const edges = (one: Bins, [from, to]: readonly [number, number]) =>
    Array.from({ length: to - from + 2 }, (_, index) => one.startOf(from + index));
  return { x: edges(bins.x, columns), y: edges(bins.y, rows), cells };
}
