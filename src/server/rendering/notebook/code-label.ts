/** Comments that say something to a tool, not to a reader. */
const directive = /^(?:@|eslint|prettier|ts-|#|region|!)/i;

/** The longest label that stands on one line beside the rest. */
const maxLength = 90;

/**
 * The one line that a folded cell of code is called by: its first comment, or else its first line.
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

/** The first line that says anything, however many blank ones stand before it. */
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

/** The words of a comment; undefined for a line that is none. */
function commentIn(line: string): string | undefined {
  const mark = /^(?:\/\/+|#+|--+|\/\*\*?|\*)/.exec(line)?.[0];
  if (mark === undefined) return undefined;
  const words = line.slice(mark.length);
  return (words.endsWith('*/') ? words.slice(0, -2) : words).trim();
}
