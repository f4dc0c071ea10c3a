// Rows as DataFrames of danfojs.

import { findOptionalPackage, packageMissing } from '../files/optional-package.js';
import { writeExact } from '../text/exact-json.js';

/**
 * What every DataFrame of danfojs has. danfojs declares far more, but reading its declarations takes
 * longer than a notebook's own check, so whoever wants them names its type: `dataFrame<DataFrame>(…)`.
 */
export interface Frame {
  readonly columns: string[];
  /** Rows and columns. */
  readonly shape: number[];
  /** Row by row. */
  readonly values: unknown[];
  /** Its first rows as a table. */
  toString(): string;
}

/** A part of what danfojs computes with. */
interface TensorFlow {
  env(): { set(flag: string, value: boolean): void };
}

/** A column's values in the order of the rows, in types that danfojs supports. */
type ColumnValues = (number | string | boolean | null)[];

/**
 * Rows as columns for a danfojs DataFrame, which supports numbers, texts and booleans. A bigint column becomes
 * numbers when all its values are exact as such (below 2^53), otherwise texts. Null among numbers becomes NaN;
 * other values (json, arrays, bytes) become JSON text.
 */
export function toColumns(
  rows: readonly object[],
  names: readonly string[],
): Record<string, ColumnValues> {
  return Object.fromEntries(
    names.map((name) => [
      name,
      columnValues(rows.map((row) => (row as Record<string, unknown>)[name])),
    ]),
  );
}

function columnValues(values: readonly unknown[]): ColumnValues {
  const present = values.filter((value) => value !== null);
  const isNumber = (value: unknown): boolean =>
    typeof value === 'number' || (typeof value === 'bigint' && Number.isSafeInteger(Number(value)));
  if (present.length > 0 && present.every(isNumber)) {
    return values.map((value) => (value === null ? Number.NaN : Number(value)));
  }
  return values.map((value) => {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    return typeof value === 'bigint' || typeof value === 'number'
      ? String(value)
      : writeExact(value);
  });
}

/**
 * A DataFrame of rows. danfojs takes a second to load, so only who wants one waits for it.
 *
 * @param columns - Their names, in order.
 * @throws DaybookError `PACKAGE_MISSING` where the project has no danfojs.
 */
export async function toDataFrame(
  rows: readonly object[],
  columns: readonly string[],
): Promise<Frame> {
  if (findOptionalPackage('danfojs-node') === undefined) {
    throw packageMissing('danfojs-node', 'A data frame');
  }
  const danfojs = await import('danfojs-node');
  // TensorFlow in JavaScript would advise, at its first use, to install the native one.
  (danfojs.tensorflow as TensorFlow).env().set('PROD', true);
  // The only way to make columns without values.
  if (rows.length === 0) return new danfojs.DataFrame([], { columns: [...columns] });
  return new danfojs.DataFrame(toColumns(rows, columns));
}
