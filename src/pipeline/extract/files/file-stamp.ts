import type { BigIntStats } from 'node:fs';

/**
 * How long a file must have been left alone, in milliseconds: file systems count time in steps of up to two
 * seconds, and a second change within one step would not show.
 */
const settledMs = 5000n;

/**
 * What the file system says of a file: which one it is, its size, and when it last changed. As long as it
 * says the same, the bytes are the same: unlike the time of modification, that of the change of status
 * (ctime) cannot be set back by whoever writes a file.
 *
 * @param now - Milliseconds since 1970.
 * @returns Undefined when it changed so recently that it may change again without showing it.
 */
export function fileStamp(
  { dev, ino, size, mtimeNs, ctimeNs }: BigIntStats,
  now = Date.now(),
): string | undefined {
  const newest = mtimeNs > ctimeNs ? mtimeNs : ctimeNs;
  if (BigInt(Math.floor(now)) - newest / 1_000_000n < settledMs) return undefined;
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}
