// The span of an axis, its ticks, and its scale to pixels.

import { linearScale, logTicks, niceTicks, type Scale } from '../scale.js';
import type { Reach } from './layer.js';
import type { PlotAxis } from './plot-axis.js';

/** The part of an axis that a picture shows. */
export interface AxisSpan {
  readonly from: number;
  readonly to: number;
  /** The distance between neighbours among its places. */
  readonly step: number;
  /** Whether the figure set it, so that marks may lie beyond it. */
  readonly isSet: boolean;
}

/** @returns Undefined for spans without a scale: infinite, or with nothing on them. */
export function axisSpan(axis: PlotAxis, reaches: readonly Reach[]): AxisSpan | undefined {
  const span = axis.isMeasured ? measuredSpan(axis, reaches) : placedSpan(axis, reaches);
  return span !== undefined && Number.isFinite((span.to - span.from) * 2) ? span : undefined;
}

function measuredSpan(axis: PlotAxis, reaches: readonly Reach[]): AxisSpan {
  if (axis.range !== undefined) {
    return { from: axis.range[0], to: axis.range[1], step: 1, isSet: true };
  }
  const { least, most } = extent(reaches.map(({ span }) => span));
  // Bars are compared by length, so their axis begins at zero; a logarithmic one has none.
  const wantsZero = axis.fromZero || reaches.some(({ fromZero }) => fromZero === true);
  const isFromZero = axis.type !== 'log' && (wantsZero || least > most);
  // The smallest bar of a logarithmic axis has a length, too.
  const below = axis.type === 'log' && wantsZero ? (most - least) * 0.05 : 0;
  const from = isFromZero ? Math.min(least, 0) : least > most ? 0 : least - below;
  const to = isFromZero ? Math.max(most, 0) : least > most ? 1 : most;
  // A single amount has room: above zero, or below a logarithmic one, so that its bar has a length.
  const isLog = axis.type === 'log';
  if (from === to)
    return { from: isLog ? from - 1 : from, to: isLog ? to : to + 1, step: 1, isSet: false };
  return { from, to, step: 1, isSet: false };
}

function placedSpan(axis: PlotAxis, reaches: readonly Reach[]): AxisSpan | undefined {
  const numbers = axis.places.map(({ at }) => at);
  const steps = numbers.slice(1).map((at, index) => at - (numbers[index] ?? at));
  const least = steps.reduce((one, other) => Math.min(one, other), Infinity);
  const step = axis.type === 'category' || !Number.isFinite(least) ? 1 : least;
  if (axis.range !== undefined)
    return { from: axis.range[0], to: axis.range[1], step, isSet: true };
  const [first = NaN, last = NaN] = [numbers[0], numbers.at(-1)];
  const isSolid = axis.type === 'category' || reaches.some((reach) => reach.isSolid === true);
  // Bars need half a step around them; dense points do not, and what has edges has them in its span.
  const hasEdges = reaches.some(({ span }) => span !== undefined);
  const dense = hasEdges ? 0 : (last - first) * 0.02 || 1;
  const around = isSolid ? step / 2 : dense;
  const placed = Number.isNaN(first) ? undefined : ([first - around, last + around] as const);
  const all = extent([placed, ...reaches.map(({ span }) => span)]);
  if (all.least > all.most) return undefined;
  const isPoint = all.least === all.most;
  return { from: all.least, to: all.most + (isPoint ? 1 : 0), step, isSet: false };
}

function extent(spans: readonly (readonly [number, number] | undefined)[]) {
  let [least, most] = [Infinity, -Infinity];
  for (const span of spans) {
    if (span === undefined) continue;
    least = Math.min(least, span[0]);
    most = Math.max(most, span[1]);
  }
  return { least, most };
}

/** An axis with its scale. */
export interface ScaledAxis {
  readonly axis: PlotAxis;
  readonly scale: Scale;
  /** Ticks of amounts; positions have none. */
  readonly ticks: readonly number[];
  readonly span: readonly [number, number];
  /** The distance in pixels between neighbours among its places. */
  readonly gap: number;
}

/** The ticks of an axis of amounts, which widen its span to round numbers; a thumbnail has none. */
export function axisTicks(axis: PlotAxis, { from, to }: AxisSpan, hasAxes: boolean): number[] {
  if (!axis.isMeasured) return [];
  if (!hasAxes || axis.isHidden === true) return [from, to];
  return axis.type === 'log' ? logTicks(from, to) : niceTicks(from, to);
}

/** The scale of an axis between two pixels, of which a reversed one swaps the ends. */
export function scaledAxis(
  axis: PlotAxis,
  { from, to, step }: AxisSpan,
  ticks: readonly number[],
  [start, end]: readonly [number, number],
): ScaledAxis {
  const span = axis.isMeasured
    ? ([ticks[0] ?? from, ticks.at(-1) ?? to] as const)
    : ([from, to] as const);
  const scale = linearScale(span, axis.isReversed ? [end, start] : [start, end]);
  const first = axis.places[0]?.at ?? span[0];
  return { axis, scale, ticks, span, gap: Math.abs(scale(first + step) - scale(first)) };
}
