// Check of regular expressions in declarations.

/** Syntax of other engines, with JavaScript's equivalent. */
const foreign: readonly (readonly [RegExp, string])[] = [
  [/\(\?P</, 'a named group is (?<name>…) here, without the P of Python'],
  [/\(\?P=/, 'a reference to a group is \\k<name> here'],
  [/\(\?[aimsxuLU]+\)/, 'options within an expression are not understood: write [Aa] for either'],
  [/\(\?>/, 'atomic groups are not understood'],
  [/[*+?}]\+/, 'possessive quantifiers like *+ are not understood'],
  [/\[\[:\w+:\]/, 'classes like [:alpha:] are \\p{L} and \\d here'],
  [/\\[AzZ]/, '\\A and \\Z are not needed: the whole text has to match'],
  [/\\[hHR]/, '\\h is [ \\t] here, and \\R is not needed'],
  [/%\{\w+/, 'patterns of grok like %{IP:host} have to be written out'],
];

/** The problem of a declared regular expression, with advice for the syntax of other engines; undefined: none. */
export function expressionProblem(pattern: string): string | undefined {
  try {
    new RegExp(pattern, 'u');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // JavaScript's message repeats the expression, however long.
    const reason = message.slice(message.lastIndexOf(': ') + 2);
    const place = firstProblem(pattern);
    const near =
      place === undefined ? '' : `, at character ${place + 1}: ${pattern.slice(place, place + 20)}`;
    const advice = foreign.find(([wrong]) => wrong.test(pattern))?.[1];
    return `Invalid regular expression: ${reason}${near}${advice === undefined ? '' : `; ${advice}`}`;
  }
  const posix = /\[\[:(\w+):\]/.exec(pattern);
  return posix === null
    ? undefined
    : `[:${posix[1] ?? ''}:] is not understood; classes are \\p{L} and \\d here`;
}

/** The longest expression that is searched for the position: each prefix is tried. */
const mostSearched = 500;

/**
 * The position of an error in an expression, which JavaScript does not report: the end of the longest prefix that
 * is valid once its groups are closed.
 */
function firstProblem(pattern: string): number | undefined {
  const isOnlyOpen = [')', '))', ')))'].some((end) => isExpression(pattern + end));
  if (isOnlyOpen || pattern.length > mostSearched) return undefined;
  for (let length = pattern.length - 1; length >= 0; length -= 1) {
    const start = pattern.slice(0, length);
    for (let open = 0; open <= 10; open += 1) {
      if (isExpression(start + ')'.repeat(open))) return length;
    }
  }
  return undefined;
}

function isExpression(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}
