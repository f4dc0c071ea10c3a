// Waterfalls: bars that begin where the one before ended, with sums between them.

import { isJsonObject } from '../../../nbformat/notebook.js';
import { numberOf, readValues } from '../../figure/values.js';
import { safeColor, paintOf } from '../drawing/paint.js';
import type { FigureTrace, Trace } from '../drawing/scene.js';
import { round, svgElement as s } from '../svg.js';
import { barReach, drawBars, type BarMark } from './bar-marks.js';
import { bars } from './bars.js';
import { type Frame, type Layer, type PlotAxes, type PlotKind } from '../axes/layer.js';
import { placer } from './samples.js';

/** Waterfalls by trace. */
export const waterfalls: PlotKind = {
  values: bars.values,
  isHorizontal: bars.isHorizontal,
  read: (traces, axes) => {
    const { isHorizontal } = axes;
    if (!(isHorizontal ? axes.x : axes.y).isMeasured) return undefined;
    return traces.map((one, slot): Layer => {
      const marks = readSteps(one, axes);
      const place = { fill: 0.76, slots: traces.length, slot };
      return {
        index: one.index,
        reach: barReach(marks, axes),
        hasMarks: true,
        draw: (frame) => [
          ...connectors(marks, one.trace, isHorizontal, frame),
          drawBars(marks, paintOf(one.index, undefined), isHorizontal, place, frame),
        ],
      };
    });
  },
};

function readSteps(one: FigureTrace, axes: PlotAxes): readonly (BarMark | undefined)[] {
  const { trace } = one;
  const [letter, other] = axes.isHorizontal ? (['y', 'x'] as const) : (['x', 'y'] as const);
  const [position, measure] = [axes[letter], axes[other]];
  const values = waterfalls.values(one, other);
  const kinds = readValues(trace['measure']) ?? [];
  const start = trace['base'];
  let sum = typeof start === 'number' ? start : 0;
  const ground = sum;
  return waterfalls.values(one, letter).map((place, index): BarMark | undefined => {
    const kind = kinds[index];
    const number = numberOf(values[index] ?? null) ?? 0;
    const isSum = kind === 'total' || kind === 't';
    const isNew = kind === 'absolute' || kind === 'a';
    const from = isSum || isNew ? ground : sum;
    sum = isSum ? sum : isNew ? number : sum + number;
    const [at, base, value] = [position.at(place), measure.at(from), measure.at(sum)];
    if (at === undefined || value === undefined) return undefined;
    const tone = isSum || isNew ? 'sums' : sum >= from ? 'rises' : 'falls';
    return { at, base, value, isOpen: false, ...look(trace, tone) };
  });
}

const groups = { sums: 'totals', rises: 'increasing', falls: 'decreasing' } as const;

function look(trace: Trace, tone: keyof typeof groups) {
  const group = trace[groups[tone]];
  const marker = isJsonObject(group) && isJsonObject(group['marker']) ? group['marker'] : {};
  const color = safeColor(marker['color']);
  return { color, tone: color === undefined ? tone : undefined };
}

/** Thin lines from each bar's end to the next bar. */
function connectors(
  marks: readonly (BarMark | undefined)[],
  trace: Trace,
  isHorizontal: boolean,
  frame: Frame,
) {
  const connector = trace['connector'];
  const isHidden = isJsonObject(connector) && connector['visible'] === false;
  if (isHidden || marks.length > 200) return [];
  const [position, measure] = isHorizontal ? [frame.y, frame.x] : [frame.x, frame.y];
  const place = placer(isHorizontal, round);
  const d = marks.flatMap((mark, index) => {
    const next = marks[index + 1];
    if (mark === undefined || next === undefined) return [];
    const at = measure(mark.value);
    return [`M${place(position(mark.at), at)}L${place(position(next.at), at)}`];
  });
  return [s('path', { className: ['link'], d: d.join('') })];
}
