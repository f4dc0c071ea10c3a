// Scatter charts: lines, points, bubbles, and areas under lines or between them.

import { isJsonObject } from '../../../../nbformat/notebook.js';
import { positionsOf } from '../../../figure/positions.js';
import { readValues } from '../../../figure/values.js';
import { paint, tracePaint } from '../../drawing/paint.js';
import type { FigureTrace, Trace } from '../../drawing/scene.js';
import { groupOf, legendOf, spanOf, type PlotAxes, type PlotKind } from '../../axes/layer.js';
import { drawLine, type LineMark, type LineSeries } from './line-marks.js';
import { modeOf, pointLooks, type PointLook } from './point-looks.js';
import { stackedTraces, type Stacked } from './stacked-lines.js';

/** Lines and points by trace. */
export const lines: PlotKind = {
  values: ({ trace }, letter) => {
    const other = readValues(trace[letter === 'x' ? 'y' : 'x']);
    return positionsOf(trace, letter, other?.length ?? 0);
  },
  isHorizontal: (trace) => (trace['orientation'] === 'h' ? true : undefined),
  read: readLines,
};

const fills = new Set(['none', 'tozeroy', 'tonexty', 'toself']);

function readLines(traces: readonly FigureTrace[], axes: PlotAxes): ReturnType<PlotKind['read']> {
  if (!traces.every(({ trace }) => fills.has(fillOf(trace)))) return undefined;
  const isStacked = traces.some(({ trace }) => groupOf(trace) !== undefined);
  if (isStacked && (axes.isHorizontal || !axes.y.isMeasured)) return undefined;
  const stacks = isStacked ? stackedTraces(traces, axes) : new Map<FigureTrace, Stacked>();
  let before: readonly (LineMark | undefined)[] = [];
  return traces.map((one) => {
    const series = seriesOf(one, axes, stacks.get(one), before);
    before = series.marks;
    const shown = series.marks.filter((mark) => mark !== undefined);
    const lows = stacks.get(one)?.bases ?? [];
    const stands = series.fill === 'zero' || stacks.has(one);
    const [xs, ys] = [shown.map(({ x }) => x), [...shown.map(({ y }) => y), ...lows]];
    const radius = shown.reduce((most, mark) => Math.max(most, mark.radius ?? 0), 0);
    return {
      index: one.index,
      reach: {
        x: reachOn(axes, 'x', xs, radius),
        y: { ...reachOn(axes, 'y', ys, radius), ...(stands ? { fromZero: true } : {}) },
      },
      legend: legendOf(one, paint(series.paint, undefined, 'swatch')),
      colors: series.hasPoints ? series.paint.scale : undefined,
      hasMarks: series.hasPoints,
      draw: (frame) => [drawLine(series, frame)],
    };
  });
}

/** A usual extent of a plot in pixels, of which bubbles at its edge need a part. */
const usualExtent = 300;

/** What the points need along an axis: amounts and bubbles their extent, others their places. */
function reachOn(
  axes: PlotAxes,
  letter: 'x' | 'y',
  numbers: readonly (number | undefined)[],
  radius: number,
) {
  const span = axes[letter].isMeasured || radius > 0 ? spanOf(numbers) : undefined;
  if (span === undefined || radius === 0) return { span };
  const around = ((span[1] - span[0]) * radius) / usualExtent;
  return { span: [span[0] - around, span[1] + around] as const };
}

function seriesOf(
  one: FigureTrace,
  axes: PlotAxes,
  stacked: Stacked | undefined,
  before: readonly (LineMark | undefined)[],
): LineSeries {
  const { trace, index } = one;
  const look = tracePaint(trace, index, axes.layout);
  const mode = modeOf(trace, 'y', stacked !== undefined);
  const line = isJsonObject(trace['line']) ? trace['line'] : {};
  const hasPoints = mode.includes('markers');
  const lookAt = pointLooks(trace, look, mode);
  const marks =
    stacked?.marks.map((mark) => mark && { ...plain, ...mark }) ?? marksOf(one, axes, lookAt);
  const fill = stacked === undefined ? fillOf(trace) : 'stack';
  return {
    paint: look,
    marks,
    hasLine: mode.includes('lines'),
    hasPoints,
    shape: line['shape'],
    fill: fill === 'tozeroy' || (fill === 'tonexty' && before.length === 0) ? 'zero' : fill,
    floor:
      stacked?.marks.map(
        (mark, at) => mark && { ...plain, x: mark.x, y: stacked.bases[at] ?? 0 },
      ) ?? before,
    zero: axes.y.at(0),
  };
}

const plain = {
  isOpen: false,
  color: undefined,
  tone: undefined,
  radius: undefined,
  text: undefined,
};

function marksOf(
  one: FigureTrace,
  axes: PlotAxes,
  lookAt: (index: number) => PointLook,
): readonly (LineMark | undefined)[] {
  const [xs, ys] = [lines.values(one, 'x'), lines.values(one, 'y')];
  return Array.from({ length: Math.min(xs.length, ys.length) }, (_, index) => {
    const [x, y] = [axes.x.at(xs[index] ?? null), axes.y.at(ys[index] ?? null)];
    return x === undefined || y === undefined ? undefined : { x, y, ...lookAt(index) };
  });
}

function fillOf(trace: Trace): string {
  const fill = trace['fill'];
  return typeof fill === 'string' ? fill : 'none';
}
