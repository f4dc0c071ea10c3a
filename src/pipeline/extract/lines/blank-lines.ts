/**
 * Blank lines that follow each other: only white space and their line feeds. To look for these bytes takes a
 * fraction of the time of reading each line.
 *
 * @param longest - Lines with more bytes are none of them.
 * @param most - So many lines at most, or a few more.
 * @returns How many there are, and where the last one ends, behind its line feed.
 */
export function blankLines(
  bytes: Buffer,
  start: number,
  longest: number,
  most = Infinity,
): { count: number; end: number } {
  let [count, end, at] = [0, start, start];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  while (at < bytes.length && count < most) {
    if (at === end && at + 4 <= bytes.length && view.getInt32(at) === fourLineFeeds) {
      count += 4;
      at += 4;
      end = at;
      continue;
    }
    const byte = bytes[at];
    at += 1;
    if (byte === 0x0a) {
      if (at - 1 - end > longest) break;
      count += 1;
      end = at;
    } else if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) break;
  }
  return { count, end };
}

const fourLineFeeds = 0x0a0a0a0a;
