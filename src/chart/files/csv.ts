// A figure's data as CSV.

import { formatCsv } from '../../text/csv.js';
import { isDecimal } from '../metric/metric.js';
import type { Value } from '../figure/values.js';

/** What a file of CSV is made of. */
interface CsvTable {
  readonly columns: readonly { readonly label: string }[];
  readonly rows: readonly (readonly Value[])[];
}

/**
 * A figure's data as CSV (RFC 4180, UTF-8 with a byte order mark for spreadsheets). Text that a spreadsheet would
 * take for a formula is prefixed with an apostrophe; null characters, which some spreadsheets drop so that a
 * formula appears, are replaced.
 */
export function toCsv(table: CsvTable): string {
  const lines = [table.columns.map(({ label }) => label), ...table.rows];
  return `\uFEFF${formatCsv(lines.map((line) => line.map(safeText)))}`;
}

/** The start of a formula in spreadsheets, also after blanks, and in East Asian full-width signs. */
const formula = /^(?:[\t\r\n]|\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/;

function safeText(value: Value): string | null {
  if (value === null) return null;
  if (typeof value === 'number') return String(value);
  // A negative number keeps its sign.
  if (isDecimal(value)) return value;
  const written = value.replaceAll('\0', '\uFFFD');
  return formula.test(written) ? `'${written}` : written;
}
