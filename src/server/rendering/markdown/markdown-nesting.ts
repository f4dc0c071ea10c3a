/** Quotes, lists and footnotes within each other on one line; more mean nothing to a reader. */
const maxDepth = 30;

/** So far to the right nothing but a list within dozens of others begins. */
const maxIndent = 200;

/** Quotes and lists in one piece, and lines of a quote without its mark. */
const maxContainers = 2000;

const container = /[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t])|\[\^[^\]]{1,200}\]:)/y;

/**
 * Whether markdown has too many quotes and lists, or too deep ones: micromark searches the whole document for
 * each that ends, so the time grows with the square of their number.
 */
export function isOverNested(markdown: string): boolean {
  let changes = 0;
  let lazyLines = 0;
  let before = '';
  for (const line of markdown.split(/\r\n?|\n/)) {
    const kind = containersOf(line);
    if (kind === undefined) return true;
    const isBlank = line.trim() === '';
    // A blank line ends quotes, but no lists.
    if (isBlank && !before.includes('>')) continue;
    if (kind === '' && !isBlank && before !== '') lazyLines += 1;
    else {
      if (kind !== before) changes += 1;
      before = kind;
    }
    if (changes > maxContainers || lazyLines > maxContainers) return true;
  }
  return false;
}

/** The marks that a line begins with, like `>-`; undefined: too many, or too far to the right. */
function containersOf(line: string): string | undefined {
  let kind = '';
  container.lastIndex = 0;
  for (let match = container.exec(line); match !== null; match = container.exec(line)) {
    if (match[0].length > maxIndent) return undefined;
    kind += match[0].trimStart().replace(/\d+/, '1').replace(/\[.*/, ':');
    if (kind.length > maxDepth) return undefined;
  }
  return kind;
}
