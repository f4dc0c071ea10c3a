// eslint-disable-next-line no-control-regex -- the escape is what is looked for
const colours = /\u001b\[[\d;]*m/g;

/** A traceback as plain text: kernels colour theirs with ANSI codes. */
export function withoutColours(traceback: readonly string[]): string[] {
  return traceback.map((row) => row.replace(colours, ''));
}

/** A place in a cell, from 1. */
interface Position {
  readonly line: number;
  /** Not every kernel tells it. */
  readonly column?: number;
}

/**
 * The place in a cell where an error came up, as its traceback names it. Lines of other cells, whose
 * functions the cell has called, are passed over.
 *
 * @param executionCount - The number that the kernel gave to the cell; absent: it is not known.
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

/** As our kernel writes it, innermost first: `In[3]:2:5`. */
function ourPosition(rows: readonly string[], executionCount: number): Position | undefined {
  const place = new RegExp(String.raw`\bIn\[${executionCount}\]:(\d+):(\d+)`);
  for (const row of rows) {
    const found = place.exec(row);
    if (found !== null) return { line: Number(found[1]), column: Number(found[2]) };
  }
  return undefined;
}

/**
 * As IPython writes it, innermost last, at the beginning of an entry: `Cell In[3], line 2`, and in earlier
 * versions `Input In [3], in <cell line: 2>()`. Messages of errors may hold anything, but not begin one.
 */
function pythonPosition(
  rows: readonly string[],
  executionCount: number,
  source: string,
): Position | undefined {
  // Lines are counted from the one after a cell magic.
  if (source.trimStart().startsWith('%%')) return undefined;
  const place = new RegExp(
    String.raw`^\s*(?:Cell|Input) In ?\[${executionCount}\](?:, line |, in <cell line: )(\d+)`,
  );
  const lines = rows.flatMap((row) => place.exec(row)?.[1] ?? []);
  const line = Number(lines.at(-1));
  return line >= 1 && line <= source.split('\n').length ? { line } : undefined;
}
