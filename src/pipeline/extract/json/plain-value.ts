// Recognition of simple JSON values on bytes.

import { isUtf8 } from 'node:buffer';

/** Which bytes may occur in simple text: 1 for each that may. */
export type PlainBytes = Uint8Array;

/**
 * The bytes of simple text in a block: no control characters, quotes and backslashes; and ASCII only, unless the
 * whole block is valid UTF-8, which is fast to check for a block and slow for each value.
 */
export function plainBytesOf(block: Uint8Array): PlainBytes {
  return isUtf8(block) ? anyPlain : asciiPlain;
}

/**
 * The end of a simple JSON value at `at`: text without escapes, a number of few digits without an exponent,
 * `true`, `false` or `null`. What follows is not checked.
 *
 * @param limit - The last possible end.
 * @returns -1 for any other value.
 */
export function plainValueEnd(
  bytes: Uint8Array,
  at: number,
  limit: number,
  plain: PlainBytes,
): number {
  if (at >= limit) return -1;
  if (bytes[at] !== quote) return wordEnd(bytes, at, limit);
  const end = plainTextEnd(bytes, at + 1, limit, plain);
  return end === -1 ? -1 : end + 1;
}

/** The offset of the closing quote of simple text that starts at `at`, or -1. */
export function plainTextEnd(
  bytes: Uint8Array,
  at: number,
  limit: number,
  plain: PlainBytes,
): number {
  let end = at;
  while (end < limit && plain[bytes[end] ?? 0] === 1) end += 1;
  return end < limit && bytes[end] === quote ? end : -1;
}

/** The end of a short number, true, false or null. */
function wordEnd(bytes: Uint8Array, start: number, limit: number): number {
  const first = bytes[start] ?? 0;
  if (first >= 0x61) {
    for (const word of words) {
      if (first === word[0] && start + word.length <= limit && isAt(word, bytes, start))
        return start + word.length;
    }
    return -1;
  }
  const most = Math.min(limit, start + mostDigits);
  let at = first === 0x2d ? start + 1 : start;
  const digits = at;
  while (at < most && isDigit(bytes[at] ?? 0)) at += 1;
  if (at === digits || (bytes[digits] === 0x30 && at > digits + 1)) return -1;
  if (at < most && bytes[at] === 0x2e) {
    const fraction = (at += 1);
    while (at < most && isDigit(bytes[at] ?? 0)) at += 1;
    if (at === fraction) return -1;
  }
  return at;
}

const anyPlain: PlainBytes = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte !== 0x22 && byte !== 0x5c ? 1 : 0,
);
const asciiPlain: PlainBytes = anyPlain.map((isPlain, byte) => (byte < 0x80 ? isPlain : 0));
const quote = 0x22;
const mostDigits = 18;
const words = ['true', 'false', 'null'].map((word) => Buffer.from(word));

function isDigit(found: number): boolean {
  return found >= 0x30 && found <= 0x39;
}

function isAt(word: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let index = 0; index < word.length; index += 1) {
    if (bytes[at + index] !== word[index]) return false;
  }
  return true;
}
