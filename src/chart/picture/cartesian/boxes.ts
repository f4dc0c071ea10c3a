// Boxes: quartiles, whiskers and what lies beyond them.

import type { Element } from 'hast';
import { numberOf, readValues } from '../../figure/values.js';
import { paint, type Paint } from '../drawing/paint.js';
import type { FigureTrace, Trace } from '../drawing/scene.js';
import { boxNumbers, type BoxNumbers, type QuartileMethod } from '../statistics/quartiles.js';
import { round, svgElement as s } from '../svg.js';
import { thinPoints } from '../drawing/thin-points.js';
import { type Frame, type PlotAxes, type PlotKind } from '../axes/layer.js';
import { isLying, placer, sampleLayers, samplesOf, sampleValues, type Slots } from './samples.js';

/** The most boxes that can be told apart. */
const mostBoxes = 400;

/** Boxes by trace. */
export const boxes: PlotKind = {
  values: sampleValues,
  isHorizontal: isLying,
  read: (traces, axes) => {
    const { isHorizontal, layout } = axes;
    const measure = isHorizontal ? axes.x : axes.y;
    if (!measure.isMeasured) return undefined;
    const read = traces.map((one) => readBoxes(one, axes));
    if (read.flat().length > mostBoxes) return undefined;
    return sampleLayers(traces, axes, layout['boxmode'], (_, index) => {
      const marks = read[index] ?? [];
      return {
        ends: marks.flatMap(({ lower, upper, points }) => [lower, upper, ...points]),
        draw: (series, slots, frame) => drawBoxes(marks, series, isHorizontal, slots, frame),
      };
    });
  },
};

/** A box at its position, with the points drawn by themselves. */
interface BoxMark extends Omit<BoxNumbers, 'outliers'> {
  readonly at: number;
  readonly points: readonly number[];
  readonly hasMean: boolean;
}

function methodOf(trace: Trace): QuartileMethod {
  const method = trace['quartilemethod'];
  return method === 'exclusive' || method === 'inclusive' ? method : 'linear';
}

function readBoxes(one: FigureTrace, axes: PlotAxes): readonly BoxMark[] {
  const { trace } = one;
  if (trace['q1'] !== undefined && trace['median'] !== undefined) return computedBoxes(one, axes);
  const shown = trace['boxpoints'];
  return samplesOf(one, axes).map(({ at, sorted }) => {
    const { outliers, ...numbers } = boxNumbers(sorted, methodOf(trace));
    const points = shown === false ? [] : shown === 'all' ? sorted : outliers;
    const hasMean = trace['boxmean'] === true || trace['boxmean'] === 'sd';
    return { at, ...numbers, points, hasMean };
  });
}

/** Boxes whose quartiles the figure gives. */
function computedBoxes(one: FigureTrace, axes: PlotAxes): readonly BoxMark[] {
  const { trace } = one;
  const [position, measure] = axes.isHorizontal ? [axes.y, axes.x] : [axes.x, axes.y];
  const letter = axes.isHorizontal ? 'y' : 'x';
  const places = readValues(trace[letter]) ?? sampleValues(one, letter);
  const listOf = (name: string) =>
    (readValues(trace[name]) ?? []).map((value) => measure.at(numberOf(value) ?? value));
  const [q1s, medians, q3s] = [listOf('q1'), listOf('median'), listOf('q3')];
  const [lowers, uppers] = [listOf('lowerfence'), listOf('upperfence')];
  return q1s.flatMap((q1, index): BoxMark[] => {
    const [at, median, q3] = [position.at(places[index] ?? null), medians[index], q3s[index]];
    if (at === undefined || q1 === undefined || median === undefined || q3 === undefined) return [];
    const [lower, upper] = [lowers[index] ?? q1, uppers[index] ?? q3];
    return [{ at, q1, median, q3, lower, upper, mean: undefined, points: [], hasMean: false }];
  });
}

function drawBoxes(
  marks: readonly BoxMark[],
  series: Paint,
  isHorizontal: boolean,
  { slots, slot }: Slots,
  frame: Frame,
): Element[] {
  const [position, measure] = isHorizontal ? [frame.y, frame.x] : [frame.x, frame.y];
  const room = (frame.gap * 0.8) / slots;
  const width = Math.min(70, Math.max(1, room * 0.62));
  const place = placer(isHorizontal, round);
  const centerOf = (at: number) => position(at) + (slot - (slots - 1) / 2) * room;
  const parts = marks.map((mark) => {
    const center = centerOf(mark.at);
    const [from, to] = [center - width / 2, center + width / 2];
    const line = (start: number, end: number, at: number) =>
      `M${place(start, measure(at))}L${place(end, measure(at))}`;
    const whisker = (end: number, box: number) =>
      `M${place(center, measure(box))}L${place(center, measure(end))}${line(center - width / 4, center + width / 4, end)}`;
    return {
      box: `M${place(from, measure(mark.q1))}L${place(to, measure(mark.q1))}L${place(to, measure(mark.q3))}L${place(from, measure(mark.q3))}Z`,
      lines: `${line(from, to, mark.median)}${whisker(mark.lower, mark.q1)}${whisker(mark.upper, mark.q3)}`,
      mean: mark.hasMean && mark.mean !== undefined ? line(from, to, mark.mean) : '',
    };
  });
  const means = parts.map(({ mean }) => mean).join('');
  return [
    s('path', { ...paint(series, undefined, 'wash'), d: parts.map(({ box }) => box).join('') }),
    s('path', {
      ...paint(series, undefined, 'outline'),
      d: parts.map(({ lines }) => lines).join(''),
    }),
    ...(means === ''
      ? []
      : [s('path', { ...paint(series, undefined, 'outline'), strokeDasharray: '3 3', d: means })]),
    ...drawSamples(
      marks.flatMap(({ at, points }) =>
        points.map((point) => ({ along: centerOf(at), measure: measure(point) })),
      ),
      series,
      isHorizontal,
      frame,
    ),
  ];
}

/** Points by themselves, in one stroke. */
export function drawSamples(
  samples: readonly { readonly along: number; readonly measure: number }[],
  series: Paint,
  isHorizontal: boolean,
  { bounds }: Frame,
): Element[] {
  const points = samples.map(({ along, measure }) => ({
    x: round(isHorizontal ? measure : along),
    y: round(isHorizontal ? along : measure),
  }));
  if (points.length === 0) return [];
  const d = thinPoints(points, bounds.most)
    .map(({ x, y }) => `M${x} ${y}h0`)
    .join('');
  return [s('path', { ...paint(series, undefined, 'dots'), d })];
}
