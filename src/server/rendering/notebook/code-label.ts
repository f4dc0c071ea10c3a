// The label of a folded code cell.

/** Comments for tools rather than for readers. */
const directive = /^(?:@|eslint|prettier|ts-|#|region|!)/i;

/** The longest label, in characters. */
const maxLength = 90;

/**
 * The one-line label of a folded code cell: its first comment, otherwise its first line.
 *
 * @param source - Code of any language with `//`, `#`, `--` or block comments.
 */
export function codeLabel(source: string): string {
  const first = firstLine(source);
  const comment = commentIn(first);
  const label =
    comment !== undefined && comment !== '' && !directive.test(comment)
      ? comment.replace(/[.:]$/, '')
      : first;
  return label.length > maxLength ? `${label.slice(0, maxLength - 1).trimEnd()}…` : label;
}

/** The first line that is not blank. */
function firstLine(source: string): string {
  for (let from = 0; from < source.length;) {
    const end = source.indexOf('\n', from);
    const line = source.slice(from, end < 0 ? undefined : end).trim();
    if (line !== '' && !/^(?:\/\*\*?|""")$/.test(line)) return line;
    if (end < 0) break;
    from = end + 1;
  }
  return '';
}

/** The text of a comment; undefined for a line without one. */
function commentIn(line: string): string | undefined {
  const mark = /^(?:\/\/+|#+|--+|\/\*\*?|\*)/.exec(line)?.[0];
  if (mark === undefined) return undefined;
  const words = line.slice(mark.length);
  return (words.endsWith('*/') ? words.slice(0, -2) : words).trim();
}
