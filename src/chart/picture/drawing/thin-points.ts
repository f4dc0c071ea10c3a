// Points thinned to those that can be told apart.

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
