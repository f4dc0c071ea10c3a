// Funnels: bars around a middle line, each with its amount, joined to the next.

import type { Element } from 'hast';
import { numberFormat } from '../../figure/format.js';
import { positionsOf } from '../../figure/positions.js';
import { numberOf, readValues } from '../../figure/values.js';
import { paint, tracePaint, type TracePaint } from '../drawing/paint.js';
import { textWidth } from '../scale.js';
import type { Trace } from '../drawing/scene.js';
import { round, svgElement as s } from '../svg.js';
import { legendOf, spanOf, type Frame, type Layer, type PlotKind } from '../axes/layer.js';

/** The most steps that can be told apart. */
const mostSteps = 100;

/** Funnels by trace. */
export const funnels: PlotKind = {
  values: ({ trace }, letter) => {
    const measure = isLying(trace) ? 'x' : 'y';
    const values = readValues(trace[measure]) ?? [];
    return letter === measure ? values : positionsOf(trace, letter, values.length);
  },
  isHorizontal: isLying,
  isAroundMiddle: true,
  read: (traces, axes) => {
    const [letter, other] = axes.isHorizontal ? (['y', 'x'] as const) : (['x', 'y'] as const);
    const [position, measure] = [axes[letter], axes[other]];
    if (!measure.isMeasured || measure.type === 'log') return undefined;
    if (position.places.length > mostSteps) return undefined;
    const rows = traces.map((one) => {
      const values = funnels.values(one, other);
      return funnels.values(one, letter).map((place, index) => ({
        at: position.at(place),
        value: numberOf(values[index] ?? null),
      }));
    });
    const totals = new Map<number, number>();
    for (const { at, value } of rows.flat()) {
      if (at !== undefined) totals.set(at, (totals.get(at) ?? 0) + Math.max(0, value ?? 0));
    }
    const ends = new Map([...totals].map(([at, total]) => [at, -total / 2]));
    return traces.map((one, index): Layer => {
      const series = tracePaint(one.trace, one.index, axes.layout);
      const marks = (rows[index] ?? []).flatMap(({ at, value }, step): FunnelMark[] => {
        if (at === undefined || value === undefined || !(value > 0) || !Number.isFinite(value))
          return [];
        const from = ends.get(at) ?? 0;
        ends.set(at, from + value);
        return [{ at, from, to: from + value, value, own: series.markAt(step) }];
      });
      const along = { isSolid: true };
      const span = { span: spanOf(marks.flatMap(({ from, to }) => [from, to])) };
      return {
        index: one.index,
        reach: axes.isHorizontal ? { x: span, y: along } : { x: along, y: span },
        legend: legendOf(one, paint(series, undefined, 'swatch')),
        hasMarks: true,
        draw: (frame) => drawFunnel(marks, series, axes.isHorizontal, frame),
      };
    });
  },
};

function isLying(trace: Trace): boolean {
  return trace['orientation'] !== 'v';
}

interface FunnelMark {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly value: number;
  readonly own: ReturnType<TracePaint['markAt']>;
}

const format = numberFormat(undefined);

function drawFunnel(
  marks: readonly FunnelMark[],
  series: TracePaint,
  isHorizontal: boolean,
  frame: Frame,
): Element[] {
  const [position, measure] = isHorizontal ? [frame.y, frame.x] : [frame.x, frame.y];
  const half = (frame.gap * 0.8) / 2;
  const place = (along: number, across: number) =>
    isHorizontal ? `${round(across)} ${round(along)}` : `${round(along)} ${round(across)}`;
  const joints = marks.flatMap((mark, index) => {
    const next = marks[index + 1];
    if (next === undefined) return [];
    // Positions may run against the pixels.
    const side = position(next.at) > position(mark.at) ? half : -half;
    const [start, end] = [position(mark.at) + side, position(next.at) - side];
    const corners = [
      place(start, measure(mark.from)),
      place(start, measure(mark.to)),
      place(end, measure(next.to)),
      place(end, measure(next.from)),
    ];
    return [`M${corners.join('L')}Z`];
  });
  return [
    s('path', { ...paint(series, undefined, 'area'), d: joints.join('') }),
    ...marks.flatMap((mark) => bar(mark, series, isHorizontal, half, frame)),
  ];
}

function bar(
  { at, from, to, value, own }: FunnelMark,
  series: TracePaint,
  isHorizontal: boolean,
  half: number,
  frame: Frame,
): Element[] {
  const [position, measure] = isHorizontal ? [frame.y, frame.x] : [frame.x, frame.y];
  const [start, end] = [Math.min(measure(from), measure(to)), Math.max(measure(from), measure(to))];
  const [along, middle] = [position(at) - half, (start + end) / 2];
  const size = round(end - start);
  const box = isHorizontal
    ? { x: round(start), y: round(along), width: size, height: round(half * 2) }
    : { x: round(along), y: round(start), width: round(half * 2), height: size };
  const text = format(value);
  const hasText = frame.hasAxes && half > 7 && textWidth(text) + 8 < box.width;
  return [
    s('rect', { ...paint(series, own, 'wash'), ...box }),
    ...(hasText
      ? [
          s(
            'text',
            {
              className: ['on-part'],
              x: round(isHorizontal ? middle : position(at)),
              y: round((isHorizontal ? position(at) : middle) + 4),
              textAnchor: 'middle',
            },
            text,
          ),
        ]
      : []),
  ];
}
