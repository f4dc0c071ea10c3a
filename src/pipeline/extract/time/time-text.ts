// Reading of times, dates and times of day from text.

import { dateRange, daysInMonth, daysSince2000, timeRange } from './calendar.js';
import { InstantReader, instantOf } from './instant.js';
import { timestampProblem } from './timestamp.js';
import type { OffsetOf } from './zone-offsets.js';

/** A parsed time; or the problem, for people. */
export type TimeReading =
  /** Microseconds since 2000-01-01 UTC for a time, days since then for a date. */
  { readonly value: number | bigint } | { readonly problem: string };

/** Reads texts as times or dates. */
export type TimeReader = (text: string) => TimeReading;

/** A date and a time of day, not validated. */
export interface TimeParts {
  /** Astronomical: 0 is 1 BC. */
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Digits behind the point; truncated to microseconds. */
  readonly fraction: string;
}

/** The problem of {@link TimeParts} that are no valid date or time of day. */
export function partsProblem({
  year,
  month,
  day,
  hour,
  minute,
  second,
}: TimeParts): string | undefined {
  if (month < 1 || month > 12) return 'has no such month';
  if (day < 1 || day > daysInMonth(year, month)) return 'has no such day';
  if (second === 60) return 'is a leap second';
  return hour > 23 || minute > 59 || second > 59 ? 'has no such time of day' : undefined;
}

/** A date as days, if it is valid and within Postgres's range. */
export function dateReading(parts: TimeParts): TimeReading {
  const problem = partsProblem(parts);
  if (problem !== undefined) return { problem };
  const value = daysSince2000(parts.year, parts.month, parts.day);
  return value < dateRange.first || value > dateRange.last ? { problem: beyondDates } : { value };
}

/** A time as microseconds, if it is valid and within Postgres's range. */
export function timeReading(parts: TimeParts, offsetOf: OffsetOf, place: string): TimeReading {
  const problem = partsProblem(parts);
  if (problem !== undefined) return { problem };
  const days = daysSince2000(parts.year, parts.month, parts.day);
  const local = days * 86_400 + parts.hour * 3600 + parts.minute * 60 + parts.second;
  const offset = offsetOf(local);
  if (offset === undefined) {
    return { problem: `does not exist in ${place}, where the clocks went forward` };
  }
  return instantReading(local - offset, Number(parts.fraction.slice(0, 6).padEnd(6, '0')));
}

/** An instant as microseconds, if it is within Postgres's range. */
export function instantReading(seconds: number, microseconds: number): TimeReading {
  const value = seconds * 1e6 + microseconds;
  if (Number.isSafeInteger(value)) return { value };
  return rangedReading(BigInt(seconds) * 1_000_000n + BigInt(microseconds));
}

/** Microseconds, if they are within Postgres's range. */
export function rangedReading(value: bigint): TimeReading {
  if (value < timeRange.first || value > timeRange.last) return { problem: beyondTimes };
  const number = Number(value);
  return { value: Number.isSafeInteger(number) ? number : value };
}

/**
 * The reader of times with an offset: by RFC 3339, and in Postgres's notation, which has years before 1
 * (`0044-03-15 12:00:00+00 BC`) and of five and six digits.
 */
export function createInstantReader(): (
  bytes: Uint8Array,
  start: number,
  end: number,
) => TimeReading {
  const instants = new InstantReader();
  return (bytes, start, end) => {
    const quick = instants.read(bytes, start, end);
    if (!Number.isNaN(quick)) return { value: quick };
    const problem = timestampProblem(bytes, start, end);
    if (problem === undefined) {
      const { seconds, microseconds } = instantOf(bytes, start, end);
      return instantReading(seconds, microseconds);
    }
    const text = Buffer.from(bytes.subarray(start, end)).toString('latin1').trim();
    const found = wideTime.exec(text)?.groups;
    const zone = found?.['z'];
    if (found === undefined || zone === undefined) return { problem };
    const offset = offsetSeconds(zone);
    return offset === undefined
      ? { problem: 'has no such offset' }
      : timeReading(partsOf(found), () => offset, '');
  };
}

/** Reads a time without a zone, in ISO 8601 or Postgres's notation. */
export function readLocalTime(text: string): TimeReading {
  const found = wideTime.exec(text.trim())?.groups;
  return found === undefined || found['z'] !== undefined
    ? {
        problem:
          'is not a time without an offset, like 2019-01-31T09:30:00 (format: reads another form)',
      }
    : timeReading(partsOf(found), () => 0, '');
}

/** Reads a date, in ISO 8601 or Postgres's notation. */
export function readDate(text: string): TimeReading {
  const found = wideDate.exec(text.trim())?.groups;
  return found === undefined
    ? { problem: 'is not like YYYY-MM-DD (format: reads another form)' }
    : dateReading(partsOf(found));
}

/** A time of day as microseconds since midnight, if it is valid. */
export function clockReading({ hour, minute, second, fraction }: TimeParts): TimeReading {
  if (second === 60) return { problem: 'is a leap second' };
  if (hour < 0 || hour > 23 || minute > 59 || second > 59)
    return { problem: 'has no such time of day' };
  const seconds = hour * 3600 + minute * 60 + second;
  return { value: seconds * 1e6 + Number(fraction.slice(0, 6).padEnd(6, '0')) };
}

/** Reads a time of day, in ISO 8601 or Postgres's notation. */
export function readClock(text: string): TimeReading {
  const found = clock.exec(text.trim())?.groups;
  return found === undefined
    ? { problem: 'is not a time of day like 09:30:00 (format: reads another form)' }
    : clockReading(partsOf(found));
}

/** The seconds of an offset like `+05:30`, `-0500`, `+01` or `Z`; undefined: outside of Postgres's range. */
export function offsetSeconds(text: string): number | undefined {
  const [, sign, hours = '0', minutes = '0', seconds = '0'] =
    /^([+-])(\d\d):?(\d\d)?:?(\d\d)?$/.exec(text) ?? [];
  if (sign === undefined) return 0;
  if (Number(hours) > 15 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === '-' ? -size : size;
}

function partsOf(found: Record<string, string | undefined>): TimeParts {
  const part = (name: string): number => Number(found[name] ?? 0);
  return {
    year: found['bc'] === undefined ? part('y') : 1 - part('y'),
    ...{ month: part('m'), day: part('d') },
    ...{ hour: part('h'), minute: part('i'), second: part('s'), fraction: found['f'] ?? '' },
  };
}

const date = String.raw`(?!0+-)(?<y>\d{4,7})-(?<m>\d{1,2})-(?<d>\d{1,2})`;
const wideDate = new RegExp(`^${date}(?<bc> BC)?$`);
const wideTime = new RegExp(
  String.raw`^${date}[Tt ](?<h>\d\d):(?<i>\d\d):(?<s>\d\d)(?:\.(?<f>\d{1,9}))?(?<z>[Zz]|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)?(?<bc> BC)?$`,
);
const clock = /^(?<h>\d{1,2}):(?<i>\d\d)(?::(?<s>\d\d)(?:\.(?<f>\d{1,9}))?)?$/;
const beyondDates = 'is beyond what Postgres holds, 4714 BC to 5874897';
const beyondTimes = 'is beyond what Postgres holds, 4714 BC to 294276';
