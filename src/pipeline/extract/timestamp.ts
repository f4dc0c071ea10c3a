/** Years that an event may carry; others are a broken clock or a unit mistaken for another. */
const firstYear = 1970;
const lastYear = 2999;

const shape = 'is not an RFC 3339 time with an offset, like 2019-01-31T09:30:00-05:00';

/**
 * What is wrong with a time from a log, if anything. Accepted are real instants after RFC 3339
 * (`date-time`, section 5.6) with their offset, as text that Postgres reads to the microsecond: no
 * `now`, `infinity` or `01/02/2019`, no 30 February, no 24:00, and no leap second, which Postgres
 * would move into the next minute.
 *
 * @param bytes - ASCII text between `start` and `end`.
 * @returns What is wrong, for a person; undefined when the text is an instant.
 */
export function timestampProblem(
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): string | undefined {
  const year = number(bytes, start, 4);
  const month = number(bytes, start + 5, 2);
  const day = number(bytes, start + 8, 2);
  const hour = number(bytes, start + 11, 2);
  const minute = number(bytes, start + 14, 2);
  const second = number(bytes, start + 17, 2);
  const isDateTime =
    end - start >= 20 &&
    // A part that is no number is -1, which survives the bitwise or as a negative number.
    (year | month | day | hour | minute | second) >= 0 &&
    bytes[start + 4] === dash &&
    bytes[start + 7] === dash &&
    isLetter(bytes[start + 10], 't') &&
    bytes[start + 13] === colon &&
    bytes[start + 16] === colon;
  if (!isDateTime) return shape;

  const zone = fractionEnd(bytes, start, end);
  if (zone === start + 20 || zone > start + 29) return 'has a fraction of other than 1 to 9 digits';
  const offsetHour = number(bytes, zone + 1, 2);
  const offsetMinute = number(bytes, zone + 4, 2);
  const isZulu = end === zone + 1 && isLetter(bytes[zone], 'z');
  const isOffset =
    end === zone + 6 &&
    (bytes[zone] === plus || bytes[zone] === dash) &&
    bytes[zone + 3] === colon &&
    (offsetHour | offsetMinute) >= 0;
  if (!isZulu && !isOffset) return shape;

  if (year < firstYear || year > lastYear) return `has a year outside ${firstYear} to ${lastYear}`;
  if (month < 1 || month > 12) return 'has no such month';
  if (day < 1 || day > daysInMonth(year, month)) return 'has no such day';
  if (second === 60) return 'is a leap second';
  if (hour > 23 || minute > 59 || second > 59) return 'has no such time of day';
  // 15:59 is the widest offset that Postgres reads.
  return isOffset && (offsetHour > 15 || offsetMinute > 59) ? 'has no such offset' : undefined;
}

/** Where the fraction of a checked time ends; with the seconds when there is none. */
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

/** Digits as a number, -1 if one is none. */
function number(bytes: Uint8Array, start: number, length: number): number {
  let value = 0;
  for (let at = start; at < start + length; at += 1) {
    const found = bytes[at] ?? 0;
    if (!isDigit(found)) return -1;
    value = value * 10 + found - 0x30;
  }
  return value;
}

function isDigit(found: number): boolean {
  return found >= 0x30 && found <= 0x39;
}

/** RFC 3339 allows `T` and `Z` in lower case. */
function isLetter(found: number | undefined, letter: 't' | 'z'): boolean {
  return found !== undefined && (found | 0x20) === letter.charCodeAt(0);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
