/** Numbers of so many digits are exact in a double. */
export const exactDigits = 15;

/**
 * The number that digits write, with a minus or without.
 *
 * @returns NaN for what is no whole number, and for one whose digits are too many for a double.
 */
export function wholeNumber(bytes: Uint8Array, start: number, end: number): number {
  const isNegative = bytes[start] === 0x2d;
  const from = isNegative ? start + 1 : start;
  if (end === from || end - from > exactDigits) return Number.NaN;
  let value = 0;
  for (let at = from; at < end; at += 1) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return isNegative ? -value : value;
}

/** Whether they are digits of a whole number in the range of Postgres's bigint; `5.0` and `5e0` are none. */
export function isBigint(bytes: Uint8Array, start: number, end: number): boolean {
  const digitsStart = bytes[start] === 0x2d ? start + 1 : start;
  for (let at = digitsStart; at < end; at += 1) {
    const found = bytes[at] ?? 0;
    if (found < 0x30 || found > 0x39) return false;
  }
  const digits = end - digitsStart;
  if (digits < 19) return digits > 0;
  if (digits > 19) return false;
  const value = BigInt(Buffer.from(bytes.subarray(start, end)).toString('latin1'));
  return value === BigInt.asIntN(64, value);
}
