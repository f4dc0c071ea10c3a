// eslint-disable-next-line no-control-regex -- the escape is what is looked for
const colours = /\u001b\[[\d;]*m/g;

/** A traceback as plain text: kernels colour theirs with ANSI codes. */
export function withoutColours(traceback: readonly string[]): string[] {
  return traceback.map((row) => row.replace(colours, ''));
}

/**
 * The place in a cell that a traceback names first, as our kernel writes it: `In[3]:2:5`. Lines of
 * other cells, whose functions the cell has called, are passed over.
 *
 * @param executionCount - The number that the kernel gave to the cell; absent: it is not known.
 */
export function positionInTraceback(
  traceback: readonly string[],
  executionCount: number | null | undefined,
): { readonly line: number; readonly column: number } | undefined {
  if (executionCount === undefined || executionCount === null) return undefined;
  const place = new RegExp(String.raw`\bIn\[${executionCount}\]:(\d+):(\d+)`);
  for (const row of withoutColours(traceback)) {
    const found = place.exec(row);
    if (found !== null) return { line: Number(found[1]), column: Number(found[2]) };
  }
  return undefined;
}
