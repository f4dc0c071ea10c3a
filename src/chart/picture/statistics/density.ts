// The density of numbers, as violins show it.

import { quantile } from './quartiles.js';

/** The density at a number. */
export interface DensityPoint {
  readonly at: number;
  readonly density: number;
}

/** The most numbers of which a density is computed; of more it is one of every n-th, which looks the same. */
const mostNumbers = 1000;
const steps = 60;

/**
 * The density of sorted numbers with a normal kernel, its width by Silverman's rule as in plotly.
 *
 * @param sorted - At least one.
 * @param isCut - Ends at the least and the most number rather than twice the width beyond.
 */
export function densityOf(sorted: readonly number[], isCut: boolean): readonly DensityPoint[] {
  const each = Math.ceil(sorted.length / mostNumbers);
  const numbers = sorted.filter((_, index) => index % each === 0);
  const [least, most] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  const width = kernelWidth(sorted);
  const around = isCut ? 0 : 2 * width;
  const [from, to] = [least - around, most + around];
  return Array.from({ length: steps + 1 }, (_, index) => {
    const at = from + ((to - from) * index) / steps;
    const sum = numbers.reduce(
      (total, value) => total + Math.exp(-0.5 * ((at - value) / width) ** 2),
      0,
    );
    return { at, density: sum / (numbers.length * width * Math.sqrt(2 * Math.PI)) };
  });
}

/** Silverman's rule of thumb, at least a hundredth of the span. */
function kernelWidth(sorted: readonly number[]): number {
  const count = sorted.length;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / count;
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / Math.max(1, count - 1));
  const between = quantile(sorted, 0.75) - quantile(sorted, 0.25);
  const width = 1.059 * Math.min(deviation, between / 1.349) * count ** -0.2;
  const least = ((sorted.at(-1) ?? 0) - (sorted[0] ?? 0)) / 100;
  return Math.max(width, least) || Math.abs(mean) * 0.01 || 1;
}
