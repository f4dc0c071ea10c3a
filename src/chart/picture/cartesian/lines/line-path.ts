// The path of a line through points, as long as a picture can show it.

import { thinPoints } from '../../drawing/thin-points.js';

/** A point of a line, in pixels. */
export interface PathPoint {
  readonly x: number;
  readonly y: number;
}

function isThere<Point extends PathPoint>(point: Point | undefined): point is Point {
  return point !== undefined;
}

/** The most points of a thinned line. */
const longestThinned = 6000;

/** The longest path, in characters; a longer line oscillates, and no picture could show it. */
const longestPath = 100_000;

/** The line, reduced to fewer points when its path would be too long. */
export function boundedPath(
  points: readonly (PathPoint | undefined)[],
  width: number | undefined,
): string {
  const path = linePath(points, width);
  if (path.length <= longestPath) return path;
  const kept = new Set(thinPoints(points.filter(isThere), longestThinned));
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
function linePath(points: readonly (PathPoint | undefined)[], width: number | undefined): string {
  const commands: string[] = [];
  let command = 'M';
  const draw = (point: PathPoint | undefined) => {
    if (point !== undefined) commands.push(`${command}${point.x} ${point.y}`);
    command = point === undefined ? 'M' : 'L';
  };
  for (let start = 0; start < points.length;) {
    const columnOf = (point: PathPoint | undefined) =>
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
