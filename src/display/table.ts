// Tables: `table(…)` with columns, formats and captions.

import type { CellDrawing } from '../chart/table/cell-drawing.js';
import { shownRowsType } from '../chart/rows/shown-rows.js';
import { tableRowsType, type TableCell } from '../chart/table/table-rows.js';
import { writeExact } from '../text/exact-json.js';
import { escapeHtml } from '../text/escape-html.js';
import type { JsonValue, MimeBundle } from './mime-bundle.js';
import { requireFigureId } from './figure-id.js';
import { encodeRows, rowsJson, type RowFilter } from './rows.js';
import { currentLocale, decimalSign } from '../text/locale.js';
import { listText, requireDrawable } from './table-drawing.js';
import { formatNumber } from './wording.js';

/** One column of a table: which field of the rows it shows, and how. */
export type TableColumn<Row> = { [Key in keyof Row & string]: ColumnOf<Row, Key> }[keyof Row &
  string];

interface ColumnOf<Row, Key extends keyof Row> {
  /** The field of each row. */
  key: Key;
  /** The column's head. Default: the key with its underscores as spaces. */
  label?: string;
  /** The type of the column's values, set small after the label. Default: none is shown. */
  type?: string;
  /**
   * Turns a value into text. Default: numbers with separated thousands and up to two digits after
   * the point, those of the first column and everything else as they are (a year is 2019). Null and
   * undefined never reach it: they are shown as a dash. Of a list that is drawn, readers see what stands behind the
   * last `; `.
   */
  format?: (value: NonNullable<Row[Key]>) => string;
  /**
   * Draws each value beside its text: a number as a `bar` from zero, or as `heat`, the colour of its cell on the scale of
   * the column; a list of numbers as a `sparkline` or as `sparkbars`, beside its last number. Default: text alone.
   */
  draw?: NonNullable<Row[Key]> extends readonly unknown[]
    ? 'sparkline' | 'sparkbars'
    : 'bar' | 'heat';
}

/** What {@link table} takes beside the rows. */
export interface TableOptions<Row> {
  /** Its name in addresses, unique in the notebook, like `churn-by-month`. Default: made of the caption. */
  id?: string;
  /** What the table shows, in a few words. The number of rows is added to it. */
  caption?: string;
  /**
   * The columns in their order, as keys or with label and format. The first one names the rows, so it
   * stands at the left also when it holds numbers. Default: all, as the first row has them.
   */
  columns?: readonly ((keyof Row & string) | TableColumn<Row>)[];
  /**
   * At most so many rows are shown; the caption says when there are more. Pages filter, sort and save the
   * others, too. Default 100.
   */
  limit?: number;
  /** How many rows there are, where only the first of them are given. Default: those given. */
  count?: number;
  /** What readers choose from; what they choose holds for everything on the page that has the field. */
  filter?: readonly RowFilter<Row>[];
}

interface TableModel {
  caption: string;
  /** The same for all rows that {@link values} has. */
  wholeCaption: string;
  /** All rows as values. */
  values: readonly (readonly TableCell[])[];
  columns: readonly {
    label: string;
    type: string | undefined;
    isNumeric: boolean;
    drawing: CellDrawing | undefined;
  }[];
  /** Text of each cell; undefined where there is no value. */
  cells: readonly (readonly (string | undefined)[])[];
}

const defaultLimit = 100;

/** The most rows and cells that are kept with an output, for filters and CSV. */
const [mostRows, mostCells] = [10_000, 100_000];

/** The most cells of a table that readers filter: it has all of its rows, or is refused. */
const mostFilteredCells = 1_000_000;

/**
 * Rows as one output: a semantic HTML table without scripts and styles, and aligned plain text.
 *
 * @param given - The rows: objects of one shape, as `query` returns them.
 * @throws TypeError for an id that cannot stand in addresses, and for filters of fields that the rows lack;
 *   RangeError for more rows to filter than a page holds.
 */
export function tableBundle<Row extends object>(
  given: readonly Row[],
  options: TableOptions<Row> = {},
): MimeBundle & { 'text/html': string } {
  const { id, filter } = options;
  requireFigureId(id);
  const filtered =
    filter === undefined ? undefined : rowsJson(encodeRows(given, { kind: 'table' }, filter));
  const model = tableModel(given, options);
  const rows = model.values.map((row) => [...row] as JsonValue[]);
  const heads = model.columns.map(({ label }) => label);
  const drawings = model.columns.map(({ drawing = null }) => drawing);
  return {
    'text/html': tableHtml(model),
    [tableRowsType]: {
      ...(id === undefined ? {} : { id }),
      ...{ caption: model.wholeCaption, heads, rows, shown: model.cells.length },
      ...(drawings.every((drawing) => drawing === null) ? {} : { drawings }),
    },
    ...(filtered === undefined ? {} : { [shownRowsType]: filtered }),
    'text/plain': tableText(model),
  };
}

function tableModel<Row extends object>(
  rows: readonly Row[],
  options: TableOptions<Row>,
): TableModel {
  const keys = options.columns ?? (Object.keys(rows[0] ?? {}) as (keyof Row & string)[]);
  const columns = keys.map((column): ColumnOf<Row, keyof Row & string> =>
    typeof column === 'object' ? column : { key: column },
  );
  for (const { key, draw } of columns) if (draw !== undefined) requireDrawable(rows, key, draw);
  const shown = rows.slice(0, options.limit ?? defaultLimit);
  const digits = columns.map(({ key }) => digitsOf(shown.map((row) => row[key])));
  const count = options.count ?? rows.length;
  const kept = rows.slice(0, Math.max(shown.length, mostKept(rows, columns.length, options)));
  const digitsAt = (index: number) => (index === 0 ? 'name' : digits[index]);
  return {
    caption: captionText(options.caption, shown.length, count),
    wholeCaption: captionText(options.caption, kept.length, count),
    values: kept.map((row) =>
      columns.map((column, index) =>
        tableCell(row[column.key], cellText(column, row, digitsAt(index))),
      ),
    ),
    columns: columns.map(({ key, label, type, draw }, index) => ({
      label: label ?? key.replaceAll('_', ' '),
      type,
      isNumeric: index > 0 && isNumericColumn(shown.map((row) => row[key])),
      drawing: draw,
    })),
    cells: shown.map((row) =>
      columns.map((column, index) => cellText(column, row, digitsAt(index))),
    ),
  };
}

/** How many rows are kept beside those that are shown. */
function mostKept(
  rows: readonly object[],
  columns: number,
  { filter }: { readonly filter?: readonly unknown[] },
): number {
  if (filter === undefined) return Math.min(mostRows, Math.floor(mostCells / Math.max(1, columns)));
  if (rows.length * columns > mostFilteredCells) {
    throw new RangeError(
      `A table that readers filter has all of its rows, at most ${formatNumber(mostFilteredCells)} cells; this one ` +
        `has ${formatNumber(rows.length * columns)}. Show fewer columns, or fewer rows.`,
    );
  }
  return rows.length;
}

function captionText(caption: string | undefined, shown: number, total: number): string {
  const count =
    shown < total
      ? `the first ${formatNumber(shown)} of ${formatNumber(total)} rows`
      : `${formatNumber(total)} ${total === 1 ? 'row' : 'rows'}`;
  return caption === undefined ? count : `${caption} (${count})`;
}

/** Postgres sends `numeric` as text, so that no digit is lost: such text counts as a number too. */
function isNumericColumn(values: readonly unknown[]): boolean {
  const present = values.filter((value) => value !== null && value !== undefined);
  return (
    present.length > 0 &&
    present.every(
      (value) =>
        typeof value === 'number' ||
        typeof value === 'bigint' ||
        (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)),
    )
  );
}

/** Digits after the point that all numbers of a column get, so that their points stand in a line. */
function digitsOf(values: readonly unknown[]): number {
  const fractions = values.map((value) =>
    typeof value === 'number'
      ? (formatNumber(value).split(decimalSign(currentLocale()))[1]?.length ?? 0)
      : 0,
  );
  return fractions.reduce((most, digits) => Math.max(most, digits), 0);
}

/** @param digits - Digits after the point of a number; `name`: it names its row, like a year. */
function cellText<Row>(
  column: ColumnOf<Row, keyof Row & string>,
  row: Row,
  digits: number | 'name' | undefined,
): string | undefined {
  const value = row[column.key];
  if (value === null || value === undefined) return undefined;
  if (column.format !== undefined) return column.format(value);
  if (typeof value === 'number' || typeof value === 'bigint') {
    return digits === 'name' ? String(value) : formatNumber(value, digits);
  }
  if (value instanceof Date) return value.toISOString();
  if (column.draw !== undefined && Array.isArray(value)) return listText(value);
  return typeof value === 'object' ? writeExact(value) : String(value);
}

/** A value as CSV has it, with the text that shows it where that is another. */
function tableCell(value: unknown, text: string | undefined): TableCell {
  if (text === undefined) return null;
  const plain =
    typeof value === 'number' && Number.isFinite(value)
      ? value
      : typeof value === 'bigint' || typeof value === 'boolean'
        ? String(value)
        : typeof value === 'string'
          ? value
          : Array.isArray(value)
            ? writeExact(value)
            : text;
  return String(plain) === text ? plain : [plain, text];
}

function tableHtml({ caption, columns, cells }: TableModel): string {
  const element = (name: string, attributes: string, text: string) =>
    `<${name}${attributes}>${escapeHtml(text)}</${name}>`;
  const classes = (...names: (string | false | undefined)[]) => {
    const given = names.filter((name) => name !== false && name !== undefined);
    return given.length === 0 ? '' : ` class="${given.join(' ')}"`;
  };
  const head = columns.map(({ label, type, isNumeric }) => {
    const small = type === undefined ? '' : ` <small>${escapeHtml(type)}</small>`;
    return `<th scope="col"${classes(isNumeric && 'number')}>${escapeHtml(label)}${small}</th>`;
  });
  const body = cells.map((row) =>
    row.map((text, index) => {
      const isNumeric = columns[index]?.isNumeric;
      if (text === undefined) {
        return element('td', classes(isNumeric && 'number', 'null'), formatNumber(null));
      }
      return index === 0
        ? element('th', ' scope="row"', text)
        : element('td', classes(isNumeric && 'number'), text);
    }),
  );
  return [
    '<table class="daybook-table">',
    element('caption', '', caption),
    `<thead><tr>${head.join('')}</tr></thead>`,
    '<tbody>',
    ...body.map((row) => `<tr>${row.join('')}</tr>`),
    '</tbody>',
    '</table>',
  ].join('\n');
}

function tableText({ caption, columns, cells }: TableModel): string {
  const rows = [
    columns.map(({ label }) => label),
    ...cells.map((row) => row.map((text) => text ?? formatNumber(null))),
  ];
  const widths = columns.map((_, index) =>
    Math.max(...rows.map((row) => Array.from(row[index] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((text, index) => {
        const padding = ' '.repeat((widths[index] ?? 0) - Array.from(text).length);
        return columns[index]?.isNumeric ? padding + text : text + padding;
      })
      .join('  ')
      .trimEnd();
  return [caption, '', ...rows.map(line)].join('\n');
}
