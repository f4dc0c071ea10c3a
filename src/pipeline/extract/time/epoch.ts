// Unix times: seconds, milliseconds, microseconds, nanoseconds since 1970.

import { dayMicroseconds, daysSince2000 } from './calendar.js';
import { rangedReading, type TimeReader } from './time-text.js';

/** Formats of times as a number since 1970-01-01 UTC, with the decimal digits of a second in their unit. */
export const epochDigits: Readonly<Record<string, number>> = {
  unix: 0,
  unix_ms: 3,
  unix_us: 6,
  unix_ns: 9,
};

/**
 * The reader of a number since 1970: digit by digit, so that no double rounds it. Fractions of a microsecond are
 * truncated towards the past. A time beyond years of four digits is rejected, because its unit is another one.
 *
 * @param format - A key of {@link epochDigits}.
 */
export function createEpochReader(format: string): TimeReader {
  const places = epochDigits[format] ?? 0;
  const shift = 6 - places;
  return (text) => {
    const [, sign, whole = '', fraction = ''] =
      /^([+-]?)(\d{1,24})(?:\.(\d{0,20}))?$/.exec(text.trim()) ?? [];
    if (sign === undefined) return { problem: `is not a number as ${format} has it` };
    const digits = `${whole}${fraction}`;
    const behind = fraction.length - shift;
    const digitsOfUnit = BigInt(behind < 0 ? digits.padEnd(digits.length - behind, '0') : digits);
    const unit = 10n ** BigInt(Math.max(behind, 0));
    const signed = sign === '-' ? -digitsOfUnit : digitsOfUnit;
    const cut = signed / unit - (signed < 0n && signed % unit !== 0n ? 1n : 0n);
    const value = cut - epoch;
    if (value >= fourDigits.first && value <= fourDigits.last) return rangedReading(value);
    const size = whole.replace(/^0+/, '').length;
    const finer = Object.entries(epochDigits).find(
      ([, digits]) => digits > places && size - digits <= secondDigits,
    );
    const advice = finer === undefined ? '' : `; is it ${finer[0]}?`;
    return { problem: `is beyond the years 1 to 9999 as ${format}${advice}` };
  };
}

/** Years of four digits, in microseconds since 2000-01-01. */
const fourDigits = {
  first: BigInt(daysSince2000(1, 1, 1)) * dayMicroseconds,
  last: BigInt(daysSince2000(10_000, 1, 1)) * dayMicroseconds - 1n,
};
/** The number of digits of the present, in seconds. */
const secondDigits = 10;
/** 2000-01-01 in microseconds since 1970. */
const epoch = 946_684_800_000_000n;
