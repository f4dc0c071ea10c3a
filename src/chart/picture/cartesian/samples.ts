// The numbers of a box or violin, by the position that each belongs to.

import type { Element } from 'hast';
import type { Json } from '../../../nbformat/notebook.js';
import { numberOf, readValues, type Value } from '../../figure/values.js';
import { paint, tracePaint, type Paint } from '../drawing/paint.js';
import type { FigureTrace, Trace } from '../drawing/scene.js';
import {
  legendOf,
  spanOf,
  type Frame,
  type Layer,
  type Letter,
  type PlotAxes,
  type PlotKind,
} from '../axes/layer.js';

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

/** The place of a trace among those at the same positions. */
export interface Slots {
  readonly slots: number;
  readonly slot: number;
}

/** What a trace of boxes or violins draws. */
interface SampleMarks {
  /** The numbers that its marks reach. */
  readonly ends: readonly number[];
  readonly draw: (series: Paint, slots: Slots, frame: Frame) => readonly Element[];
}

/**
 * The layers of boxes or violins.
 *
 * @param mode - `group`: traces at the same positions stand beside one another.
 */
export function sampleLayers(
  traces: readonly FigureTrace[],
  { isHorizontal, layout }: PlotAxes,
  mode: Json | undefined,
  marksOf: (one: FigureTrace, index: number) => SampleMarks,
): readonly Layer[] {
  return traces.map((one, index) => {
    const series = tracePaint(one.trace, one.index, layout);
    const { ends, draw } = marksOf(one, index);
    const along = { isSolid: true };
    const span = { span: spanOf(ends) };
    const slots = mode === 'group' ? { slots: traces.length, slot: index } : { slots: 1, slot: 0 };
    return {
      index: one.index,
      reach: isHorizontal ? { x: span, y: along } : { x: along, y: span },
      legend: legendOf(one, paint(series, undefined, 'swatch')),
      hasMarks: true,
      draw: (frame) => draw(series, slots, frame),
    };
  });
}

/** Writes a point by its pixels along and across the positions. */
export function placer(isHorizontal: boolean, round: (value: number) => number) {
  return (along: number, measure: number) =>
    isHorizontal ? `${round(measure)} ${round(along)}` : `${round(along)} ${round(measure)}`;
}
