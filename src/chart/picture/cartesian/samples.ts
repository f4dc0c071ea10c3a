// The numbers of a box or violin, by the position that each belongs to.

import { numberOf, readValues, type Value } from '../../figure/values.js';
import type { FigureTrace, Trace } from '../drawing/scene.js';
import type { Letter, PlotAxes, PlotKind } from '../axes/layer.js';

/** The sorted numbers at a position, in the axes' numbers. */
export interface Samples {
  readonly at: number;
  readonly sorted: readonly number[];
}

/** Whether boxes or violins lie: as the figure says, or because they have values along x alone. */
export function isLying(trace: Trace): boolean {
  if (trace['orientation'] === 'h') return true;
  const hasY = trace['y'] !== undefined || trace['median'] !== undefined;
  return trace['orientation'] === undefined && !hasY && trace['x'] !== undefined;
}

/** The values along an axis; without positions the trace's name is the only one. */
export const sampleValues: PlotKind['values'] = ({ trace, name }, letter) => {
  const isPosition = letter === (isLying(trace) ? 'y' : 'x');
  const values = readValues(trace[letter]);
  if (!isPosition) {
    const computed = ['lowerfence', 'q1', 'q3', 'upperfence'].flatMap((key) => [
      ...(readValues(trace[key]) ?? []),
    ]);
    return [...(values ?? []), ...computed];
  }
  return values ?? [positionName(trace, letter, name)];
};

function positionName(trace: Trace, letter: Letter, name: string): Value {
  const set = trace[`${letter}0`];
  return typeof set === 'string' || typeof set === 'number' ? set : name;
}

/** The numbers of a trace at each of its positions. */
export function samplesOf(one: FigureTrace, axes: PlotAxes): readonly Samples[] {
  const [letter, other] = axes.isHorizontal ? (['y', 'x'] as const) : (['x', 'y'] as const);
  const places = readValues(one.trace[letter]);
  const single = sampleValues(one, letter)[0] ?? null;
  const groups = new Map<number, number[]>();
  for (const [index, value] of (readValues(one.trace[other]) ?? []).entries()) {
    const at = axes[letter].at(places === undefined ? single : (places[index] ?? null));
    const number = axes[other].at(typeof value === 'number' ? value : (numberOf(value) ?? value));
    if (at === undefined || number === undefined) continue;
    const group = groups.get(at);
    if (group === undefined) groups.set(at, [number]);
    else group.push(number);
  }
  return [...groups].map(([at, numbers]) => ({ at, sorted: numbers.sort((a, b) => a - b) }));
}

/** Traces at the same positions stand beside one another where the figure groups them. */
export function slotsOf(count: number, index: number, mode: unknown) {
  return mode === 'group' ? { slots: count, slot: index } : { slots: 1, slot: 0 };
}

/** Writes a point by its pixels along and across the positions. */
export function placer(isHorizontal: boolean, round: (value: number) => number) {
  return (along: number, measure: number) =>
    isHorizontal ? `${round(measure)} ${round(along)}` : `${round(along)} ${round(measure)}`;
}
