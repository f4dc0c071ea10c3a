import type { Figure } from '../figure/figure.js';
import { titleText } from '../figure/figure.js';
import { numberFormat, type Format } from '../figure/format.js';
import type { Value } from '../figure/values.js';

/** One column of a chart's data. */
export interface DataColumn {
  readonly label: string;
  readonly format: Format;
}

/** What a chart shows, as rows: the same for readers without script, for screen readers and as CSV. */
export interface DataTable {
  readonly columns: readonly DataColumn[];
  readonly rows: readonly (readonly Value[])[];
}

/** One of a figure's traces. */
export type Trace = Figure['traces'][number];

/** What a series is called. */
export function seriesName(trace: Trace, index: number): string {
  return titleText(trace['name']) ?? `Series ${index + 1}`;
}

/** Columns of numbers and names, with nothing said of how they are written. */
export function plainColumns(labels: readonly string[]): DataColumn[] {
  return labels.map((label) => ({ label, format: numberFormat(undefined) }));
}

/** A column of names: numbers among them are written as they are. */
export function nameColumn(label: string): DataColumn {
  return { label, format: (value) => (value === null ? '–' : String(value)) };
}

/**
 * The rows of each series below one another, with a column for the name of the series where there are
 * several; columns that no series has a value in are left out.
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
