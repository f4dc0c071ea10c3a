// Bars around a polar plot, as of a rose of winds.

import { numberOf, readValues } from '../../figure/values.js';
import { legendOf, spanOf } from '../axes/layer.js';
import { byPaint, paint, tracePaint, type MarkPaint } from '../drawing/paint.js';
import type { FigureTrace } from '../drawing/scene.js';
import { slicePath } from '../drawing/slice-path.js';
import { svgElement as s } from '../svg.js';
import { polarValues, type PolarAxes } from './polar-axes.js';
import type { PolarFrame, PolarLayer } from './polar-layer.js';

/** The most bars of a plot; more cannot be told apart. */
const mostBars = 240;

interface PolarBar {
  readonly mark: MarkPaint;
  /** The angle of its middle, and its width, in degrees. */
  readonly angle: number;
  readonly width: number;
  /** Where it begins and ends, in the radial axis's numbers. */
  readonly from: number;
  readonly to: number;
}

/** @returns Undefined for too many bars, or logarithmic ones on one another. */
export function polarBars(
  traces: readonly FigureTrace[],
  axes: PolarAxes,
): readonly PolarLayer[] | undefined {
  const isStacked = axes.settings['barmode'] !== 'overlay';
  const isLog = axes.radial.type === 'log';
  if (isStacked && isLog && traces.length > 1) return undefined;
  const stacks = new Map<string, number>();
  const usual = usualWidth(traces, axes);
  const baseOf = (angle: number, size: number): number => {
    if (!isStacked) return 0;
    const key = `${Math.round(angle * 1000)} ${size < 0}`;
    const base = stacks.get(key) ?? 0;
    stacks.set(key, base + size);
    return base;
  };
  const read = traces.map((one) => barsOf(one, axes, usual, baseOf));
  if (read.reduce((sum, bars) => sum + bars.length, 0) > mostBars) return undefined;
  return traces.map((one, at) => {
    const bars = read[at] ?? [];
    const look = tracePaint(one.trace, one.index, axes.layout);
    return {
      index: one.index,
      span: spanOf(bars.flatMap(({ from, to }) => (isLog ? [to] : [from, to]))),
      isSolid: true,
      legend: legendOf(one, paint(look, undefined, 'swatch')),
      colors: look.scale,
      draw: (frame) =>
        byPaint(bars, look, 'region').map(({ look: own, items }) =>
          s('path', { ...own, d: items.map((bar) => barPath(bar, frame)).join('') }),
        ),
    };
  });
}

function barsOf(
  one: FigureTrace,
  axes: PolarAxes,
  usual: number,
  baseOf: (angle: number, size: number) => number,
): readonly PolarBar[] {
  const { trace, index } = one;
  const look = tracePaint(trace, index, axes.layout);
  const [amounts, places] = [polarValues(one, 'r'), polarValues(one, 'theta')];
  const [widths, offsets, bases] = (['width', 'offset', 'base'] as const).map((name) => {
    const list = readValues(trace[name]);
    const single = trace[name];
    return (at: number) => {
      const value = list === undefined ? (single as number | undefined) : list[at];
      const number = typeof value === 'number' ? numberOf(value) : undefined;
      return number !== undefined && Number.isFinite(number) ? number : undefined;
    };
  });
  const unit = axes.unitOf(trace);
  return amounts.flatMap((amount, at) => {
    const size = numberOf(amount);
    const middle = axes.angleOf(trace, places[at] ?? null);
    if (size === undefined || middle === undefined || !Number.isFinite(size) || size === 0)
      return [];
    const own = widths?.(at);
    const width = Math.min(360, Math.abs(own === undefined ? usual : own * unit));
    const offset = offsets?.(at);
    const turn = offset === undefined ? 0 : (offset * unit + width / 2) % 360;
    const base = bases?.(at) ?? baseOf(middle, size);
    const to = axes.radial.at(base + size);
    if (to === undefined) return [];
    const from = axes.radial.at(base) ?? -Infinity;
    return [
      { mark: look.markAt(at), angle: middle + (axes.isClockwise ? -turn : turn), width, from, to },
    ];
  });
}

/** The least distance between two angles, without the gap between bars; in degrees. */
function usualWidth(traces: readonly FigureTrace[], axes: PolarAxes): number {
  const angles = traces.flatMap((one) =>
    polarValues(one, 'theta').flatMap((value) => {
      const angle = axes.angleOf(one.trace, value);
      return angle === undefined ? [] : [Math.round((((angle % 360) + 360) % 360) * 1000) / 1000];
    }),
  );
  const sorted = [...new Set(angles)].sort((a, b) => a - b);
  const [first = 0] = sorted;
  const steps = sorted.map((angle, index) => (sorted[index + 1] ?? first + 360) - angle);
  const gap = axes.settings['bargap'];
  const free = typeof gap === 'number' && gap >= 0 && gap < 1 ? gap : 0.1;
  return steps.reduce((least, step) => Math.min(least, step), 360) * (1 - free);
}

function barPath(
  { angle, width, from, to }: PolarBar,
  { circle, shareOf, ends }: PolarFrame,
): string {
  const [least, most] = ends[0] < ends[1] ? ends : [ends[1], ends[0]];
  const share = (at: number) => shareOf(Math.min(most, Math.max(least, at))) ?? 0;
  const [inner, outer] = [share(from), share(to)].sort((a, b) => a - b) as [number, number];
  if (outer - inner < 1e-9) return '';
  const start = (90 - angle - width / 2) / 360;
  const center = [circle.x, circle.y] as const;
  return slicePath(
    center,
    circle.radius * outer,
    circle.radius * inner,
    start,
    start + width / 360,
  );
}
