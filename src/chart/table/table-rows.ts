// The rows of a notebook's table as data.

import { type Json, isJsonObject } from '../../nbformat/notebook.js';

/** MIME type of a table's rows, beside the HTML with the first of them. */
export const tableRowsType = 'application/vnd.daybook.table+json';

/** A value, or a pair with its formatted text; null: missing. */
export type TableCell = string | number | null | readonly [value: string | number, text: string];

/** All rows of a table, for filters, sorting and CSV. */
export interface TableRows {
  /** The table's caption, with the number of its rows. */
  readonly caption: string;
  /** The column names. */
  readonly heads: readonly string[];
  readonly rows: readonly (readonly TableCell[])[];
}

/** Reads {@link tableRowsType}; undefined when it is invalid. */
export function readTableRows(value: Json | undefined): TableRows | undefined {
  if (!isJsonObject(value)) return undefined;
  const { caption, heads, rows } = value;
  if (typeof caption !== 'string' || !Array.isArray(heads) || !Array.isArray(rows))
    return undefined;
  if (!heads.every((head) => typeof head === 'string')) return undefined;
  const isRow = (row: Json): boolean => Array.isArray(row) && row.every(isCell);
  return rows.every(isRow) ? { caption, heads, rows: rows as TableRows['rows'] } : undefined;
}

function isCell(cell: Json): boolean {
  if (cell === null || isScalar(cell)) return true;
  return (
    Array.isArray(cell) && cell.length === 2 && isScalar(cell[0]) && typeof cell[1] === 'string'
  );
}

function isScalar(value: Json | undefined): boolean {
  return typeof value === 'string' || typeof value === 'number';
}

/** The text of a cell. */
export function cellText(cell: TableCell): string {
  if (cell === null) return '–';
  return typeof cell === 'object' ? cell[1] : String(cell);
}
