// Bar charts: stacked, grouped or over one another, horizontal or vertical.

import { numberOf, readValues, type Value } from '../../figure/values.js';
import { positionsOf } from '../../figure/positions.js';
import { paint, tracePaint } from '../drawing/paint.js';
import { barReach, drawBars, type BarMark } from './bar-marks.js';
import type { FigureTrace } from '../drawing/scene.js';
import { legendOf, type Letter, type PlotAxes, type PlotKind } from '../axes/layer.js';

/** Bars by trace. */
export const bars: PlotKind = {
  values: ({ trace }, letter) => {
    const measure: Letter = trace['orientation'] === 'h' ? 'x' : 'y';
    const values = readValues(trace[measure]) ?? [];
    return letter === measure ? values : positionsOf(trace, letter, values.length);
  },
  isHorizontal: (trace) => trace['orientation'] === 'h',
  read: readBars,
};

type Read = ReturnType<PlotKind['read']>;

function readBars(traces: readonly FigureTrace[], axes: PlotAxes): Read {
  const { layout, isHorizontal } = axes;
  const mode = layout['barmode'] ?? 'group';
  const isStacked = mode === 'stack' || mode === 'relative';
  const [position, measure] = isHorizontal
    ? ([axes.y, axes.x] as const)
    : ([axes.x, axes.y] as const);
  const shareOf = shares(traces, axes);
  if (!measure.isMeasured) return undefined;
  const stacks = new Map<string, number>();
  return traces.map((one, slot) => {
    const { trace, index } = one;
    const series = tracePaint(trace, index, layout);
    const bases = readValues(trace['base']);
    const places = bars.values(one, isHorizontal ? 'y' : 'x');
    const values = bars.values(one, isHorizontal ? 'x' : 'y');
    const marks = places.map((place, at): BarMark | undefined => {
      const number = numberOf(values[at] ?? null);
      const spot = position.at(place);
      if (number === undefined || spot === undefined) return undefined;
      const value = shareOf(place, number);
      const own =
        numberOf(bases?.[at] ?? (typeof trace['base'] === 'number' ? trace['base'] : 0)) ?? 0;
      const key = `${spot} ${value < 0 ? '-' : '+'}`;
      const base = own + (isStacked ? (stacks.get(key) ?? 0) : 0);
      if (isStacked) stacks.set(key, base + value);
      const end = measure.at(base + value);
      if (end === undefined) return undefined;
      return { at: spot, base: measure.at(base), value: end, ...series.markAt(at) };
    });
    const isGrouped = !isStacked && mode !== 'overlay';
    const place = {
      fill: 0.76,
      ...(isGrouped ? { slots: traces.length, slot } : { slots: 1, slot: 0 }),
    };
    return {
      index,
      reach: barReach(marks, axes),
      legend: legendOf(one, paint(series, undefined, 'swatch')),
      colors: series.scale,
      hasMarks: true,
      draw: (frame) => [drawBars(marks, series, isHorizontal, place, frame)],
    };
  });
}

/** `barnorm`: values as parts of the sum at their place. */
function shares(traces: readonly FigureTrace[], { layout, isHorizontal }: PlotAxes) {
  const norm = layout['barnorm'];
  if (norm !== 'fraction' && norm !== 'percent') return (_: Value, value: number) => value;
  const sums = new Map<Value, number>();
  for (const one of traces) {
    const values = bars.values(one, isHorizontal ? 'x' : 'y');
    bars.values(one, isHorizontal ? 'y' : 'x').forEach((place, at) => {
      const value = Math.abs(numberOf(values[at] ?? null) ?? 0);
      sums.set(place, (sums.get(place) ?? 0) + value);
    });
  }
  const whole = norm === 'percent' ? 100 : 1;
  return (place: Value, value: number) => {
    const sum = sums.get(place) ?? 0;
    return sum === 0 ? 0 : (value * whole) / sum;
  };
}
