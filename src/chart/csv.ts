import type { DataTable } from './data-rows.js';
import type { Value } from './values.js';

/**
 * A chart's data as CSV (RFC 4180, UTF-8 with a byte order mark, so that spreadsheets read it right).
 * Text that a spreadsheet would take for a formula is prefixed with an apostrophe.
 */
export function toCsv(table: DataTable): string {
  const lines = [table.columns.map(({ label }) => label), ...table.rows];
  return `\uFEFF${lines.map((line) => line.map(field).join(',')).join('\r\n')}\r\n`;
}

function field(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
