import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createTimeReader,
  timeFormatProblem,
  type TimeColumn,
} from '../../../../src/pipeline/extract/time/time-format.js';

/** What a text says, as RFC 3339 of 2000-01-01 and so many microseconds or days. */
function read(column: Omit<TimeColumn, 'type'> & Partial<TimeColumn>, text: string, file?: string) {
  const whole = { type: 'timestamptz', ...column } as const;
  expect(timeFormatProblem(whole)).toBeUndefined();
  const reading = createTimeReader(whole, file)(text);
  if ('problem' in reading) return reading.problem;
  const unit = whole.type === 'date' ? 86_400_000_000n : 1n;
  const micros = BigInt(reading.value) * unit + 946_684_800_000_000n;
  const seconds = new Date(Number(micros / 1_000_000n) * 1000).toISOString().slice(0, 19);
  const rest = micros % 1_000_000n;
  const time = `${seconds}${rest === 0n ? '' : `.${String(rest).padStart(6, '0')}`}Z`;
  return whole.type === 'date' ? time.slice(0, 10) : time;
}

test.each<[Omit<TimeColumn, 'type'>, string, string]>([
  [{ format: '%d/%b/%Y:%H:%M:%S %z' }, '05/Mar/2026:23:59:58 +0530', '2026-03-05T18:29:58Z'],
  [
    { format: '%Y-%m-%d %H:%M:%S,%f', zone: 'America/Toronto' },
    '2026-11-01 01:30:00,250',
    '2026-11-01T05:30:00.250000Z',
  ],
  [
    { format: '%Y-%m-%d %H:%M:%S', zone: 'America/Toronto' },
    '2026-03-08 02:30:00',
    'does not exist in America/Toronto, where the clocks went forward',
  ],
  [{ format: '%Y-%m-%d %H:%M:%S', zone: '+01:00' }, '2026-02-29 00:00:00', 'has no such day'],
  [{ format: '%m/%d/%Y %I:%M %p', zone: 'UTC' }, '1/5/2024 12:07 AM', '2024-01-05T00:07:00Z'],
  [{ format: '%m/%d/%Y %I:%M %p', zone: 'UTC' }, '1/5/2024 12:07 p.m.', '2024-01-05T12:07:00Z'],
  [{ format: '%m/%d/%Y %I:%M %p', zone: 'UTC' }, '1/5/2024 13:07 PM', 'has no such time of day'],
  [{ format: '%d.%m.%y %H:%M', zone: 'UTC' }, '31.12.68 01:02', '2068-12-31T01:02:00Z'],
  [{ format: '%d.%m.%y %H:%M', zone: 'UTC' }, '31.12.69 01:02', '1969-12-31T01:02:00Z'],
  [
    { format: '%a, %d %b %Y %H:%M:%S GMT', zone: 'UTC' },
    'FRI, 05 january 2024 08:49:37 GMT',
    '2024-01-05T08:49:37Z',
  ],
  [{ format: '%A, %B %d %Y %H:%M %z' }, 'Friday, Sept 6 2024 08:49 utc', '2024-09-06T08:49:00Z'],
  [{ format: '%b %d %Y %H:%M:%S', zone: 'UTC' }, 'Jan  5 2024\t01:02:03', '2024-01-05T01:02:03Z'],
  [{ format: '%b%e %Y', zone: 'UTC' }, 'Jan  5 2024', '2024-01-05T00:00:00Z'],
  [{ format: '%Y%j', zone: 'UTC' }, '2024366', '2024-12-31T00:00:00Z'],
  [{ format: '%Y-%j', zone: 'UTC' }, '2023-366', 'has no such day'],
  [{ format: '%Y-%j', zone: 'UTC' }, '2023-060', '2023-03-01T00:00:00Z'],
  [{ format: '%Y-%m', zone: 'Europe/Berlin' }, '2024-07', '2024-06-30T22:00:00Z'],
  [{ format: '%Y-%m-%dT%H%z' }, '2024-07-01T10-03', '2024-07-01T13:00:00Z'],
  [{ format: '%d %b %H:%M', year: 2023, zone: 'UTC' }, '28 Feb 10:00', '2023-02-28T10:00:00Z'],
  [{ format: '%d %b %H:%M', year: 2023, zone: 'UTC' }, '29 Feb 10:00', 'has no such day'],
  [{ format: 'unix' }, '1551398400.123456', '2019-03-01T00:00:00.123456Z'],
  [{ format: 'unix_ms' }, '1551398400123', '2019-03-01T00:00:00.123000Z'],
  [{ format: 'unix_us' }, '1700000000123456', '2023-11-14T22:13:20.123456Z'],
  [{ format: 'unix_ns' }, '1700000000123456789', '2023-11-14T22:13:20.123456Z'],
  [{ format: 'unix' }, ' +0 ', '1970-01-01T00:00:00Z'],
  [
    { format: 'unix_ms' },
    '1700000000123456',
    'is beyond the years 1 to 9999 as unix_ms; is it unix_us?',
  ],
  [{ format: 'unix' }, 'now', 'is not a number as unix has it'],
  [{ format: 'unix' }, '1700000000123456', 'is beyond the years 1 to 9999 as unix; is it unix_us?'],
])('a time as %j: %s', (column, text, wanted) => {
  expect(read(column, text)).toBe(wanted);
});

describe('a year that is not written', () => {
  const column = { format: '%b %e %H:%M:%S', zone: 'UTC', year: 'file_name' } as const;
  test.each([
    ['syslog/2024.log', 'Dec 31 10:00:00', '2024-12-31T10:00:00Z'],
    // Rotated on 7 January, it begins in December.
    ['messages-20240107', 'Dec 31 10:00:00', '2023-12-31T10:00:00Z'],
    ['messages-20240107', 'Jan  6 10:00:00', '2024-01-06T10:00:00Z'],
    // The file of December has the first minutes of January.
    ['app.2023-12.log.gz', 'Jan  1 00:00:01', '2024-01-01T00:00:01Z'],
    ['2019/app.2023_12_05.log', 'Feb 28 00:00:01', '2023-02-28T00:00:01Z'],
    ['app-1700000000.log', 'Jan  1 00:00:01', 'has no year, and neither has the name of its file'],
  ])('%s: %s', (file, text, wanted) => {
    expect(read(column, text, file)).toBe(wanted);
  });
});

test.each<[Omit<TimeColumn, 'type'> & Partial<TimeColumn>, string, RegExp]>([
  [{ format: '%d %b', zone: 'UTC' }, 'format', /or the column a year/],
  [{ format: '%Y-%m-%d', year: 2024, zone: 'UTC' }, 'year', /has one already/],
  [{ format: '%Y %d', zone: 'UTC' }, 'format', /must have %m or %b where it has %d/],
  [{ format: '%Y-%m-%d %I:%M', zone: 'UTC' }, 'format', /%I and %p belong together/],
  [{ format: '%Y-%m-%d %H:%M %p', zone: 'UTC' }, 'format', /%I and %p belong together/],
  [{ format: '%Y-%m-%d %M', zone: 'UTC' }, 'format', /must have %H or %I where it has %M/],
  [{ format: '%Y %j %m', zone: 'UTC' }, 'format', /must have %j, or a month/],
  [{ format: 'unix_ns', zone: 'UTC' }, 'zone', /have one already/],
  [{ format: 'unix', type: 'date' }, 'format', /its type is timestamptz/],
  [{ format: '%Y-%m-%d %z', type: 'timestamp' }, 'format', /a timestamptz has/],
])('a format that says too little or too much: %j', (column, key, message) => {
  const problem = timeFormatProblem({ type: 'timestamptz', ...column });
  expect(problem).toMatchObject({ key, message: expect.stringMatching(message) as string });
});

test('numbers since 1970 are read digit for digit, in every unit alike', () => {
  const nanoseconds = fc.bigInt(-(6n * 10n ** 19n), 10n ** 20n);
  fc.assert(
    fc.property(
      nanoseconds,
      fc.constantFrom('unix', 'unix_ms', 'unix_us', 'unix_ns'),
      (ns, format) => {
        const places = { unix: 9, unix_ms: 6, unix_us: 3, unix_ns: 0 }[format];
        const digits = String(ns < 0n ? -ns : ns).padStart(places + 1, '0');
        const point = digits.length - places;
        const text = `${ns < 0n ? '-' : ''}${digits.slice(0, point)}${places === 0 ? '' : `.${digits.slice(point)}`}`;
        const reading = createTimeReader({ type: 'timestamptz', format })(text);
        const cut = (ns - (((ns % 1000n) + 1000n) % 1000n)) / 1000n;
        expect('value' in reading && BigInt(reading.value) + 946_684_800_000_000n).toBe(cut);
      },
    ),
  );
});
