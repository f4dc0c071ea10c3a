// Access to an element of a JSON array without parsing it.

/** A range of bytes; the end is exclusive. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds an element of a JSON array.
 *
 * @param start - The offset of the opening bracket; the array up to `end` is known to be valid.
 * @param index - From 0.
 * @returns Undefined when the array is shorter.
 */
export function arrayElement(
  bytes: Uint8Array,
  start: number,
  end: number,
  index: number,
): Stretch | undefined {
  let depth = 0;
  let nth = 0;
  let from = start + 1;
  for (let at = from; at < end; at += 1) {
    const found = bytes[at];
    if (found === quote) at = stringEnd(bytes, at);
    else if (found === openBracket || found === openBrace) depth += 1;
    else if (depth > 0) {
      if (found === closeBracket || found === closeBrace) depth -= 1;
    } else if (found === comma || found === closeBracket) {
      if (nth === index) return withoutBlanks(bytes, from, at);
      nth += 1;
      from = at + 1;
    }
  }
  return undefined;
}

/** The offset of the quote that ends a string. */
function stringEnd(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return at;
}

function withoutBlanks(bytes: Uint8Array, from: number, to: number): Stretch | undefined {
  let [start, end] = [from, to];
  while (start < end && isBlank(bytes[start])) start += 1;
  while (end > start && isBlank(bytes[end - 1])) end -= 1;
  return start === end ? undefined : { start, end };
}

function isBlank(found: number | undefined): boolean {
  return found === 0x20 || found === 0x09 || found === 0x0a || found === 0x0d;
}

const quote = 0x22;
const comma = 0x2c;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
