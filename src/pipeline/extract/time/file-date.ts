// Dates in file names, for times without a year, and for work on the past period by period.

import type { Period } from '../../definitions/period.js';
import { daysSince2000 } from './calendar.js';

/** The date in a file's name: its year, and its last day as days since 2000-01-01. */
export interface FileDate {
  readonly year: number;
  /** Undefined: the name has only a year. */
  readonly lastDay: number | undefined;
}

/**
 * Finds the date in a file's name, the last of several: `2024`, `2024-03`, `20240307`, also with other separators.
 *
 * @param name - The path relative to the data folder.
 */
export function fileDate(name: string): FileDate | undefined {
  const found = [...name.matchAll(dateInName)].at(-1);
  if (found === undefined) return undefined;
  const [, year = '', month, day = '31'] = found;
  return {
    year: Number(year),
    lastDay:
      month === undefined ? undefined : daysSince2000(Number(year), Number(month), Number(day)),
  };
}

/**
 * The year of a day without one: the name's year where it has only that, otherwise the latest year in which the
 * day is at most a month after the name's date. So the file of 7 January may begin in December, and that of
 * December may end in January.
 */
export function yearInFile({ year, lastDay }: FileDate, month: number, day: number): number {
  if (lastDay === undefined) return year;
  return daysSince2000(year + 1, month, day) <= lastDay + 31
    ? year + 1
    : daysSince2000(year, month, day) <= lastDay + 31
      ? year
      : year - 1;
}

/** The days that the date in a file's name stands for: one, a month, a year; undefined: the name has no date. */
export function daysOfFile(name: string): Period | undefined {
  const found = [...name.matchAll(dateInName)].at(-1);
  if (found === undefined) return undefined;
  const [, year = '', month, day] = found;
  const lastOfMonth = new Date(Date.UTC(Number(year), Number(month ?? 12), 0)).getUTCDate();
  return {
    from: `${year}-${month ?? '01'}-${day ?? '01'}`,
    to: `${year}-${month ?? '12'}-${day ?? String(lastOfMonth).padStart(2, '0')}`,
  };
}

const dateInName =
  /(?<!\d)((?:19|20)\d\d)(?:[-_.]?(0[1-9]|1[0-2])(?:[-_.]?(0[1-9]|[12]\d|3[01]))?)?(?!\d)/g;
