import { describe, expect, test } from 'vitest';
import { parseSchedule } from '../../../src/commands/workspace/schedule.js';

const minuteMs = 60_000;

/** The instants of an expression between two others. */
function instants(expression: string, timeZone: string, from: string, to: string): string[] {
  const times = parseSchedule(expression, timeZone);
  const found: string[] = [];
  for (
    let next = times.next(new Date(Date.parse(from) - 1));
    next !== undefined && next < new Date(to);
    next = times.next(next)
  ) {
    found.push(next.toISOString().slice(0, 16));
  }
  return found;
}

describe('a schedule where clocks change', () => {
  const zones = ['America/Toronto', 'Europe/Berlin', 'Australia/Lord_Howe', 'Africa/Casablanca'];

  test.each(zones)('%s: an hourly time leaves out no hour of a year', (timeZone) => {
    const [from, to] = ['2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z'];
    const minute = new Intl.DateTimeFormat('en', { timeZone, minute: 'numeric' });
    const expected: string[] = [];
    for (let time = Date.parse(from); time < Date.parse(to); time += 15 * minuteMs) {
      if (Number(minute.format(time)) === 15)
        expected.push(new Date(time).toISOString().slice(0, 16));
    }
    expect(instants('15 * * * *', timeZone, from, to)).toEqual(expected);
  });

  test('a daily time in the doubled hour comes once, one in the missing hour right after it', () => {
    const toronto = 'America/Toronto';
    expect(instants('30 1 * * *', toronto, '2025-11-02T00:00:00Z', '2025-11-03T00:00:00Z')).toEqual(
      ['2025-11-02T05:30'],
    );
    expect(instants('30 2 * * *', toronto, '2025-03-09T00:00:00Z', '2025-03-10T00:00:00Z')).toEqual(
      ['2025-03-09T07:00'],
    );
  });
});

describe('a schedule that is wrong', () => {
  test.each(['0 0 31 2 *', '0 0 30 2 *', '0 0 31 4,6 *'])('%s never comes', (expression) => {
    expect(() => parseSchedule(expression, 'UTC')).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: `daybook schedule: the time "${expression}" never comes`,
      }),
    );
  });

  test.each(['every hour', '', '* * * *', '61 * * * *'])('"%s" is refused', (expression) => {
    expect(() => parseSchedule(expression, 'UTC')).toThrow(
      expect.objectContaining({ code: 'USAGE' }),
    );
  });

  test('29 February comes, though not each year', () => {
    expect(parseSchedule('0 0 29 2 *', 'UTC').next(new Date('2026-01-01'))).toEqual(
      new Date('2028-02-29T00:00:00Z'),
    );
  });
});
