// Bins of a histogram, chosen as plotly chooses them.

import type { AxisType } from '../../figure/axis-type.js';

/** Bins of equal width; of dates also whole months. */
export interface Bins {
  /** The index of a number's bin. */
  readonly indexOf: (value: number) => number;
  /** The start of a bin by its index. */
  readonly startOf: (index: number) => number;
}

/** What a figure says about its bins, in the axis's numbers. */
export interface BinSettings {
  /** The most bins that it wants. */
  readonly most: number | undefined;
  readonly start: number | undefined;
  /** A width, or whole months. */
  readonly size: number | { readonly months: number } | undefined;
  /** Of two dimensions, which need wider ones. */
  readonly isGrid: boolean;
}

const day = 86_400_000;
const month = 30.4375 * day;

/** Chooses bins for numbers of an axis. */
export function chooseBins(
  values: readonly number[],
  type: AxisType,
  { most: count, start, size, isGrid }: BinSettings,
): Bins {
  const [least, most] = values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
  if (type === 'category') {
    return equalBins(start ?? -0.5, typeof size === 'number' ? Math.max(1, Math.round(size)) : 1);
  }
  const wanted = size ?? binSize(values, type, most - least, count, isGrid);
  if (typeof wanted === 'object') return monthBins(start ?? least, wanted.months);
  if (start !== undefined) return equalBins(start, wanted);
  const before = Math.ceil((least - (most - least) * 1e-4) / wanted) * wanted - wanted;
  return equalBins(shifted(before, wanted, values, { least, most, type }), wanted);
}

function equalBins(start: number, size: number): Bins {
  return {
    indexOf: (value) => Math.floor((value - start) / size + 1e-9),
    startOf: (index) => start + index * size,
  };
}

function monthBins(from: number, months: number): Bins {
  const date = new Date(from);
  const monthOf = (time: Date) => time.getUTCFullYear() * 12 + time.getUTCMonth();
  const first = Math.floor(monthOf(date) / months) * months;
  return {
    indexOf: (value) => Math.floor((monthOf(new Date(value)) - first) / months),
    startOf: (index) => monthStart(first + index * months),
  };
}

/** Years below 100 are years of the first century here, too. */
function monthStart(months: number): number {
  const date = new Date(0);
  date.setUTCFullYear(Math.floor(months / 12), ((months % 12) + 12) % 12, 1);
  return date.getTime();
}

function binSize(
  values: readonly number[],
  type: AxisType,
  span: number,
  count: number | undefined,
  isGrid: boolean,
): Exclude<BinSettings['size'], undefined> {
  const rough =
    count === undefined || count < 1 ? roughSize(values, isGrid) : Math.max(span / count, 1e-300);
  if (!Number.isFinite(rough) || rough <= 0) return 1;
  return type === 'date'
    ? dateSize(rough)
    : roundUp(rough, 10 ** Math.floor(Math.log10(rough)), [2, 5, 10]);
}

/** Twice the deviation over a power of the count, but no less than the least difference. */
function roughSize(values: readonly number[], isGrid: boolean): number {
  const difference = leastDifference(values);
  const power = 10 ** Math.floor(Math.log10(difference));
  const factors = [0.9, 1.9, 4.9, 9.9];
  const least = power * (factors.findLast((factor) => factor <= difference / power) ?? 0.9);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / values.length);
  return Math.max(least, (2 * deviation) / values.length ** (isGrid ? 0.25 : 0.4));
}

/** The least difference between two of the numbers that is no rounding error. */
function leastDifference(values: readonly number[]): number {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  const span = (sorted.at(-1) ?? 0) - (sorted[0] ?? 0) || 1;
  const tolerance = span / 1e4;
  let least = span;
  let last = sorted[0] ?? 0;
  for (const value of sorted) {
    if (value <= last + tolerance / 100) continue;
    least = Math.min(least, value - last);
    last = value;
  }
  return least;
}

function roundUp(rough: number, unit: number, factors: readonly number[]): number {
  const factor = factors.find((one) => one >= rough / unit - 1e-9) ?? factors.at(-1) ?? 1;
  return factor * unit;
}

function dateSize(rough: number): number | { readonly months: number } {
  const twice = rough * 2;
  const year = 12 * month;
  if (twice > year) {
    const years = rough / year;
    return {
      months: 12 * Math.max(1, roundUp(years, 10 ** Math.floor(Math.log10(years)), [2, 5, 10])),
    };
  }
  if (twice > month) return { months: roundUp(rough, month, [1, 3, 6]) / month };
  if (twice > day) return roundUp(rough, day, [1, 2, 3, 7, 14]);
  if (twice > 3_600_000) return roundUp(rough, 3_600_000, [1, 3, 6, 12]);
  if (twice > 60_000) return roundUp(rough, 60_000, [1, 2, 5, 10, 15, 30]);
  if (twice > 1000) return roundUp(rough, 1000, [1, 2, 5, 10, 15, 30]);
  return roundUp(rough, 10 ** Math.floor(Math.log10(rough)), [2, 5, 10]);
}

/** Moves bins so that whole numbers lie in their middle, and few numbers on their edges. */
function shifted(
  start: number,
  size: number,
  values: readonly number[],
  { least, most, type }: { readonly least: number; readonly most: number; readonly type: AxisType },
): number {
  const isNearEdge = (value: number) => (1 + ((value - start) * 100) / size) % 100 < 2;
  const whole = values.filter((value) => value % 1 === 0).length;
  if (whole === values.length && type !== 'date') {
    if (size < 1) return least - size / 2;
    return start - 0.5 + size < least ? start - 0.5 + size : start - 0.5;
  }
  const middle = values.filter((value) => isNearEdge(value + size / 2)).length;
  const edge = values.filter(isNearEdge).length;
  if (middle >= values.length * 0.1) return start;
  if (edge <= values.length * 0.3 && !isNearEdge(least) && !isNearEdge(most)) return start;
  return start + size / 2 < least ? start + size / 2 : start - size / 2;
}
