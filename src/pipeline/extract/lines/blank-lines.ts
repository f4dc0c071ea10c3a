// Detection of runs of blank lines.

/**
 * A run of blank lines: only white space and line feeds. Searching for these bytes takes a fraction of parsing
 * each line.
 *
 * @param longest - Lines with more bytes do not count.
 * @param most - The maximum, which may be exceeded by a few lines.
 * @returns Their number, and the offset behind the last line feed.
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
