/** A place in a cell's source, from 1; the column may be unknown. */
export interface CellPlace {
  readonly line: number;
  readonly column?: number | undefined;
  /** How many characters are meant. Default 1. */
  readonly length?: number | undefined;
}

/** Lines before and after the one that is shown. */
const context = 2;

/** A line longer than this is cut, in characters. */
const longestLine = 160;

/**
 * The lines around a place, as compilers show them:
 *
 *     1 | const a = 1;
 *   > 2 | boom(a);
 *       | ^^^^
 */
export function codeFrame(source: string, place: CellPlace): string[] {
  const lines = source.split('\n');
  const first = Math.max(1, place.line - context);
  const last = Math.min(lines.length, place.line + context);
  const width = String(last).length;
  return lines.slice(first - 1, last).flatMap((text, index) => {
    const number = first + index;
    const here = number === place.line;
    const shown = text.length > longestLine ? `${text.slice(0, longestLine)}…` : text;
    const row = `${here ? '>' : ' '} ${String(number).padStart(width)} | ${shown}`.trimEnd();
    if (!here || place.column === undefined || place.column > shown.length) return [row];
    // Tabs stay tabs, so that the mark stands under its character.
    const indent = text.slice(0, place.column - 1).replace(/[^\t]/g, ' ');
    const length = Math.min(place.length ?? 1, shown.length - place.column + 1);
    return [row, `  ${' '.repeat(width)} | ${indent}${'^'.repeat(length)}`];
  });
}
