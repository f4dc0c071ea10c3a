// This folder is about charts, tables and cards of rows: columns of rows (this file), the grammar of what is shown
// of them, how readers choose among rows, and what is added up of those chosen. Notebooks, the server and the page's
// script run the same code, so that all of them come to the same numbers.
import { isJsonObject, type Json } from '../../nbformat/notebook.js';

/** The types of columns: dates may have a time, which is never shifted. */
export const columnTypes = ['text', 'date', 'boolean', 'number'] as const;

/** One of {@link columnTypes}. */
export type ColumnType = (typeof columnTypes)[number];

/** A column whose values repeat: each different value once, and for each row its place among them. */
export interface CodedColumn {
  readonly type: Exclude<ColumnType, 'number'>;
  readonly values: readonly string[];
  /** From 1; 0: the row has none. */
  readonly codes: readonly number[];
}

/** A column of numbers, each in whole units of a power of ten; as text beyond 2^53. */
export interface NumberColumn {
  readonly type: 'number';
  /** Digits after the point. */
  readonly scale: number;
  readonly units: readonly (number | string | null)[];
}

/** A column of rows as outputs store it. */
export type Column = CodedColumn | NumberColumn;

/** How many rows a column has. */
export function lengthOf(column: Column): number {
  return column.type === 'number' ? column.units.length : column.codes.length;
}

/** Reads a column; undefined when it is invalid. */
export function readColumn(value: Json | undefined): Column | undefined {
  if (!isJsonObject(value)) return undefined;
  const { type, values, codes, scale, units } = value;
  if (type === 'number') {
    const isScale = typeof scale === 'number' && Number.isInteger(scale) && scale >= 0;
    if (!isScale || scale > 340 || !Array.isArray(units) || !units.every(isUnit)) return undefined;
    return { type, scale, units: units as NumberColumn['units'] };
  }
  if (type !== 'text' && type !== 'date' && type !== 'boolean') return undefined;
  if (!Array.isArray(values) || !values.every((one) => typeof one === 'string')) return undefined;
  const isCode = (code: Json) =>
    typeof code === 'number' && Number.isInteger(code) && code >= 0 && code <= values.length;
  if (!Array.isArray(codes) || !codes.every(isCode)) return undefined;
  return { type, values, codes: codes as readonly number[] };
}

function isUnit(unit: Json): boolean {
  if (unit === null) return true;
  return typeof unit === 'number'
    ? Number.isSafeInteger(unit)
    : typeof unit === 'string' && /^-?\d{1,1000}$/.test(unit);
}
