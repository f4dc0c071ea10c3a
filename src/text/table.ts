// Aligned text tables for terminals.

/** The style of {@link alignRows}. */
export interface TableStyle {
  /** The gap between columns. Default two blanks. */
  readonly gap?: string;
  /** Whether a column is right-aligned. Default none. */
  readonly isRight?: (column: number) => boolean;
}

/** Rows as aligned lines, without trailing blanks. */
export function alignRows(
  rows: readonly (readonly string[])[],
  { gap = '  ', isRight = () => false }: TableStyle = {},
): string[] {
  const widths = columnWidths(rows);
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const blanks = ' '.repeat((widths[column] ?? 0) - textWidth(cell));
        return isRight(column) ? blanks + cell : cell + blanks;
      })
      .join(gap)
      .trimEnd(),
  );
}

/** A list: rows with two blanks between their columns. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  return alignRows(rows)
    .map((line) => `${line}\n`)
    .join('');
}

/** The width of each column in a terminal. */
export function columnWidths(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, textWidth(cell));
    }
  }
  return widths;
}

let graphemes: Intl.Segmenter | undefined;

/** Characters of double width. */
const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

/** The width of a text in a terminal. */
function textWidth(text: string): number {
  // eslint-disable-next-line no-control-regex -- ASCII, which is most text, needs no segmenting
  if (/^[\u0000-\u007f]*$/.test(text)) return text.length;
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) columns += wide.test(segment) ? 2 : 1;
  return columns;
}
