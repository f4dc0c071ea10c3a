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
  const lines = source.split('\n').map((line) => line.trim());
  const first = lines.find((line) => line !== '' && !/^(?:\/\*\*?|""")$/.test(line)) ?? '';
  const comment = /^(?:\/\/+|#+|--+|\/\*\*?|\*)\s*(.*?)\s*(?:\*\/)?$/.exec(first)?.[1];
  const label =
    comment !== undefined && comment !== '' && !directive.test(comment)
      ? comment.replace(/[.:]$/, '')
      : first;
  return label.length > maxLength ? `${label.slice(0, maxLength - 1).trimEnd()}…` : label;
}
