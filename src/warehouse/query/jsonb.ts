/**
 * A value for a parameter of type jsonb. What jsonb refuses of texts, NUL and halves of surrogate pairs, is
 * replaced by U+FFFD: a failing row or a message of an error may have them.
 *
 * @returns Null for undefined and null.
 */
export function jsonb(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return JSON.stringify(value).replace(
    /\\(?:(u0000|ud[89a-f][0-9a-f]{2})|.)/g,
    (escape, refused?: string) => (refused === undefined ? escape : '\ufffd'),
  );
}
