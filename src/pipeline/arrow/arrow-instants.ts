// Postgres's texts of dates and instants as numbers of days and microseconds.

import { DaybookError } from '../../errors.js';

const dayPattern = /^(\d{4,})-(\d\d)-(\d\d)( BC)?$/;

const instantPattern =
  /^(\d{4,})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?)?( BC)?$/;

const millisecondsOfDay = 86_400_000;

/**
 * The days from 1970-01-01 to a date.
 *
 * @throws DaybookError `QUERY_FAILED` for `infinity` and what is beyond JavaScript's calendar.
 */
export function daysOf(text: string): number {
  const [, year = '', month, day, era] = dayPattern.exec(text) ?? [];
  const midnight = utc([yearOf(year, era), Number(month) - 1, Number(day)]);
  if (Number.isNaN(midnight)) throw notInArrow(text, 'a date');
  return midnight / millisecondsOfDay;
}

/**
 * The microseconds from 1970-01-01 00:00, in UTC where the text has an offset, else by its own clock.
 *
 * @throws DaybookError `QUERY_FAILED` for `infinity` and what is beyond JavaScript's calendar.
 */
export function microsecondsOf(text: string): bigint {
  const [, year = '', month, day, hours, minutes, seconds, fraction = '', sign, ...zone] =
    instantPattern.exec(text) ?? [];
  const [east = '0', eastMinutes = '0', eastSeconds = '0', era] = zone;
  const local = utc(
    [yearOf(year, era), Number(month) - 1, Number(day)],
    [Number(hours), Number(minutes), Number(seconds)],
  );
  if (Number.isNaN(local)) throw notInArrow(text, 'a timestamp');
  const offset = Number(east) * 3600 + Number(eastMinutes) * 60 + Number(eastSeconds);
  const shifted = local - (sign === '-' ? -offset : offset) * 1000;
  return BigInt(shifted) * 1000n + BigInt(fraction.padEnd(6, '0'));
}

/** Milliseconds since 1970; `Date.UTC` would take the years before 100 for those of the last century. */
function utc(
  date: [year: number, month: number, day: number],
  time: [number, number, number] = [0, 0, 0],
): number {
  const at = new Date(0);
  at.setUTCFullYear(...date);
  return at.setUTCHours(...time);
}

/** In the calendar without a year 0: 1 BC is 0. */
function yearOf(digits: string, era: string | undefined): number {
  return era === undefined ? Number(digits) : 1 - Number(digits);
}

function notInArrow(text: string, kind: string): DaybookError {
  return new DaybookError('QUERY_FAILED', `"${text}" is not ${kind} that Arrow can hold`, {
    hint: 'cast the column to text, or leave such rows out',
  });
}
