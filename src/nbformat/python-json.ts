/**
 * A value from JSON as Python writes it: `NaN`, `Infinity` and `-Infinity`, which JSON does not have and
 * Jupyter's own server reads, are null.
 *
 * @throws SyntaxError when it is not JSON for another reason.
 */
export function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const mended = withoutNonNumbers(text);
    if (mended === text) throw error;
    return JSON.parse(mended);
  }
}

const nonNumbers = ['NaN', 'Infinity', '-Infinity'];
const [quote, backslash] = [0x22, 0x5c];

/** The text with null in the place of non-numbers that stand outside of strings. Takes linear time. */
function withoutNonNumbers(text: string): string {
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) === quote) {
      at += 1;
      while (at < text.length && text.charCodeAt(at) !== quote) {
        at += text.charCodeAt(at) === backslash ? 2 : 1;
      }
      continue;
    }
    const found = nonNumbers.find((word) => text.startsWith(word, at));
    if (found === undefined) continue;
    pieces.push(text.slice(from, at), 'null');
    from = at + found.length;
    at = from - 1;
  }
  return pieces.join('') + text.slice(from);
}
