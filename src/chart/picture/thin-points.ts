/** A point of a picture, in its pixels. */
export interface PicturePoint {
  readonly x: number;
  readonly y: number;
}

/** How far apart points may be taken for one at first, in pixels: less than half of a point's width. */
const finest = 2;

/**
 * Of many points those that can be told apart: one for each square of pixels, the first that lies in
 * it, and besides those that reach furthest to each side. The squares are as small as they can be with
 * no more than `most` points left; of fewer points all are left.
 *
 * @param most - At least 8.
 * @returns Some of the points, in their order; the same for the same points.
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

/** Where the points are that reach furthest to the left, right, top and bottom. */
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
