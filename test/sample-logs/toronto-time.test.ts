import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createInstantFormatter,
  formatInstant,
  torontoMidnight,
} from '../../sample-logs/toronto-time.js';

const wallClock = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'America/Toronto',
  dateStyle: 'short',
  timeStyle: 'medium',
});
/** From 2007 on for eighty years, in whole seconds. */
const instants = fc.integer({ min: 1_167_627_600, max: 3_700_000_000 });

test('both changes of the clock', () => {
  expect(formatInstant(1_552_201_199)).toBe('2019-03-10T01:59:59-05:00');
  expect(formatInstant(1_552_201_200)).toBe('2019-03-10T03:00:00-04:00');
  expect(formatInstant(1_572_760_799)).toBe('2019-11-03T01:59:59-04:00');
  expect(formatInstant(1_572_760_800)).toBe('2019-11-03T01:00:00-05:00');
});

test('the written rule is the one of the time zone database', () => {
  fc.assert(
    fc.property(instants, (instant) => {
      const text = formatInstant(instant);
      expect(Date.parse(text)).toBe(instant * 1000);
      expect(text.slice(0, 19)).toBe(wallClock.format(instant * 1000).replace(' ', 'T'));
    }),
    { numRuns: 5000 },
  );
});

test('the remembering formatter writes the same, in any order', () => {
  const format = createInstantFormatter();
  fc.assert(
    fc.property(instants, fc.nat(7200), (instant, later) => {
      expect(format(instant)).toBe(formatInstant(instant));
      expect(format(instant + later)).toBe(formatInstant(instant + later));
    }),
  );
});

test('a day begins at its midnight, whatever the length of the day', () => {
  const day = (month: number, dayOfMonth: number): number =>
    torontoMidnight(2019, month, dayOfMonth + 1) - torontoMidnight(2019, month, dayOfMonth);
  expect(formatInstant(torontoMidnight(2019, 3, 10))).toBe('2019-03-10T00:00:00-05:00');
  expect([day(1, 1), day(3, 10), day(7, 1), day(11, 3)].map((seconds) => seconds / 3600)).toEqual([
    24, 23, 24, 25,
  ]);
});
