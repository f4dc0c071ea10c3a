// The lines around a position in code, for error messages.

/** A position in code, from 1; the column may be unknown. */
export interface CodePosition {
  readonly line: number;
  readonly column?: number | undefined;
  /** The number of marked characters. Default 1. */
  readonly length?: number | undefined;
}

/** Lines of context before and after. */
const context = 2;

/** The longest line, in characters; an even number. */
const longestLine = 160;

/**
 * The lines around a place, as compilers show them:
 *
 *     1 | const a = 1;
 *   > 2 | boom(a);
 *       | ^^^^
 */
export function codeFrame(source: string, place: CodePosition): string[] {
  const lines = source.split('\n');
  const first = Math.max(1, place.line - context);
  const last = Math.min(lines.length, place.line + context);
  const width = String(last).length;
  return lines.slice(first - 1, last).flatMap((text, index) => {
    const number = first + index;
    const here = number === place.line;
    const { shown, from } = here ? cut(text, place.column) : cut(text);
    const row = `${here ? '>' : ' '} ${String(number).padStart(width)} | ${shown}`.trimEnd();
    const column = (place.column ?? 0) - from;
    if (!here || column < 1 || column > shown.length) return [row];
    // Tabs are kept, so that the mark stands under its character.
    const indent = shown.slice(0, column - 1).replace(/[^\t]/g, ' ');
    const length = Math.max(1, Math.min(place.length ?? 1, shown.length - column + 1));
    return [row, `  ${' '.repeat(width)} | ${indent}${'^'.repeat(length)}`];
  });
}

/**
 * A line, cut to the part around a column.
 *
 * @returns With the number of columns that were removed on the left.
 */
function cut(text: string, column = 1): { shown: string; from: number } {
  if (text.length <= longestLine) return { shown: text, from: 0 };
  const start = Math.max(0, Math.min(column - longestLine / 2, text.length - longestLine));
  const end = start + longestLine;
  const part = `${text.slice(start, end)}${end < text.length ? '…' : ''}`;
  return start === 0 ? { shown: part, from: 0 } : { shown: `…${part}`, from: start - 1 };
}
