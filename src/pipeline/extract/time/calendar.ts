// The Gregorian calendar, and the ranges of Postgres's dates and times.

/**
 * Days from Postgres's epoch, 2000-01-01, to a date of the Gregorian calendar. Years begin in March, so that the
 * leap day is the last of a year.
 *
 * @param year - Astronomical: 0 is 1 BC, -1 is 2 BC.
 */
export function daysSince2000(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return y * 365 + leapDays + dayOfYear - 730_425;
}

/** The number of days of a month from 1 to 12. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Whether a year has 366 days. */
export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Microseconds of a day. */
export const dayMicroseconds = 86_400_000_000n;

/** The range of Postgres's dates, in days since 2000-01-01: 4714-11-24 BC to 5874897-12-31. */
export const dateRange = { first: -2_451_545, last: 2_145_031_948 };

/** The range of Postgres's times, in microseconds since 2000-01-01: from 4714-11-24 BC to the end of 294276. */
export const timeRange = {
  first: BigInt(dateRange.first) * dayMicroseconds,
  last: 9_223_371_331_199_999_999n,
};
