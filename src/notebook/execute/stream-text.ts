// Carriage returns and backspaces in stream outputs.

/**
 * The text of a stream as a terminal would finally show it: a backspace removes the previous character, a carriage
 * return restarts the line. So a progress bar ends with its last state.
 * As in nbclient, a line is replaced as a whole (escape sequences would be cut otherwise), and a carriage return
 * at the end of a line stays.
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

/** Applies backspaces, up to the start of the line. */
function withoutBackspaces(text: string): string {
  if (!text.includes('\b')) return text;
  const kept: string[] = [];
  // By code points: a backspace removes a whole character outside of the basic plane, too.
  for (const character of text) {
    if (character !== '\b') kept.push(character);
    else if (kept.length > 0 && kept.at(-1) !== '\n') kept.pop();
  }
  return kept.join('');
}
