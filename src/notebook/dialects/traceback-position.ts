// The position of an error by a kernel's traceback.

// eslint-disable-next-line no-control-regex -- the escape is what is looked for
const colours = /\u001b\[[\d;]*m/g;

/** A traceback without ANSI colours. */
export function withoutColours(traceback: readonly string[]): string[] {
  return traceback.map((row) => row.replace(colours, ''));
}

/** A position in a cell, from 1. */
interface Position {
  readonly line: number;
  /** Undefined: the kernel does not report it. */
  readonly column?: number;
}

/**
 * The position of an error in a cell, by its traceback. Frames of other cells, whose functions the cell has
 * called, are skipped.
 *
 * @param executionCount - The cell's; undefined: unknown.
 * @param source - The cell's source.
 */
export function positionInTraceback(
  traceback: readonly string[],
  executionCount: number | null | undefined,
  source: string,
): Position | undefined {
  if (executionCount === undefined || executionCount === null) return undefined;
  const rows = withoutColours(traceback);
  return ourPosition(rows, executionCount) ?? pythonPosition(rows, executionCount, source);
}

/** Daybook's format, innermost first: `In[3]:2:5`. */
function ourPosition(rows: readonly string[], executionCount: number): Position | undefined {
  const place = new RegExp(String.raw`\bIn\[${executionCount}\]:(\d+):(\d+)`);
  for (const row of rows) {
    const found = place.exec(row);
    if (found !== null) return { line: Number(found[1]), column: Number(found[2]) };
  }
  return undefined;
}

/**
 * IPython's format, innermost last, at the start of an entry: `Cell In[3], line 2`, and in earlier versions `Input
 * In [3], in <cell line: 2>()`. Error messages may contain the same text, but not at the start of an entry.
 */
function pythonPosition(
  rows: readonly string[],
  executionCount: number,
  source: string,
): Position | undefined {
  // Lines count from the one after a cell magic.
  if (source.trimStart().startsWith('%%')) return undefined;
  const place = new RegExp(
    String.raw`^\s*(?:Cell|Input) In ?\[${executionCount}\](?:, line |, in <cell line: )(\d+)`,
  );
  const lines = rows.flatMap((row) => place.exec(row)?.[1] ?? []);
  const line = Number(lines.at(-1));
  return line >= 1 && line <= source.split('\n').length ? { line } : undefined;
}
