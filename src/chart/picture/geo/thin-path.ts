// Simplification of outlines: points that are closer than a pixel shows are left out of the path.

import { round } from '../svg.js';
import type { Pen } from './projections.js';

/** Writes closed shapes as the data of an SVG path; points closer than a distance are left out, and shapes of few points. */
export class ThinPath implements Pen {
  readonly #distance: number;
  #points: (readonly [number, number])[] = [];
  #data = '';

  /** @param distance - In pixels. */
  constructor(distance: number) {
    this.#distance = distance;
  }

  /** The data of what was drawn; empty: nothing that can be seen. */
  get data(): string {
    return this.#data;
  }

  moveTo(x: number, y: number): void {
    this.#points = [[round(x), round(y)]];
  }

  lineTo(x: number, y: number): void {
    const [lastX, lastY] = this.#points.at(-1) ?? [Infinity, Infinity];
    if (Math.hypot(x - lastX, y - lastY) >= this.#distance) this.#points.push([round(x), round(y)]);
  }

  closePath(): void {
    const [first, ...others] = this.#points;
    this.#points = [];
    if (first === undefined || others.length < 2) return;
    let [beforeX, beforeY] = first;
    this.#data += `M${beforeX} ${beforeY}`;
    for (const [x, y] of others) {
      const [right, down] = [round(x - beforeX), round(y - beforeY)];
      this.#data += `l${right} ${down}`;
      [beforeX, beforeY] = [x, y];
    }
    this.#data += 'z';
  }
}
