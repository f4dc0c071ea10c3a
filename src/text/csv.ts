// CSV.

/**
 * Rows as CSV (RFC 4180).
 *
 * @param rows - With the header, if there is one. Null is an empty field, an empty text is `""`.
 */
export function formatCsv(rows: readonly (readonly (string | null)[])[]): string {
  return rows.map((row) => `${row.map(csvField).join(',')}\r\n`).join('');
}

function csvField(text: string | null): string {
  if (text === null) return '';
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
