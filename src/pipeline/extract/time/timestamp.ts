// Validation of RFC 3339 timestamps on bytes.

import { daysInMonth } from './calendar.js';

const shape = 'is not an RFC 3339 time with an offset, like 2019-01-31T09:30:00-05:00';

/**
 * The problem of a timestamp, if any. Accepted are real instants by RFC 3339 (`date-time`, section 5.6) with their
 * offset, as text that Postgres reads to the microsecond: no `now`, `infinity` or `01/02/2019`, no 30 February, no
 * 24:00, and no leap second, which Postgres would move into the next minute.
 *
 * @param bytes - ASCII text between `start` and `end`.
 * @returns The problem, for people; undefined for a valid timestamp.
 */
export function timestampProblem(
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): string | undefined {
  if (end - start < 20) return shape;
  const century = two(bytes, start);
  const yearOfCentury = two(bytes, start + 2);
  const month = two(bytes, start + 5);
  const day = two(bytes, start + 8);
  const hour = two(bytes, start + 11);
  const minute = two(bytes, start + 14);
  const second = two(bytes, start + 17);
  const isDateTime =
    // An invalid part is -1, which the bitwise or keeps negative.
    (century | yearOfCentury | month | day | hour | minute | second) >= 0 &&
    bytes[start + 4] === dash &&
    bytes[start + 7] === dash &&
    isLetter(bytes[start + 10], 't') &&
    bytes[start + 13] === colon &&
    bytes[start + 16] === colon;
  if (!isDateTime) return shape;

  const zone = fractionEnd(bytes, start, end);
  if (zone === start + 20 || zone > start + 29) return 'has a fraction of other than 1 to 9 digits';
  const isZulu = end === zone + 1 && isLetter(bytes[zone], 'z');
  const hasOffset = !isZulu && end === zone + 6;
  const offsetHour = hasOffset ? two(bytes, zone + 1) : -1;
  const offsetMinute = hasOffset ? two(bytes, zone + 4) : -1;
  const isOffset =
    (bytes[zone] === plus || bytes[zone] === dash) &&
    bytes[zone + 3] === colon &&
    (offsetHour | offsetMinute) >= 0;
  if (!isZulu && !isOffset) return shape;

  const year = century * 100 + yearOfCentury;
  if (year === 0) return 'has the year 0, which does not exist';
  if (month < 1 || month > 12) return 'has no such month';
  if (day < 1 || day > daysInMonth(year, month)) return 'has no such day';
  if (second === 60) return 'is a leap second';
  if (hour > 23 || minute > 59 || second > 59) return 'has no such time of day';
  // 15:59 is the widest offset that Postgres reads.
  return isOffset && (offsetHour > 15 || offsetMinute > 59) ? 'has no such offset' : undefined;
}

/** The end of the fraction of a valid timestamp; the end of the seconds when there is none. */
export function fractionEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start + 19;
  if (bytes[at] !== dot) return at;
  do at += 1;
  while (at < end && isDigit(bytes[at] ?? 0));
  return at;
}

const dash = 0x2d;
const plus = 0x2b;
const dot = 0x2e;
const colon = 0x3a;

/** Two digits as a number, negative if one is no digit. */
export function two(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - 0x30;
  const ones = (bytes[at + 1] ?? 0) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

function isDigit(found: number): boolean {
  return found >= 0x30 && found <= 0x39;
}

/** RFC 3339 allows `T` and `Z` in lower case. */
function isLetter(found: number | undefined, letter: 't' | 'z'): boolean {
  return found !== undefined && (found | 0x20) === letter.charCodeAt(0);
}
