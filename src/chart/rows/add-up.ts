// Measures of groups of rows, exact: sums are those of whole units, whatever order the rows are in.

import type { Value } from '../figure/values.js';
import { decimalValue, quotient, type Decimal } from './decimal.js';
import type { Additive, Measure } from './grammar.js';
import type { Numbers, Rows } from './rows.js';

/**
 * Adds up a measure of groups of rows.
 *
 * @param groups - The group of each row; -1: none.
 * @param count - How many groups there are.
 * @returns A value for each group: a number, or text where a double has not all of its digits; null: there is none.
 */
export function addUp(rows: Rows, measure: Measure, groups: Int32Array, count: number): Value[] {
  if ('ratio' in measure) {
    const [above, below] = measure.ratio.map((part) => sums(rows, part, groups, count));
    return Array.from({ length: count }, (_, group) => {
      const [one, other] = [above?.[group], below?.[group]];
      return one === undefined || other === undefined ? null : (quotient(one, other) ?? null);
    });
  }
  if ('min' in measure) return extremes(numbersIn(rows, measure.min), -1, groups, count);
  if ('max' in measure) return extremes(numbersIn(rows, measure.max), 1, groups, count);
  return sums(rows, measure, groups, count).map((sum) =>
    sum === undefined ? null : decimalValue(sum),
  );
}

type Sum = Decimal | undefined;

function sums(rows: Rows, measure: Additive, groups: Int32Array, count: number): Sum[] {
  if ('count' in measure) return counts(rows, measure.count, groups, count);
  const { units, large, scale } = numbersIn(rows, measure.sum);
  const isAny = new Uint8Array(count);
  const small = new Float64Array(count);
  const exact = large === undefined ? undefined : Array.from({ length: count }, () => 0n);
  for (let row = 0; row < groups.length; row += 1) {
    const group = groups[row] ?? -1;
    const unit = units[row] ?? Number.NaN;
    if (group < 0 || Number.isNaN(unit)) continue;
    isAny[group] = 1;
    if (exact === undefined) small[group] = (small[group] ?? 0) + unit;
    else exact[group] = (exact[group] ?? 0n) + (large?.[row] ?? 0n);
  }
  return Array.from(isAny, (any, group): Sum =>
    any === 0 ? undefined : { units: exact?.[group] ?? BigInt(small[group] ?? 0), scale },
  );
}

function counts(rows: Rows, field: string, groups: Int32Array, count: number): Sum[] {
  const codes = field === '*' ? undefined : rows.fields.get(field)?.dimension().codes;
  const found = new Float64Array(count);
  for (let row = 0; row < groups.length; row += 1) {
    const group = groups[row] ?? -1;
    if (group >= 0 && codes?.[row] !== 0) found[group] = (found[group] ?? 0) + 1;
  }
  return Array.from(found, (number) => ({ units: BigInt(number), scale: 0 }));
}

function extremes(
  { units, large, scale }: Numbers,
  sign: 1 | -1,
  groups: Int32Array,
  count: number,
): Value[] {
  const rows = new Int32Array(count).fill(-1);
  for (let row = 0; row < groups.length; row += 1) {
    const group = groups[row] ?? -1;
    if (group < 0 || Number.isNaN(units[row])) continue;
    const best = rows[group] ?? -1;
    if (best < 0 || isFurther(row, best)) rows[group] = row;
  }
  return Array.from(rows, (row) =>
    row < 0 ? null : decimalValue({ units: large?.[row] ?? BigInt(units[row] ?? 0), scale }),
  );

  function isFurther(row: number, best: number): boolean {
    const [one, other] =
      large === undefined ? [units[row], units[best]] : [large[row], large[best]];
    return sign > 0 ? (one ?? 0) > (other ?? 0) : (one ?? 0) < (other ?? 0);
  }
}

function numbersIn(rows: Rows, field: string): Numbers {
  const numbers = rows.fields.get(field)?.numbers();
  if (numbers === undefined) throw new TypeError(`“${field}” has no numbers`);
  return numbers;
}
