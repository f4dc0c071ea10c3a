// The path of a slice of a circle or ring.

import { round } from '../svg.js';

/** The outline of a slice between two shares of the circle, clockwise from the top; a whole circle is two halves. */
export function slicePath(
  [x, y]: readonly [number, number],
  radius: number,
  hole: number,
  from: number,
  to: number,
): string {
  const at = (part: number, distance: number) => {
    const angle = 2 * Math.PI * part;
    return `${round(x + distance * Math.sin(angle))} ${round(y - distance * Math.cos(angle))}`;
  };
  const middle = (from + to) / 2;
  const arc = (part: number, distance: number, sweep: 0 | 1) =>
    `A${round(distance)} ${round(distance)} 0 0 ${sweep} ${at(part, distance)}`;
  const outer = `M${at(from, radius)}${arc(middle, radius, 1)}${arc(to, radius, 1)}`;
  return hole === 0
    ? `${outer}L${round(x)} ${round(y)}Z`
    : `${outer}L${at(to, hole)}${arc(middle, hole, 0)}${arc(from, hole, 0)}Z`;
}
