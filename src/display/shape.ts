// Recognition of values with a richer representation than text: figures, tables, data frames.

import { unknownType } from '../chart/figure/trace-types.js';
import { originOf, type ResultOrigin } from '../text/result-origin.js';

/** What kind of thing a value is, for those that have a richer form than text. */
export type Shape =
  | {
      readonly kind: 'rows';
      readonly rows: readonly Row[];
      /** The type of each column by its name, in the columns' order. */
      readonly types: Readonly<Record<string, string>>;
      /** How many rows there are; no fewer than {@link rows}. */
      readonly count: number;
    }
  | { readonly kind: 'figure'; readonly figure: PlotlyFigure }
  | { readonly kind: 'other' };

type Row = Readonly<Record<string, unknown>>;

/** A figure as plotly's own functions take it. */
interface PlotlyFigure {
  readonly data: readonly object[];
  readonly layout?: object;
}

/** What danfojs's DataFrame has; it is looked at from outside, so that nothing needs to load danfojs. */
interface DataFrameLike {
  readonly columns: readonly string[];
  readonly dtypes: readonly string[];
  readonly values: readonly (readonly unknown[])[];
}

/** More columns than this are no table that anybody reads. */
const mostColumns = 60;

/** Rows whose types are read, and rows that are kept. */
const [mostSeen, mostRows] = [100, 10_000];

/** Recognises arrays of rows, danfojs DataFrames and plotly figures. */
export function shapeOf(value: unknown): Shape {
  if (Array.isArray(value)) {
    const rows = value as readonly unknown[];
    const origin = originOf(rows);
    return origin === undefined ? rowsShape(rows) : resultShape(rows as readonly Row[], origin);
  }
  if (isDataFrame(value)) return frameShape(value);
  if (isFigure(value)) return { kind: 'figure', figure: value };
  return { kind: 'other' };
}

/** Objects of scalars count as rows; those that lack a column have no value in it. */
function rowsShape(values: readonly unknown[]): Shape {
  const seen = values.slice(0, mostSeen);
  if (seen.length === 0 || !seen.every(isRow)) return { kind: 'other' };
  const kept = values.slice(0, mostRows);
  const columns = [...new Set(seen.flatMap((row) => Object.keys(row)))];
  if (columns.length === 0 || columns.length > mostColumns) return { kind: 'other' };
  const types = Object.fromEntries(
    columns.map((column) => [column, typeOf(seen.map((row) => row[column]))]),
  );
  // Of others than rows further on, those before are kept.
  const end = kept.findIndex((value) => !isRow(value));
  const rows = (end < 0 ? kept : kept.slice(0, end)) as readonly Row[];
  return { kind: 'rows', rows, types, count: values.length };
}

/** The rows of a query: they have columns also where there are none of them. */
function resultShape(rows: readonly Row[], { columns }: ResultOrigin): Shape {
  if (columns.length === 0 || columns.length > mostColumns) return { kind: 'other' };
  const types = Object.fromEntries(columns.map(({ name, type }) => [name, type]));
  return { kind: 'rows', rows: rows.slice(0, mostRows), types, count: rows.length };
}

function isRow(value: unknown): value is Row {
  return isPlainObject(value) && Object.values(value).every(isScalar);
}

function isPlainObject(value: unknown): value is Row {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isScalar(value: unknown): boolean {
  return value === null || value instanceof Date || !['object', 'function'].includes(typeof value);
}

/** The type that a column's head names: that of its values, `mixed` where they differ. */
function typeOf(values: readonly unknown[]): string {
  const types = new Set(
    values
      .filter((value) => value !== null && value !== undefined)
      .map((value) =>
        value instanceof Date ? 'date' : typeof value === 'string' ? 'text' : typeof value,
      ),
  );
  const [first, second] = types;
  return first === undefined ? 'empty' : second === undefined ? first : 'mixed';
}

/** The name of an object's class; undefined: it has none, or is no object. */
export function className(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null;
  return prototype?.constructor?.name;
}

function isDataFrame(value: unknown): value is DataFrameLike {
  if (className(value) !== 'DataFrame') return false;
  const { columns, dtypes, values } = value as Partial<DataFrameLike>;
  return Array.isArray(columns) && Array.isArray(dtypes) && Array.isArray(values);
}

function frameShape({ columns, dtypes, values }: DataFrameLike): Shape {
  if (columns.length === 0 || columns.length > mostColumns) return { kind: 'other' };
  return {
    kind: 'rows',
    rows: values
      .slice(0, mostRows)
      .map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]]))),
    types: Object.fromEntries(columns.map((column, at) => [column, dtypes[at] ?? 'empty'])),
    count: values.length,
  };
}

function isFigure(value: unknown): value is PlotlyFigure {
  if (!isPlainObject(value)) return false;
  const { data, layout } = value;
  const isTrace = (trace: unknown) =>
    isPlainObject(trace) &&
    (['x', 'y', 'values', 'z'].some((key) => Array.isArray(trace[key])) ||
      (typeof trace['type'] === 'string' && unknownType(trace['type']) === undefined));
  return (
    Array.isArray(data) &&
    data.length > 0 &&
    data.every(isTrace) &&
    (layout === undefined || isPlainObject(layout)) &&
    Object.keys(value).every((key) => ['data', 'layout', 'config', 'frames'].includes(key))
  );
}
