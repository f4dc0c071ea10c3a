// Quartiles and whiskers of a box, as plotly computes them.

/** A box: quartiles, the ends of its whiskers, and what lies beyond them. */
export interface BoxNumbers {
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly lower: number;
  readonly upper: number;
  readonly mean: number | undefined;
  readonly outliers: readonly number[];
}

/** plotly's `quartilemethod`. */
export type QuartileMethod = 'linear' | 'exclusive' | 'inclusive';

/**
 * The quantile of sorted numbers between their neighbours, where the first stands for half of its share (Hazen).
 *
 * @param sorted - At least one.
 */
export function quantile(sorted: readonly number[], share: number): number {
  const place = share * sorted.length - 0.5;
  const at = Math.min(sorted.length - 1, Math.max(0, place));
  const [below, above] = [sorted[Math.floor(at)] ?? NaN, sorted[Math.ceil(at)] ?? NaN];
  return below + (above - below) * (at - Math.floor(at));
}

/** Quartiles and whiskers: whiskers end at the last numbers within 1.5 times the box. */
export function boxNumbers(sorted: readonly number[], method: QuartileMethod): BoxNumbers {
  const half = sorted.length / 2;
  const isOdd = sorted.length % 2 === 1;
  const halves =
    method === 'linear' || !isOdd || sorted.length < 2
      ? undefined
      : method === 'exclusive'
        ? [sorted.slice(0, Math.floor(half)), sorted.slice(Math.ceil(half))]
        : [sorted.slice(0, Math.ceil(half)), sorted.slice(Math.floor(half))];
  const median = quantile(sorted, 0.5);
  const q1 = halves === undefined ? quantile(sorted, 0.25) : quantile(halves[0] ?? [], 0.5);
  const q3 = halves === undefined ? quantile(sorted, 0.75) : quantile(halves[1] ?? [], 0.5);
  const reach = 1.5 * (q3 - q1);
  const least = sorted.find((value) => value >= q1 - reach) ?? q1;
  const most = sorted.findLast((value) => value <= q3 + reach) ?? q3;
  const [lower, upper] = [Math.min(q1, least), Math.max(q3, most)];
  const sum = sorted.reduce((total, value) => total + value, 0);
  return {
    ...{ q1, median, q3, lower, upper },
    mean: sum / sorted.length,
    outliers: sorted.filter((value) => value < lower || value > upper),
  };
}
