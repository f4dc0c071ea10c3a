/**
 * The protocol counts cursor positions in Unicode code points, JavaScript in UTF-16 units
 * (https://jupyter-client.readthedocs.io/en/stable/messaging.html#cursor-pos-unicode-note).
 */

/** A position in code points as one in UTF-16 units. */
export function utf16Position(text: string, codePoints: number): number {
  let position = 0;
  let count = 0;
  for (const character of text) {
    if (count >= codePoints) break;
    position += character.length;
    count += 1;
  }
  return position;
}

/** A position in UTF-16 units as one in code points. */
export function codePointPosition(text: string, utf16: number): number {
  return Array.from(text.slice(0, utf16)).length;
}
