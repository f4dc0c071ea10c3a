// What each kind of chart over two axes does: it says which values lie along an axis, reads traces as marks in the
// axes' numbers, and draws them.

import type { Element } from 'hast';
import type { Figure } from '../../figure/figure.js';
import type { Value } from '../../figure/values.js';
import type { ColorScale } from '../drawing/color-scale.js';
import type { Scale } from '../scale.js';
import type { FigureTrace, LegendItem, SceneSize, Trace } from '../drawing/scene.js';
import type { PlotAxis } from './plot-axis.js';

/** One of the two directions. */
export type Letter = 'x' | 'y';

/** The two axes of a plot. */
export interface PlotAxes {
  readonly x: PlotAxis;
  readonly y: PlotAxis;
  /** Positions along y, measures along x. */
  readonly isHorizontal: boolean;
  readonly layout: Figure['layout'];
}

/** What marks need along an axis, in its numbers. */
export interface Reach {
  /** From the least to the most of them. */
  readonly span?: readonly [number, number] | undefined;
  /** They fill their places, so half a step is needed beyond the first and the last. */
  readonly isSolid?: boolean;
  /** They are compared by length. */
  readonly fromZero?: boolean;
}

/** Where marks are drawn. */
export interface Frame extends Readonly<Record<Letter, Scale>> {
  readonly area: Readonly<Record<Letter, readonly [number, number]>>;
  /** The distance in pixels between neighbours on the axis of positions. */
  readonly gap: number;
  readonly bounds: MarkBounds;
  readonly hasAxes: boolean;
}

/** The limits for the marks of a series. */
export interface MarkBounds {
  /** The most marks, drawn in one stroke. */
  readonly most: number;
  /** The most marks with an element each. */
  readonly single: number;
  /** The width in pixels within which neighbours of a line, or bars, become one. */
  readonly column: number;
}

/** The most distinguishable marks of each of some layers: 6000 of a chart, 250 of a thumbnail. */
export function markBounds(count: number, { hasAxes, mostMarks }: SceneSize): MarkBounds {
  const share = (most: number) => Math.max(40, Math.floor(most / Math.max(1, count)));
  return {
    most: share(mostMarks),
    single: share(hasAxes ? mostMarks / 5 : mostMarks / 2),
    column: hasAxes ? 1 : 3,
  };
}

/** The marks of a trace. */
export interface Layer {
  /** The trace's index in the figure: layers are drawn in this order. */
  readonly index: number;
  readonly reach: Readonly<Record<Letter, Reach>>;
  readonly legend?: LegendItem | undefined;
  /** The scale of its colours, for the bar beside the plot. */
  readonly colors?: ColorScale | undefined;
  /** Under all others. */
  readonly isGround?: boolean;
  /** It has marks beside a line, which share the most that a plot may have. */
  readonly hasMarks: boolean;
  readonly draw: (frame: Frame) => readonly Element[];
}

/** A kind of chart over two axes. */
export interface PlotKind {
  /** The values of a trace along an axis; none where it counts. */
  readonly values: (trace: FigureTrace, letter: Letter) => readonly Value[];
  /** Whether its positions lie along y; undefined: either. */
  readonly isHorizontal: (trace: Trace) => boolean | undefined;
  /** Both axes have positions, as those of a grid. */
  readonly isGrid?: boolean;
  /** Its values along the axis of positions are none that need a label each. */
  readonly isBinned?: boolean;
  /** Amounts lie around a middle, from the top downwards: their axis has no labels. */
  readonly isAroundMiddle?: boolean;
  /** @returns Undefined when it cannot be drawn. */
  readonly read: (traces: readonly FigureTrace[], axes: PlotAxes) => readonly Layer[] | undefined;
}

/** A series' share of the legend. */
export function legendOf(
  { trace, name }: FigureTrace,
  swatch: LegendItem['swatch'],
): LegendItem | undefined {
  return trace['showlegend'] === false ? undefined : { name, swatch };
}

/** The span of numbers; undefined without any. */
export function spanOf(
  numbers: Iterable<number | undefined>,
): readonly [number, number] | undefined {
  let [least, most] = [Infinity, -Infinity];
  for (const number of numbers) {
    if (number === undefined || !Number.isFinite(number)) continue;
    if (number < least) least = number;
    if (number > most) most = number;
  }
  return least > most ? undefined : [least, most];
}

/** The stack of a line. */
export function groupOf(trace: Trace): string | undefined {
  const group = trace['stackgroup'];
  return typeof group === 'string' && group !== '' ? group : undefined;
}
