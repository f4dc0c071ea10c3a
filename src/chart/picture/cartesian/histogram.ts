// Histograms: counts, sums or means of numbers by bins.

import { isJsonObject, type Json } from '../../../nbformat/notebook.js';
import { calendarTime, isDate } from '../../figure/format.js';
import { numberOf, readValues } from '../../figure/values.js';
import { paint, tracePaint } from '../drawing/paint.js';
import type { FigureTrace, Trace } from '../drawing/scene.js';
import { chooseBins, type Bins, type BinSettings } from '../statistics/bins.js';
import { barReach, drawBars, type BarMark } from './bar-marks.js';
import { legendOf, spanOf, type Layer, type PlotAxes, type PlotKind } from '../axes/layer.js';

/** Histograms by trace. */
export const histograms: PlotKind = {
  values: ({ trace }, letter) =>
    letter === samplesOf(trace) ? (readValues(trace[letter]) ?? []) : [],
  isHorizontal: (trace) => samplesOf(trace) === 'y',
  isBinned: true,
  read: readHistograms,
};

/** The letter of the numbers that are counted. */
function samplesOf(trace: Trace): 'x' | 'y' {
  if (trace['orientation'] === 'h') return 'y';
  return trace['x'] === undefined && trace['y'] !== undefined ? 'y' : 'x';
}

/** The bins of traces that stand in one plot are the same. */
function readHistograms(
  traces: readonly FigureTrace[],
  axes: PlotAxes,
): readonly Layer[] | undefined {
  const { isHorizontal, layout } = axes;
  const letter = isHorizontal ? 'y' : 'x';
  const [position, measure] = isHorizontal ? [axes.y, axes.x] : [axes.x, axes.y];
  if (!measure.isMeasured) return undefined;
  const samples = traces.map((one) =>
    histograms.values(one, letter).map((value) => position.at(value)),
  );
  const settings = traces.map(({ trace }) => binSettings(trace, letter)).find((one) => one.isSet);
  const present = samples.flat().filter((value) => value !== undefined);
  if (present.length === 0) return undefined;
  const bins = chooseBins(present, position.type, settings ?? { ...unset, isGrid: false });
  const mode = layout['barmode'] ?? 'group';
  const isGrouped = mode === 'group';
  const stacks = new Map<number, number>();
  const layers = traces.map((one, slot): Layer | undefined => {
    const { trace, index } = one;
    const series = tracePaint(trace, index, layout);
    const heights = binHeights(samples[slot] ?? [], trace, letter, bins);
    if (heights === undefined) return undefined;
    const isStacked = mode === 'stack' || mode === 'relative';
    const marks = [...heights].map(([bin, height]): BarMark | undefined => {
      const base = isStacked ? (stacks.get(bin) ?? 0) : 0;
      if (isStacked) stacks.set(bin, base + height);
      const value = measure.at(base + height);
      if (value === undefined) return undefined;
      const at = (bins.startOf(bin) + bins.startOf(bin + 1)) / 2;
      return {
        at,
        base: measure.at(base),
        value,
        isOpen: false,
        color: undefined,
        tone: undefined,
      };
    });
    const edges = spanOf(
      [...heights.keys()].flatMap((bin) => [bins.startOf(bin), bins.startOf(bin + 1)]),
    );
    const isCategory = position.type === 'category';
    const place = {
      fill: isCategory ? 0.76 : 1,
      ...(isCategory ? {} : { size: bins.startOf(1) - bins.startOf(0) }),
      ...(isGrouped ? { slots: traces.length, slot } : { slots: 1, slot: 0 }),
    };
    return {
      index,
      reach: barReach(marks, axes, isCategory ? { isSolid: true } : { span: edges }),
      legend: legendOf(one, paint(series, undefined, 'swatch')),
      hasMarks: true,
      draw: (frame) => [drawBars(marks, series, isHorizontal, place, frame)],
    };
  });
  return layers.every((layer) => layer !== undefined) ? layers : undefined;
}

const unset = { most: undefined, start: undefined, size: undefined };

/** `nbinsx` and `xbins` of a trace, or of the other letter. */
export function binSettings(
  trace: Trace,
  letter: 'x' | 'y',
): BinSettings & { readonly isSet: boolean } {
  const bins = isJsonObject(trace[`${letter}bins`]) ? trace[`${letter}bins`] : {};
  const { start, size } = isJsonObject(bins) ? bins : {};
  const count = trace[`nbins${letter}`];
  const months = typeof size === 'string' ? /^M(\d{1,4})$/.exec(size)?.[1] : undefined;
  const found = {
    most: typeof count === 'number' && count > 0 ? count : undefined,
    start: typeof start === 'string' && isDate(start) ? calendarTime(start) : finite(start),
    size: months === undefined ? positive(size) : { months: Math.max(1, Number(months)) },
  };
  return { ...found, isGrid: false, isSet: Object.values(found).some((one) => one !== undefined) };
}

function finite(value: Json | undefined): number | undefined {
  const number =
    typeof value === 'number' || typeof value === 'string' ? numberOf(value) : undefined;
  return number !== undefined && Number.isFinite(number) ? number : undefined;
}

function positive(value: Json | undefined): number | undefined {
  const number = finite(value);
  return number !== undefined && number > 0 ? number : undefined;
}

/** The most bins of a cumulative histogram, of which none may be left out. */
const mostCumulative = 5000;

/** The height of each bin that is not empty, by `histfunc`, `histnorm` and `cumulative`. */
export function binHeights(
  samples: readonly (number | undefined)[],
  trace: Trace,
  letter: 'x' | 'y',
  bins: Bins,
): ReadonlyMap<number, number> | undefined {
  const weights = readValues(trace[letter === 'x' ? 'y' : 'x']);
  const grouped = new Map<number, number[]>();
  samples.forEach((sample, index) => {
    if (sample === undefined) return;
    const weight = numberOf(weights?.[index] ?? null);
    const bin = bins.indexOf(sample);
    if (!Number.isSafeInteger(bin)) return;
    const group = grouped.get(bin) ?? [];
    grouped.set(bin, group);
    group.push(
      trace['histfunc'] === undefined || trace['histfunc'] === 'count' ? 1 : (weight ?? NaN),
    );
  });
  const heights = new Map<number, number>();
  for (const bin of [...grouped.keys()].sort((a, b) => a - b)) {
    const numbers = (grouped.get(bin) ?? []).filter((number) => Number.isFinite(number));
    if (numbers.length > 0) heights.set(bin, summary(numbers, trace['histfunc']));
  }
  const normal = normalised(heights, trace['histnorm'], bins);
  return isCumulative(trace) ? cumulated(normal) : normal;
}

function summary(numbers: readonly number[], func: Json | undefined): number {
  if (func === 'min' || func === 'max') {
    return numbers.reduce((a, b) => (func === 'min' ? Math.min(a, b) : Math.max(a, b)));
  }
  const sum = numbers.reduce((a, b) => a + b, 0);
  return func === 'avg' ? sum / numbers.length : sum;
}

function normalised(
  heights: Map<number, number>,
  norm: Json | undefined,
  bins: Bins,
): Map<number, number> {
  const total = [...heights.values()].reduce((sum, height) => sum + height, 0) || 1;
  const isShare = norm === 'probability' || norm === 'percent' || norm === 'probability density';
  const whole = (isShare ? total : 1) / (norm === 'percent' ? 100 : 1);
  const isDensity = norm === 'density' || norm === 'probability density';
  return new Map(
    [...heights].map(([bin, height]) => {
      const width = isDensity ? bins.startOf(bin + 1) - bins.startOf(bin) : 1;
      return [bin, height / whole / width];
    }),
  );
}

function isCumulative(trace: Trace): boolean {
  return isJsonObject(trace['cumulative']) && trace['cumulative']['enabled'] === true;
}

function cumulated(heights: ReadonlyMap<number, number>): Map<number, number> | undefined {
  const span = spanOf(heights.keys()) ?? [0, 0];
  const count = span[1] - span[0] + 1;
  if (count > mostCumulative) return undefined;
  let sum = 0;
  return new Map(
    Array.from({ length: count }, (_, index) => {
      sum += heights.get(span[0] + index) ?? 0;
      return [span[0] + index, sum];
    }),
  );
}
