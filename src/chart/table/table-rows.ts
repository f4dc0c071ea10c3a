// The rows of a notebook's table as data.

import { type Json, isJsonObject } from '../../nbformat/notebook.js';
import { readDrawings, type CellDrawing } from './cell-drawing.js';

/** MIME type of a table's rows, beside the HTML with the first of them. */
export const tableRowsType = 'application/vnd.daybook.table+json';

/** A value, or a pair with its formatted text; null: missing. */
export type TableCell = string | number | null | readonly [value: string | number, text: string];

/** All rows of a table, for filters, sorting and CSV. */
export interface TableRows {
  /** The id that the notebook gives; undefined: none. */
  readonly id?: string | undefined;
  /** How many of them its HTML shows; undefined: not all. */
  readonly shown?: number | undefined;
  /** The table's caption, with the number of its rows. */
  readonly caption: string;
  /** The column names. */
  readonly heads: readonly string[];
  /** How each column draws its values; null: as text alone. Undefined: all of them. */
  readonly drawings?: readonly (CellDrawing | null)[] | undefined;
  readonly rows: readonly (readonly TableCell[])[];
}

/** Reads {@link tableRowsType}; undefined when it is invalid. */
export function readTableRows(value: Json | undefined): TableRows | undefined {
  if (!isJsonObject(value)) return undefined;
  const { id, caption, heads, rows, shown } = value;
  const drawings = readDrawings(value['drawings']);
  if (typeof caption !== 'string' || !Array.isArray(heads) || !Array.isArray(rows))
    return undefined;
  if (!heads.every((head) => typeof head === 'string')) return undefined;
  const isRow = (row: Json): boolean => Array.isArray(row) && row.every(isCell);
  if (!rows.every(isRow)) return undefined;
  return {
    ...(typeof id === 'string' ? { id } : {}),
    ...{ caption, heads, rows: rows as TableRows['rows'] },
    ...(typeof shown === 'number' ? { shown } : {}),
    ...(drawings === undefined ? {} : { drawings }),
  };
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

/** Whether a table has rows that its HTML does not show. */
export function hasMoreRows({ rows, shown }: TableRows): boolean {
  return shown === undefined || rows.length > shown;
}

/** What a caption says beside the number of rows; undefined: nothing. */
export function titleOfCaption(caption: string): string | undefined {
  const title = caption
    .replace(/(?:^| \()(?:the first [\d.,'’\u00a0\u202f]+ of )?[\d.,'’\u00a0\u202f]+ rows?\)?$/, '')
    .trim();
  return title === '' ? undefined : title;
}

/** The text of a cell. */
export function cellText(cell: TableCell): string {
  if (cell === null) return '–';
  return typeof cell === 'object' ? cell[1] : String(cell);
}
