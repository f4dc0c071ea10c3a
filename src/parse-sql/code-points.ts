/**
 * Where a place of Postgres's lies: it counts characters as code points, JavaScript and editors count one
 * beyond U+FFFF, like most emoji, as two.
 *
 * @param codePoints - From 0.
 * @returns In characters of the string, from 0.
 */
export function offsetOfCodePoint(text: string, codePoints: number): number {
  let offset = 0;
  for (const character of text) {
    if (codePoints <= 0) break;
    codePoints -= 1;
    offset += character.length;
  }
  return offset;
}
