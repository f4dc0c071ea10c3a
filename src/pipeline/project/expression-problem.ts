/** What other engines write, and how JavaScript does. */
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

/**
 * What is wrong with a regular expression of a declaration, with advice where it is written as another engine
 * wants it; undefined if nothing is.
 */
export function expressionProblem(pattern: string): string | undefined {
  try {
    new RegExp(pattern, 'u');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // It repeats the expression, however long that is.
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

/** Expressions beyond that, in characters, are not searched for the place: each beginning is tried. */
const mostSearched = 500;

/**
 * Where a faulty expression is faulty: JavaScript does not say. What is behind the longest beginning that is
 * right once its groups are closed.
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
