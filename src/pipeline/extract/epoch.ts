import { rangedReading, type TimeReader } from './time-text.js';

/** Formats of times as a number since 1970-01-01 UTC, with the digits of a second that one counts. */
export const epochDigits: Readonly<Record<string, number>> = {
  unix: 0,
  unix_ms: 3,
  unix_us: 6,
  unix_ns: 9,
};

/**
 * The reader of a number since 1970: digit for digit, so that no double rounds it. What is finer than a
 * microsecond is cut, towards the past.
 *
 * @param format - One of {@link epochDigits}.
 */
export function createEpochReader(format: string): TimeReader {
  const shift = 6 - (epochDigits[format] ?? 0);
  return (text) => {
    const [, sign, whole = '', fraction = ''] =
      /^([+-]?)(\d{1,24})(?:\.(\d{0,20}))?$/.exec(text.trim()) ?? [];
    if (sign === undefined) return { problem: `is not a number as ${format} has it` };
    const digits = `${whole}${fraction}`;
    const behind = fraction.length - shift;
    const size = BigInt(behind < 0 ? digits.padEnd(digits.length - behind, '0') : digits);
    const unit = 10n ** BigInt(Math.max(behind, 0));
    const signed = sign === '-' ? -size : size;
    const cut = signed / unit - (signed < 0n && signed % unit !== 0n ? 1n : 0n);
    return rangedReading(cut - epoch);
  };
}

/** 2000-01-01 in microseconds since 1970. */
const epoch = 946_684_800_000_000n;
