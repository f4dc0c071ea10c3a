// Rows by the values of their dimensions, and a measure of each group.

import type { Value } from '../figure/values.js';
import { addUp } from './add-up.js';
import { binDate } from './bin-dates.js';
import type { DimensionUse, Measure } from './grammar.js';
import type { Rows } from './rows.js';

/** A value of a dimension; null: the rows without one. */
export type Key = string | null;

/** Rows with the same values, added up. */
export interface Group {
  /** The values of the dimensions, in their order. */
  readonly keys: readonly Key[];
  readonly value: Value;
  readonly rows: number;
}

/** The values of a dimension after binning, and the place of each row's value among them. */
interface Level {
  readonly values: readonly Key[];
  readonly codes: Uint32Array;
}

/**
 * Groups the chosen rows by some dimensions and adds up a measure.
 *
 * @param chosen - 1 for each row that counts; undefined: all do.
 * @returns The groups that have rows, in the order of their first ones.
 */
export function groupRows(
  rows: Rows,
  dimensions: readonly DimensionUse[],
  measure: Measure,
  chosen?: Uint8Array,
): Group[] {
  const levels = dimensions.map((use) => levelOf(rows, use));
  const size = levels.reduce((product, { values }) => product * values.length, 1);
  const groups = new Int32Array(rows.count).fill(-1);
  const keys: number[] = [];
  const counts: number[] = [];
  const places = size <= 1_000_000 ? new Int32Array(size).fill(-1) : new Map<number, number>();
  for (let row = 0; row < rows.count; row += 1) {
    if (chosen?.[row] === 0) continue;
    let key = 0;
    for (const { values, codes } of levels) key = key * values.length + (codes[row] ?? 0);
    let group = (places instanceof Map ? places.get(key) : places[key]) ?? -1;
    if (group < 0) {
      group = keys.length;
      if (places instanceof Map) places.set(key, group);
      else places[key] = group;
      keys.push(key);
      counts.push(0);
    }
    groups[row] = group;
    counts[group] = (counts[group] ?? 0) + 1;
  }
  const values = addUp(rows, measure, groups, keys.length);
  return keys.map((key, group) => ({
    keys: keysOf(key, levels),
    value: values[group] ?? null,
    rows: counts[group] ?? 0,
  }));
}

function keysOf(key: number, levels: readonly Level[]): Key[] {
  const keys: Key[] = [];
  let rest = key;
  for (const { values } of levels.toReversed()) {
    keys.unshift(values[rest % values.length] ?? null);
    rest = Math.floor(rest / values.length);
  }
  return keys;
}

function levelOf(rows: Rows, { field, bin }: DimensionUse): Level {
  const found = rows.fields.get(field);
  if (found === undefined) throw new TypeError(`the rows have no field “${field}”`);
  const { values, codes } = found.dimension();
  if (bin === undefined) return { values, codes };
  const places = new Map<Key, number>();
  const bins = Uint32Array.from(values, (value) => {
    const start = value === null ? null : binDate(value, bin);
    const place = places.get(start) ?? places.size;
    places.set(start, place);
    return place;
  });
  return { values: [...places.keys()], codes: codes.map((code) => bins[code] ?? 0) };
}
