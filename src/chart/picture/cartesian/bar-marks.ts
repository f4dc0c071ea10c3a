// Bars of a plot: those of bar charts, histograms, waterfalls and funnels.

import type { Element } from 'hast';
import { byPaint, paint, type MarkPaint, type Paint } from '../drawing/paint.js';
import { round, svgElement as s } from '../svg.js';
import { spanOf, type Frame, type PlotAxes, type Reach } from '../axes/layer.js';

/** A bar in the axes' numbers. */
export interface BarMark extends MarkPaint {
  readonly at: number;
  /** Its start; undefined: the edge of the plot, as on a logarithmic axis. */
  readonly base: number | undefined;
  readonly value: number;
}

/** How the bars of a series share their places with others. */
export interface BarPlace {
  /** The part of a place that its bars fill. */
  readonly fill: number;
  /** The number of series side by side, and which of them this one is. */
  readonly slots: number;
  readonly slot: number;
  /** The size of a place in the axis's numbers; undefined: the distance between places. */
  readonly size?: number;
}

/** What bars need along both axes. */
export function barReach(
  marks: readonly (BarMark | undefined)[],
  { isHorizontal }: PlotAxes,
  position: Reach = { isSolid: true },
): Readonly<Record<'x' | 'y', Reach>> {
  const ends = marks.flatMap((mark) => (mark === undefined ? [] : [mark.value, mark.base]));
  const measure = { span: spanOf(ends), fromZero: true };
  return isHorizontal ? { x: measure, y: position } : { x: position, y: measure };
}

interface BarBox {
  readonly mark: BarMark;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The bars of a series; of indistinguishable ones the longest. */
export function drawBars(
  marks: readonly (BarMark | undefined)[],
  series: Paint,
  isHorizontal: boolean,
  place: BarPlace,
  frame: Frame,
): Element {
  const boxes = barBoxes(marks, isHorizontal, place, frame);
  if (boxes.length <= frame.bounds.single) {
    return s(
      'g',
      {},
      boxes.map(({ mark, ...box }) => s('rect', { ...paint(series, mark, 'bar'), ...box })),
    );
  }
  const visible = longestOfColumns(boxes, isHorizontal, frame.bounds.column);
  return s(
    'g',
    {},
    byPaint(visible, series, 'bar').map(({ look, items }) =>
      s('path', {
        ...look,
        d: items
          .map(({ x, y, width, height }) => `M${x} ${y}h${width}v${height}h${-width}z`)
          .join(''),
      }),
    ),
  );
}

function barBoxes(
  marks: readonly (BarMark | undefined)[],
  isHorizontal: boolean,
  { fill, slots, slot, size }: BarPlace,
  frame: Frame,
): BarBox[] {
  const [position, measure] = isHorizontal ? [frame.y, frame.x] : [frame.x, frame.y];
  const gap = size === undefined ? frame.gap : Math.abs(position(size) - position(0));
  const thickness = (gap * fill) / slots;
  const offset = (slot - (slots - 1) / 2) * thickness;
  const inset = thickness > 6 ? 0.5 : 0;
  const edge = isHorizontal ? frame.area.x[0] : frame.area.y[1];
  return marks.flatMap((mark): BarBox[] => {
    if (mark === undefined) return [];
    const start = round(position(mark.at) + offset - thickness / 2 + inset);
    const width = round(Math.max(0.5, thickness - inset * 2));
    const from = mark.base === undefined ? edge : measure(mark.base);
    const to = measure(mark.value);
    const low = round(Math.min(from, to));
    const length = round(Math.abs(from - to));
    return isHorizontal
      ? [{ mark, x: low, y: start, width: length, height: width }]
      : [{ mark, x: start, y: low, width, height: length }];
  });
}

/** Of bars on the same pixels the two that reach furthest, to either side. */
function longestOfColumns(boxes: readonly BarBox[], isHorizontal: boolean, size: number): BarBox[] {
  const columns = new Map<number, { least: BarBox; most: BarBox }>();
  const start = ({ x, y }: BarBox) => (isHorizontal ? x : y);
  const end = (box: BarBox) => start(box) + (isHorizontal ? box.width : box.height);
  for (const box of boxes) {
    const at = Math.floor((isHorizontal ? box.y : box.x) / size);
    const known = columns.get(at);
    if (known === undefined) columns.set(at, { least: box, most: box });
    else {
      if (start(box) < start(known.least)) known.least = box;
      if (end(box) > end(known.most)) known.most = box;
    }
  }
  return [...columns.values()].flatMap(({ least, most }) =>
    least === most ? [least] : [least, most],
  );
}
