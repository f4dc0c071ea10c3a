// Query results as table, CSV or JSON.

import { DaybookError } from '../../errors.js';
import { unfitHint, unfitMessage, unfitName } from '../../warehouse/query/check-answer.js';
import { formatCsv } from '../../text/csv.js';
import { alignRows, columnWidths } from '../../text/table.js';

/** Rows from `pg` in array mode, with Daybook's value mapping; json as text. */
export interface QueryResult {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
  readonly rows: readonly (readonly unknown[])[];
}

/** Right-aligned types: int2, int4, int8, oid, float4, float8, numeric, money. */
const numberTypes = new Set([21, 23, 20, 26, 700, 701, 1700, 790]);
const numericTypes = new Set([1700, 1231]);
/** json, jsonb, and arrays of these. */
const jsonTypes = new Set([114, 3802, 199, 3807]);

/** An aligned table like psql's; NULL is written out, control characters are escaped. */
export function queryTable({ fields, rows }: QueryResult): string {
  const cells = [
    fields.map(({ name }) => visible(name)),
    ...rows.map((row) =>
      row.map((value, at) => visible(text(value, fields[at]?.dataTypeID) ?? 'NULL')),
    ),
  ];
  const isRight = (column: number) => numberTypes.has(fields[column]?.dataTypeID ?? 0);
  const [head = '', ...body] = alignRows(cells, { gap: ' | ', isRight });
  const rule = columnWidths(cells)
    .map((width) => '-'.repeat(width))
    .join('-+-');
  return `${[head, rule, ...body, `(${rows.length} ${rows.length === 1 ? 'row' : 'rows'})`].join('\n')}\n`;
}

/** RFC 4180 with a header line; NULL is an empty field, an empty text is `""`. */
export function queryCsv({ fields, rows }: QueryResult): string {
  const values = rows.map((row) =>
    row.map((value, at) => text(value, fields[at]?.dataTypeID) ?? null),
  );
  return formatCsv([fields.map(({ name }) => name), ...values]);
}

/**
 * An array of objects, one on a line.
 *
 * @throws DaybookError `USAGE` when two columns have one name: an object can have only one.
 */
export function queryJson({ fields, rows }: QueryResult): string {
  const unfit = unfitName(fields);
  if (unfit !== undefined)
    throw new DaybookError('USAGE', unfitMessage(unfit), { hint: unfitHint });
  const objects = rows.map((row) => {
    const members = fields.map(
      ({ name, dataTypeID }, index) => `${JSON.stringify(name)}:${json(row[index], dataTypeID)}`,
    );
    return `{${members.join(',')}}`;
  });
  return objects.length === 0 ? '[]\n' : `[\n${objects.join(',\n')}\n]\n`;
}

/** A value in a table or CSV; undefined for NULL. */
function text(value: unknown, type = 0): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return value;
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  if (Array.isArray(value)) return json(value, jsonTypes.has(type) ? type : 0);
  return Object.is(value, -0) ? '-0' : `${value as number | bigint | boolean}`;
}

/** A value as JSON that loses no digit. */
function json(value: unknown, type: number): string {
  if (Array.isArray(value)) return `[${value.map((element) => json(element, type)).join(',')}]`;
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? String(value) : `"${value}"`;
  }
  if (typeof value === 'string') {
    if (jsonTypes.has(type)) return withoutBlanks(value);
    // Decimal numbers of up to 15 digits survive a round trip through a double.
    const digits = value.replace(/^-?0*|\./g, '').replace(/^0+/, '');
    const isDouble = numericTypes.has(type) && /^\d{0,15}$/.test(digits);
    return isDouble ? JSON.stringify(Number(value)) : JSON.stringify(value);
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return `"${value}"`;
  if (Buffer.isBuffer(value)) return JSON.stringify(text(value));
  return Object.is(value, -0) ? '-0' : JSON.stringify(value ?? null);
}

/** JSON on one line, with numbers and texts as written. */
function withoutBlanks(jsonText: string): string {
  return jsonText.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');
}

/** Shows control characters as escapes. */
function visible(value: string): string {
  return value.replace(
    // eslint-disable-next-line no-control-regex -- these are the characters to escape
    /[\u0000-\u001f\u007f-\u009f]/g,
    (character) =>
      JSON.stringify(character)
        .slice(1, -1)
        .replace(/^[\u007f-\u009f]$/, escapeCode),
  );
}

function escapeCode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
