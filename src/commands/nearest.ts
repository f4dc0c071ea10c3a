/** More changes than this make another word of it, for words of any length. */
const mostChanges = 3;

/**
 * The word that somebody who mistyped has probably meant.
 *
 * @param typed - What stands there.
 * @param words - What could.
 * @returns undefined when none is like it.
 */
export function nearest(typed: string, words: readonly string[]): string | undefined {
  const most = Math.min(mostChanges, Math.floor(typed.length / 3));
  const [best] = words
    .map((word) => ({ word, changes: changesBetween(typed, word) }))
    .filter(({ changes }) => changes <= most)
    .sort((one, other) => one.changes - other.changes);
  return best?.word;
}

/** Letters to be put in, taken out or replaced (the distance of Levenshtein). */
function changesBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(one).entries()) {
    const next = [index + 1];
    for (const [column, otherLetter] of Array.from(other).entries()) {
      const replaced = (row[column] ?? 0) + (letter === otherLetter ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
