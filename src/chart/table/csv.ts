import type { DataTable } from './data-rows.js';
import type { Value } from '../figure/values.js';

/**
 * A chart's data as CSV (RFC 4180, UTF-8 with a byte order mark, so that spreadsheets read it right).
 * Text that a spreadsheet would take for a formula is prefixed with an apostrophe; null characters, which
 * some drop so that a formula comes forth, are replaced.
 */
export function toCsv(table: DataTable): string {
  const lines = [table.columns.map(({ label }) => label), ...table.rows];
  return `\uFEFF${lines.map((line) => line.map(field).join(',')).join('\r\n')}\r\n`;
}

/** What spreadsheets take for a formula, also after blanks, and in the wide signs of East Asian texts. */
const formula = /^(?:[\t\r\n]|\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/;

function field(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const written = value.replaceAll('\0', '\uFFFD');
  const text = formula.test(written) ? `'${written}` : written;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
