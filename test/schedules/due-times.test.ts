import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CatchUp, ScheduleTiming } from '../../src/config/declarations/schedule-config.js';
import { dueTimes, missedMs, timesOf } from '../../src/schedules/due-times.js';

const minuteMs = 60_000;

const zones = ['UTC', 'America/Toronto', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kolkata'];

/** Times around changes of the clocks of these zones, and any others. */
const instant = fc
  .oneof(
    ...[
      ...['2026-03-08T07:00Z', '2026-11-01T06:00Z', '2026-03-29T01:00Z', '2026-10-25T01:00Z'],
      ...['2026-04-04T15:00Z', '2026-10-03T15:30Z'],
    ].map((change) =>
      fc.integer({ min: -200, max: 200 }).map((minutes) => Date.parse(change) + minutes * minuteMs),
    ),
    fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2026-12-31') }),
  )
  .map((time) => new Date(time));

const daily = fc.record({
  hour: fc.integer({ min: 0, max: 23 }),
  minute: fc.constantFrom(0, 15, 30, 45),
  timeZone: fc.constantFrom(...zones),
});

const timing: fc.Arbitrary<ScheduleTiming> = fc.oneof(
  daily.map(({ hour, minute, timeZone }) => ({
    kind: 'cron' as const,
    expression: `${minute} ${hour} * * *`,
    timeZone,
  })),
  fc.constantFrom(...zones).map((timeZone) => ({
    kind: 'cron' as const,
    expression: '*/30 * * * *',
    timeZone,
  })),
  fc.integer({ min: 1, max: 2000 }).map((minutes) => ({
    kind: 'every' as const,
    ms: minutes * minuteMs,
    text: `${minutes} minutes`,
  })),
);

/** The wall clock of a zone, `HH:MM`. */
function wallClock(time: Date, timeZone: string): string {
  return time.toLocaleTimeString('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
}

describe('the times of a schedule', () => {
  test('are the same from wherever they are looked for, in all zones', () => {
    fc.assert(
      fc.property(timing, instant, fc.integer({ min: 1, max: 400 }), (when, from, minutes) => {
        const times = timesOf(when, 'UTC')!;
        const next = times.next(from)!;
        expect(next.getTime()).toBeGreaterThan(from.getTime());
        // From anywhere up to that time it is still the next one.
        const later = new Date(Math.min(from.getTime() + minutes * minuteMs, next.getTime() - 1));
        expect(times.next(later)).toEqual(next);
      }),
      { numRuns: 300 },
    );
  });

  test('of a day come once each day; one that does not exist comes right after the gap', () => {
    fc.assert(
      fc.property(daily, instant, ({ hour, minute, timeZone }, from) => {
        const expression = `${minute} ${hour} * * *`;
        const times = timesOf({ kind: 'cron', expression, timeZone }, 'UTC')!;
        const wanted = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
        const first = times.next(from)!;
        const second = times.next(first)!;
        const hours = (second.getTime() - first.getTime()) / (60 * minuteMs);
        expect(hours).toBeGreaterThanOrEqual(22.5);
        expect(hours).toBeLessThanOrEqual(25);
        const shown = wallClock(first, timeZone);
        if (shown === wanted) return;
        // The clocks went forward over it: a minute earlier they showed what was before the gap.
        const before = wallClock(new Date(first.getTime() - minuteMs), timeZone);
        expect(before < wanted && wanted < shown).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what is due', () => {
  /** The same, by looking at each minute between. */
  function model(when: ScheduleTiming, since: Date, now: Date, catchUp: CatchUp) {
    const times = timesOf(when, 'UTC')!;
    const passed: Date[] = [];
    const start = Math.floor(since.getTime() / minuteMs) * minuteMs;
    for (let minute = start; minute <= now.getTime(); minute += minuteMs) {
      const time = new Date(minute);
      const isTime = times.next(new Date(minute - 1))?.getTime() === minute;
      if (time > since && isTime) passed.push(time);
    }
    if (catchUp === 'all') return { due: passed, missed: 0, until: passed.at(-1) };
    const last = passed.at(-1);
    const isLate = last !== undefined && now.getTime() - last.getTime() > missedMs;
    const due = last === undefined || (catchUp === 'none' && isLate) ? [] : [last];
    return { due, missed: passed.length - due.length, until: last };
  }

  test('is what a look at every minute says, by each policy', () => {
    fc.assert(
      fc.property(
        timing,
        instant,
        fc.integer({ min: 0, max: 600 * minuteMs }),
        fc.constantFrom('none', 'latest', 'all'),
        (when, since, ms, catchUp) => {
          const now = new Date(since.getTime() + ms);
          const times = timesOf(when, 'UTC')!;
          expect(dueTimes(times, since, now, catchUp)).toEqual(model(when, since, now, catchUp));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('comes up once, however often and by whomever it is looked for', () => {
    fc.assert(
      fc.property(
        timing,
        instant,
        fc.array(fc.integer({ min: 0, max: 90 * minuteMs }), { maxLength: 20 }),
        fc.constantFrom('none', 'latest', 'all'),
        (when, start, steps, catchUp) => {
          const times = timesOf(when, 'UTC')!;
          let [since, now] = [start, start];
          const done: number[] = [];
          let missed = 0;
          for (const step of steps) {
            // A clock that goes back finds nothing new.
            const back = dueTimes(times, since, new Date(now.getTime() - step), catchUp);
            expect(back.due).toEqual([]);
            now = new Date(now.getTime() + step);
            const found = dueTimes(times, since, now, catchUp);
            done.push(...found.due.map((time) => time.getTime()));
            missed += found.missed;
            since = found.until ?? since;
          }
          expect(new Set(done).size).toBe(done.length);
          expect([...done].sort((a, b) => a - b)).toEqual(done);
          expect(done.length + missed).toBe(dueTimes(times, start, now, 'all').due.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('after years without a scheduler is found at once', () => {
    const times = timesOf({ kind: 'cron', expression: '* * * * * *', timeZone: 'UTC' }, 'UTC')!;
    const [since, now] = [new Date('2020-01-01'), new Date('2026-01-01T00:00:00.500Z')];
    expect(dueTimes(times, since, now, 'latest')).toEqual({
      due: [new Date('2026-01-01')],
      missed: 999,
      until: new Date('2026-01-01'),
    });
    const leap = timesOf({ kind: 'cron', expression: '0 0 29 2 *', timeZone: 'UTC' }, 'UTC')!;
    expect(dueTimes(leap, new Date('2001-01-01'), now, 'none')).toEqual({
      due: [],
      missed: 6,
      until: new Date('2024-02-29'),
    });
  });
});
