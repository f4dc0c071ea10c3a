// Columns and rows of a chart's data.

import type { Figure } from '../figure/figure.js';
import { titleText } from '../figure/figure.js';
import { numberFormat, type Format } from '../figure/format.js';
import type { Value } from '../figure/values.js';

/** A column of a chart's data. */
export interface DataColumn {
  readonly label: string;
  readonly format: Format;
}

/** A chart's data as rows: for readers without script, screen readers and CSV. */
export interface DataTable {
  readonly columns: readonly DataColumn[];
  readonly rows: readonly (readonly Value[])[];
}

/** A trace of a figure. */
export type Trace = Figure['traces'][number];

/** The name of a series. */
export function seriesName(trace: Trace, index: number): string {
  return titleText(trace['name']) ?? `Series ${index + 1}`;
}

/** Columns of numbers and names in default formats. */
export function plainColumns(labels: readonly string[]): DataColumn[] {
  return labels.map((label) => ({ label, format: numberFormat(undefined) }));
}

/** A column of names: numbers in it are not formatted. */
export function nameColumn(label: string): DataColumn {
  return { label, format: (value) => (value === null ? '–' : String(value)) };
}

/**
 * The rows of all series below one another, with a column for the series' name where there are several; empty
 * columns are left out.
 *
 * @returns Undefined when there are no rows.
 */
export function seriesTable(
  traces: readonly Trace[],
  columns: readonly DataColumn[],
  rowsOf: (trace: Trace) => readonly (readonly Value[])[],
): DataTable | undefined {
  const rows = traces.flatMap((trace, index) => {
    const name = seriesName(trace, index);
    return rowsOf(trace).map((row): readonly Value[] => [name, ...row]);
  });
  const all = [nameColumn('Series'), ...columns];
  const used = all.map((_, column) =>
    column === 0 ? traces.length > 1 : rows.some((row) => (row[column] ?? null) !== null),
  );
  const isUsed = (_: unknown, column: number) => used[column] === true;
  return rows.length === 0 || !used.includes(true)
    ? undefined
    : { columns: all.filter(isUsed), rows: rows.map((row) => row.filter(isUsed)) };
}
