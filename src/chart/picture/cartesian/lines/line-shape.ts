// The shapes of lines between points: straight, in steps, or as a curve.

import { createRequire } from 'node:module';
import type * as Shapes from 'd3-shape';
import { round } from '../../svg.js';
import type { PathPoint } from './line-path.js';

const require = createRequire(import.meta.url);

/** The corners of steps between two points, by plotly's names. */
const corners: Readonly<Record<string, (from: PathPoint, to: PathPoint) => readonly PathPoint[]>> =
  {
    hv: (from, to) => [{ x: to.x, y: from.y }],
    vh: (from, to) => [{ x: from.x, y: to.y }],
    hvh: (from, to) => {
      const x = round((from.x + to.x) / 2);
      return [
        { x, y: from.y },
        { x, y: to.y },
      ];
    },
    vhv: (from, to) => {
      const y = round((from.y + to.y) / 2);
      return [
        { x: from.x, y },
        { x: to.x, y },
      ];
    },
  };

/** Points with the corners of a stepped line between them; other shapes have none. */
export function withCorners(
  points: readonly (PathPoint | undefined)[],
  shape: unknown,
): readonly (PathPoint | undefined)[] {
  const cornersOf =
    typeof shape === 'string' && Object.hasOwn(corners, shape) ? corners[shape] : undefined;
  if (cornersOf === undefined) return points;
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    return point === undefined || before === undefined
      ? [point]
      : [...cornersOf(before, point), point];
  });
}

/** The most points of a curve; more of them are a line to any eye. */
const mostOfCurve = 400;

/**
 * A curve through points that rises and falls only where they do; undefined for very many, which a straight line
 * shows as well.
 */
export function curvePath(points: readonly (PathPoint | undefined)[]): string | undefined {
  if (points.length > mostOfCurve) return undefined;
  const { line, curveMonotoneX } = require('d3-shape') as typeof Shapes;
  const path = line<PathPoint | undefined>(
    (point) => point?.x ?? 0,
    (point) => point?.y ?? 0,
  )
    .defined((point) => point !== undefined)
    .curve(curveMonotoneX)
    .digits(1);
  return path([...points]) ?? '';
}
