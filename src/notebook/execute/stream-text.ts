/**
 * The text of a stream as a terminal leaves it on the screen: a backspace takes back the character
 * before it, a carriage return starts its line again. So a progress bar ends as its last state.
 *
 * As in nbclient, a line is replaced as a whole (escape sequences would be cut in two otherwise), and
 * a carriage return at the end of a line stays.
 */
export function settleStreamText(text: string): string {
  if (!/[\b\r]/.test(text)) return text;
  return withoutBackspaces(text)
    .split('\n')
    .map((line) => {
      let end = line.length;
      while (line[end - 1] === '\r') end -= 1;
      const shown = line.slice(line.lastIndexOf('\r', end - 1) + 1, end);
      return end === line.length ? shown : `${shown}\r`;
    })
    .join('\n');
}

/** Applies backspaces; they stop at the beginning of the line. */
function withoutBackspaces(text: string): string {
  if (!text.includes('\b')) return text;
  const kept: string[] = [];
  // By code points: a backspace takes back one character, also one outside the basic plane.
  for (const character of text) {
    if (character !== '\b') kept.push(character);
    else if (kept.length > 0 && kept.at(-1) !== '\n') kept.pop();
  }
  return kept.join('');
}
