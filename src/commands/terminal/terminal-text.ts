/** Takes the line in place away: the one sequence that is ours. */
export const clearLine = '\r\u001b[K';

/**
 * Text as a terminal may be shown it. Names of files, lines of logs and messages of other programs may hold
 * sequences that move the cursor, write to the clipboard or turn text around; what is not printable is shown as
 * `\x1b` or `\u{202e}` instead. Colours are left out with the rest: nothing of ours has any.
 */
export function terminalText(text: string): string {
  return text === clearLine ? text : text.replace(unprintable, escaped);
}

// Control characters but for tab and line feed, and marks that turn the direction of what follows.
const unprintable = /(?![\t\n])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

function escaped(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u{${code}}`;
}
