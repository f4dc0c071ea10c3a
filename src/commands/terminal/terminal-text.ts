// Safe text for terminals.

/** Removes the progress line: the only control sequence that we write. */
export const clearLine = '\r\u001b[K';

/**
 * A text that is safe on a terminal. Names of files, lines of logs and messages of other programs may contain
 * sequences that move the cursor, write to the clipboard or reverse text; unprintable characters are shown as
 * `\x1b` or `\u{202e}` instead. Colours are removed, too: our own texts have none.
 */
export function terminalText(text: string): string {
  return text === clearLine ? text : text.replace(unprintable, escaped);
}

// Control characters except tab and line feed, and marks of text direction.
const unprintable = /(?![\t\n])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

function escaped(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u{${code}}`;
}
