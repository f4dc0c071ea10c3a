// This folder makes files of figures: their data as columns and rows with types (this file), as CSV and as a workbook.
// JSON, which says where the data come from, too, is made where runs are known.

import type { Figure } from '../figure/figure.js';
import { dataTableOf } from '../table/data-table.js';
import { isJsonObject } from '../../nbformat/notebook.js';
import { plainDigits } from '../../text/locale.js';
import { isDecimal, type Metric } from '../metric/metric.js';
import type { TableRows } from '../table/table-rows.js';
import { isDate } from '../figure/format.js';
import type { Value } from '../figure/values.js';

/** What the values of a column are. */
export type ColumnType = 'number' | 'date' | 'timestamp' | 'boolean' | 'text';

/** A column of a figure's data. */
export interface FigureColumn {
  readonly label: string;
  readonly type: ColumnType;
  /** Undefined: it has none, or none is known. */
  readonly unit?: string | undefined;
}

/** The data of a figure; numbers that a double would round are text. */
export interface FigureData {
  readonly columns: readonly FigureColumn[];
  readonly rows: readonly (readonly Value[])[];
}

/** The data of a chart; undefined: they do not fit in rows. */
export function dataOfChart(figure: Figure): FigureData | undefined {
  const table = dataTableOf(figure);
  if (table === undefined) return undefined;
  const { yaxis } = figure.layout;
  const suffix = isJsonObject(yaxis) ? yaxis['ticksuffix'] : undefined;
  const unit = typeof suffix === 'string' && suffix.trim() !== '' ? suffix.trim() : undefined;
  const labels = table.columns.map(({ label }) => label);
  return typed(labels, table.rows, (type, index) =>
    type === 'number' && index > 0 ? unit : undefined,
  );
}

/** The data of a table, all its rows. */
export function dataOfTable({ heads, rows }: Pick<TableRows, 'heads' | 'rows'>): FigureData {
  const values = rows.map((row) =>
    row.map((cell): Value => (typeof cell === 'object' && cell !== null ? cell[0] : cell)),
  );
  return typed(heads, values);
}

/** The data of a table of which only the texts are known: `1,234` is a number, a dash is nothing. */
export function dataOfTexts(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): FigureData {
  const values = rows.map((row) =>
    row.map((text): Value => {
      if (text === '–' || text === '') return null;
      return (
        plainDigits(text) ?? (isDecimal(text.replace(/^−/, '-')) ? text.replace(/^−/, '-') : text)
      );
    }),
  );
  return typed(heads, values);
}

/** The data of a card, in one row. */
export function dataOfMetric(metric: Metric): FigureData {
  const { label, number, value, unit, period, target, comparison, change } = metric;
  const fields: readonly (readonly [
    label: string,
    value: Value | undefined,
    isMeasure: boolean,
  ])[] = [
    ['Label', label, false],
    ['Value', number ?? value, true],
    ['Unit', unit, false],
    ['Period', period ?? metric.caption, false],
    ['Target', target?.number, true],
    ['Compared with', comparison?.number, true],
    ['Which is of', comparison?.of, false],
    ['Change', change, false],
  ];
  const given = fields.filter(([, field]) => field !== undefined);
  return typed(
    given.map(([name]) => name),
    [given.map(([, field]) => field ?? null)],
    (type, index) => (type === 'number' && given[index]?.[2] ? unit : undefined),
  );
}

/** Columns with the types of their values. */
function typed(
  labels: readonly string[],
  rows: readonly (readonly Value[])[],
  unitOf: (type: ColumnType, index: number) => string | undefined = () => undefined,
): FigureData {
  const columns = labels.map((label, index): FigureColumn => {
    const type = typeOf(rows, index);
    const unit = unitOf(type, index);
    return { label, type, ...(unit === undefined ? {} : { unit }) };
  });
  return { columns, rows };
}

function typeOf(rows: readonly (readonly Value[])[], column: number): ColumnType {
  const fits: Record<Exclude<ColumnType, 'text'>, boolean> = {
    ...{ number: true, date: true, timestamp: true, boolean: true },
  };
  let isEmpty = true;
  for (const row of rows) {
    const value = row[column] ?? null;
    if (value === null) continue;
    isEmpty = false;
    fits.number &&= typeof value === 'number' || isCanonical(value);
    fits.date &&= isDate(value) && value.length === 10;
    fits.timestamp &&= isDate(value) && value.length > 10;
    fits.boolean &&= value === 'true' || value === 'false';
  }
  if (isEmpty) return 'text';
  const types = ['number', 'date', 'timestamp', 'boolean'] as const;
  return types.find((type) => fits[type]) ?? 'text';
}

/** Whether a text is a number as Postgres writes it: `007` is the name of something. */
function isCanonical(text: string): boolean {
  return isDecimal(text) && !/^-?0\d/.test(text);
}

/** The number of a value without loss; undefined: a double, or a spreadsheet with 15 digits, would round it. */
export function exactNumber(value: Value): number | undefined {
  if (typeof value === 'number') {
    const isRounded = Number.isInteger(value) && Math.abs(value) >= 1e15;
    return Number.isFinite(value) && !isRounded ? value : undefined;
  }
  if (value === null || !isCanonical(value)) return undefined;
  const digits = value.replace(/^-?0*\.?0*/, '').replace('.', '');
  const significant = value.includes('.') ? digits.replace(/0+$/, '') : digits;
  return significant.length <= 15 ? Number(value) : undefined;
}
