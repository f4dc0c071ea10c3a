// Where a markdown text is code.

/** The start of a fence, after the marks of enclosing quotes and lists. */
const fence = /^(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t])))*[ \t]*(`{3,}(?!.*`)|~{3,})/;

/** Whether an offset of markdown is inside code: between fences, or in a span on one line. Offsets must ascend. */
export function codeLocator(markdown: string): (offset: number) => boolean {
  const parts = codeParts(markdown);
  let index = 0;
  return (offset) => {
    while ((parts[index]?.[1] ?? Infinity) <= offset) index += 1;
    return (parts[index]?.[0] ?? Infinity) <= offset;
  };
}

/** The ranges of all code, in order. */
function codeParts(markdown: string): [number, number][] {
  const parts: [number, number][] = [];
  let open: { mark: string; start: number } | undefined;
  let offset = 0;
  for (const line of markdown.split('\n')) {
    const mark = fence.exec(line)?.[1];
    if (open !== undefined) {
      const isEnd = mark?.startsWith(open.mark) === true && line.trimEnd().endsWith(mark);
      if (isEnd) {
        parts.push([open.start, offset + line.length]);
        open = undefined;
      }
    } else if (mark !== undefined) open = { mark, start: offset };
    else if (line.includes('`')) {
      for (const [from, to] of spansOf(line)) parts.push([offset + from, offset + to]);
    }
    offset += line.length + 1;
  }
  if (open !== undefined) parts.push([open.start, markdown.length]);
  return parts;
}

/** The code spans of a line: each from a run of backticks to the next run of the same length. */
function spansOf(line: string): [number, number][] {
  const runs = [...line.matchAll(/\\?(`+)/g)].map(({ index, 0: all, 1: run = '' }) => ({
    start: index + all.length - run.length,
    length: run.length,
    // An escaped backtick begins no span; inside a span nothing is escaped.
    isEscaped: all.length > run.length,
  }));
  const nextOf = new Map<number, number>();
  const closers = runs.map(() => -1);
  for (let index = runs.length - 1; index >= 0; index -= 1) {
    const length = runs[index]?.length ?? 0;
    closers[index] = nextOf.get(length) ?? -1;
    nextOf.set(length, index);
  }
  const spans: [number, number][] = [];
  for (let index = 0; index < runs.length; index += 1) {
    const run = runs[index];
    const close = closers[index] ?? -1;
    const end = runs[close];
    if (run === undefined || end === undefined || run.isEscaped) continue;
    spans.push([run.start, end.start + end.length]);
    index = close;
  }
  return spans;
}
