/** The line under the head of a table; it has a bar, or says where its one column stands. */
const delimiterRow = /^[ \t>]*(?=[^|:]*[|:])\|?(?:[ \t]*:?-+:?[ \t]*\|?)+[ \t]*$/;

/** Tells whether an offset of markdown is within a table. Offsets must be asked in ascending order. */
export function tableLocator(markdown: string): (offset: number) => boolean {
  const parts: [number, number][] = [];
  let before: { start: number; text: string } | undefined;
  let start: number | undefined;
  let offset = 0;
  for (const line of markdown.split('\n')) {
    if (start === undefined) {
      const isHead = before?.text.includes('|') === true;
      if (isHead && line.length < 10_000 && delimiterRow.test(line)) start = before?.start;
    } else if (line.replace(/^[ \t>]+/, '') === '') {
      parts.push([start, offset]);
      start = undefined;
    }
    before = { start: offset, text: line };
    offset += line.length + 1;
  }
  if (start !== undefined) parts.push([start, markdown.length]);
  let index = 0;
  return (place) => {
    while ((parts[index]?.[1] ?? Infinity) <= place) index += 1;
    return (parts[index]?.[0] ?? Infinity) <= place;
  };
}
