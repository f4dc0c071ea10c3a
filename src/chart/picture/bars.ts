// Bars of a picture.

import type { Element } from 'hast';
import { byPaint, paint, round, svgElement as s } from './svg.js';
import type { Mark, MarkBounds, Plot, PlotSeries } from './plot.js';
import type { Scale } from './scale.js';

/** The position of a series' bars. */
export interface BarLayout extends MarkBounds {
  readonly position: Scale;
  readonly measure: Scale;
  readonly gap: number;
  readonly slot: number;
  readonly slots: number;
}

/** The bars of a series; of indistinguishable ones the longest. */
export function drawBars(series: PlotSeries, plot: Plot, place: BarLayout): Element {
  const share = plot.isGrouped ? place.slots : 1;
  const thickness = (place.gap * 0.76) / share;
  const offset = plot.isGrouped ? (place.slot - (share - 1) / 2) * thickness : 0;
  const inset = thickness > 6 ? 0.5 : 0;
  const boxes = series.marks.flatMap((mark): BarBox[] => {
    if (mark === undefined) return [];
    const start = round(place.position(mark.at) + offset - thickness / 2 + inset);
    const width = round(Math.max(0.5, thickness - inset * 2));
    const from = place.measure(mark.base);
    const to = place.measure(mark.value);
    const low = round(Math.min(from, to));
    const length = round(Math.abs(from - to));
    return plot.isHorizontal
      ? [{ mark, x: low, y: start, width: length, height: width }]
      : [{ mark, x: start, y: low, width, height: length }];
  });
  if (boxes.length <= place.most) {
    return s(
      'g',
      {},
      boxes.map(({ mark, ...box }) => s('rect', { ...paint(series, mark, 'bar'), ...box })),
    );
  }
  const visible = longestOfColumns(boxes, plot.isHorizontal, place.column);
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

interface BarBox {
  readonly mark: Mark;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
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
