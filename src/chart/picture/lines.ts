// Lines and points of a picture.

import type { Element } from 'hast';
import { byPaint, paint, round, svgElement as s } from './svg.js';
import type { Mark, MarkBounds, PlotSeries } from './plot.js';
import type { Scale } from './scale.js';

/** A line with its area and points, reduced to distinguishable points. */
export function drawLine(
  series: PlotSeries,
  position: Scale,
  measure: Scale,
  { most, column }: MarkBounds,
): Element {
  const points = series.marks.map((mark) =>
    mark === undefined
      ? undefined
      : { mark, x: round(position(mark.at)), y: round(measure(mark.value)) },
  );
  const isThinned = !series.hasPoints || points.length > most;
  const path = boundedPath(points, isThinned ? column : undefined);
  const first = points.find(isPoint);
  const last = points.findLast(isPoint);
  const area =
    series.isFilled && first !== last
      ? [
          s('path', {
            ...paint(series, undefined, 'area'),
            d: `${path}L${last?.x ?? 0} ${round(measure(0))}L${first?.x ?? 0} ${round(measure(0))}Z`,
          }),
        ]
      : [];
  return s('g', {}, [
    ...area,
    series.kind === 'line'
      ? s('path', { ...paint(series, undefined, 'line'), d: path })
      : undefined,
    ...(series.hasPoints ? pointMarks(points.filter(isPoint), series, most) : []),
  ]);
}

/** Single points; very many are reduced and drawn as dots of one stroke. */
function pointMarks(points: readonly Point[], series: PlotSeries, most: number): Element[] {
  if (points.length <= most) {
    return points.map(({ mark, x, y }) =>
      s('circle', { ...paint(series, mark, 'point'), cx: x, cy: y, r: 3 }),
    );
  }
  return byPaint(thinPoints(points, most), series, 'dots').map(({ look, items }) =>
    s('path', {
      ...look,
      d: items.map(({ x, y }) => `M${Math.round(x)} ${Math.round(y)}h0`).join(''),
    }),
  );
}

interface Point {
  readonly mark: Mark;
  readonly x: number;
  readonly y: number;
}

function isPoint(point: Point | undefined): point is Point {
  return point !== undefined;
}

/** The most points of a thinned line. */
const longestThinned = 6000;

/** The longest path, in characters; a longer line oscillates, and no picture could show it. */
const longestPath = 100_000;

/** The line, reduced to fewer points when its path would be too long. */
function boundedPath(points: readonly (Point | undefined)[], width: number | undefined): string {
  const path = linePath(points, width);
  if (path.length <= longestPath) return path;
  const kept = new Set(thinPoints(points.filter(isPoint), longestThinned));
  return linePath(
    points.filter((point) => point === undefined || kept.has(point)),
    width,
  );
}

/**
 * A line through points as an SVG path, with gaps for missing ones.
 *
 * @param width - Reduces points in columns of this width (pixels) to the first, the last, the lowest and the
 *   highest, which make the same line. Undefined: no reduction.
 */
function linePath(points: readonly (Point | undefined)[], width: number | undefined): string {
  const commands: string[] = [];
  let command = 'M';
  const draw = (point: Point | undefined) => {
    if (point !== undefined) commands.push(`${command}${point.x} ${point.y}`);
    command = point === undefined ? 'M' : 'L';
  };
  for (let start = 0; start < points.length;) {
    const columnOf = (point: Point | undefined) =>
      point === undefined || width === undefined ? NaN : Math.round(point.x / width);
    const column = columnOf(points[start]);
    let [lowest, highest] = [start, start];
    let end = start + 1;
    for (; end < points.length; end += 1) {
      const point = points[end];
      if (point === undefined || columnOf(point) !== column) break;
      if (point.y < (points[lowest]?.y ?? 0)) lowest = end;
      if (point.y >= (points[highest]?.y ?? 0)) highest = end;
    }
    const [one, other] = lowest < highest ? [lowest, highest] : [highest, lowest];
    draw(points[start]);
    if (one > start) draw(points[one]);
    if (other > one) draw(points[other]);
    if (end - 1 > other) draw(points[end - 1]);
    start = end;
  }
  return commands.join('');
}

/** A point in pixels. */
interface PicturePoint {
  readonly x: number;
  readonly y: number;
}

/** The initial size of a square, in pixels: less than half of a point's width. */
const finest = 2;

/**
 * Thins points to distinguishable ones: one for each square of pixels, the first in it, and those that reach
 * furthest to each side. Squares are as small as possible with at most `most` points left; fewer points are all
 * kept.
 *
 * @param most - At least 8.
 * @returns Some of the points in their order; deterministic.
 */
export function thinPoints<Point extends PicturePoint>(
  points: readonly Point[],
  most: number,
): readonly Point[] {
  if (points.length <= most) return points;
  for (let size = finest; ; size *= 1.5) {
    const kept = firstOfSquares(points, size, most);
    if (kept !== undefined) return kept;
  }
}

/** Undefined when there are too many. */
function firstOfSquares<Point extends PicturePoint>(
  points: readonly Point[],
  size: number,
  most: number,
): readonly Point[] | undefined {
  const kept = extremes(points);
  const seen = new Set<number>();
  for (const [index, { x, y }] of points.entries()) {
    const square = Math.floor(x / size) * 65_536 + Math.floor(y / size);
    if (seen.has(square)) continue;
    seen.add(square);
    kept.add(index);
    if (kept.size > most) return undefined;
  }
  return points.filter((_, index) => kept.has(index));
}

/** The indexes of the points furthest to the left, right, top and bottom. */
function extremes(points: readonly PicturePoint[]): Set<number> {
  let [left, right, top, bottom] = [0, 0, 0, 0];
  points.forEach(({ x, y }, index) => {
    if (x < (points[left]?.x ?? x)) left = index;
    if (x > (points[right]?.x ?? x)) right = index;
    if (y < (points[top]?.y ?? y)) top = index;
    if (y > (points[bottom]?.y ?? y)) bottom = index;
  });
  return new Set([left, right, top, bottom]);
}
