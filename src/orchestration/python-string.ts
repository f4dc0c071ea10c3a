// Texts as string literals of Python.

/**
 * A text as a string literal of Python, in ASCII on one line, whatever it holds.
 * Of JSON's escapes Python has all but `\/`, which is not written, and reads them alike; beyond the basic plane it
 * wants one escape of eight digits.
 */
export function pythonString(text: string): string {
  return JSON.stringify(text).replace(/[^\x20-\x7e]/gu, (character) => {
    const point = character.codePointAt(0) ?? 0;
    return point > 0xffff
      ? `\\U${point.toString(16).padStart(8, '0')}`
      : `\\u${point.toString(16).padStart(4, '0')}`;
  });
}
