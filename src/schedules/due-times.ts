// Which times of a schedule are due, and which are skipped. Pure: the clock is a parameter.

import { cronTimes, type ScheduleTimes } from '../config/declarations/cron-expression.js';
import type { CatchUp, ScheduleTiming } from '../config/declarations/schedule-config.js';

/** A time is missed when it passed longer ago than this, in milliseconds: schedulers look more often. */
export const missedMs = 60_000;

/** The most times of the past that are counted, or done one after the other. */
export const mostTimes = 1000;

/** Due and skipped times of a schedule. */
export interface DueTimes {
  /** The times to do, oldest first. */
  readonly due: readonly Date[];
  /** How many passed that are left out, up to {@link mostTimes}. */
  readonly missed: number;
  /** The last of all these times; undefined: none has come. */
  readonly until: Date | undefined;
}

/** The instant that intervals are counted from. */
const origin = Date.UTC(2000, 0, 1);

/** The instants of a timing; undefined: it has none, because it waits for data. */
export function timesOf(when: ScheduleTiming, reportTimeZone: string): ScheduleTimes | undefined {
  if (when.kind === 'changed') return undefined;
  if (when.kind === 'cron') return cronTimes(when.expression, when.timeZone ?? reportTimeZone);
  const { ms } = when;
  return {
    next: (after) => new Date(origin + (Math.floor((after.getTime() - origin) / ms) + 1) * ms),
  };
}

/**
 * Which times of a schedule are to be done now.
 *
 * @param since - Up to when it was decided already; that time is not among them.
 * @param now - By the clock that all processes share.
 */
export function dueTimes(times: ScheduleTimes, since: Date, now: Date, catchUp: CatchUp): DueTimes {
  const first = times.next(since);
  if (first === undefined || first > now) return { due: [], missed: 0, until: undefined };
  if (catchUp === 'all') {
    const due = upTo(times, since, now);
    return { due, missed: 0, until: due.at(-1) };
  }
  // Intervals of more than eight years are looked for from the start.
  const last = previousTime(times, now) ?? untilNow(times, first, now) ?? first;
  const isMissed = now.getTime() - last.getTime() > missedMs;
  const due = catchUp === 'none' && isMissed ? [] : [last];
  const passed = upTo(times, since, last).length;
  return { due, missed: passed - due.length, until: last };
}

/** The times after one instant up to another, the first {@link mostTimes} of them. */
function upTo(times: ScheduleTimes, since: Date, until: Date): Date[] {
  const found: Date[] = [];
  let next = times.next(since);
  while (next !== undefined && next <= until && found.length < mostTimes) {
    found.push(next);
    next = times.next(next);
  }
  return found;
}

/** Spans within which the last time is looked for, in milliseconds: from a minute to the leap days around 2100. */
const spans = [1, 60, 24 * 60, 31 * 24 * 60, 366 * 24 * 60, 8 * 366 * 24 * 60].map(
  (minutes) => minutes * 60_000,
);

/** The last time up to an instant; undefined: there was none in years. */
export function previousTime(times: ScheduleTimes, now: Date): Date | undefined {
  for (const span of spans) {
    const found = untilNow(times, times.next(new Date(now.getTime() - span)), now);
    if (found !== undefined) return found;
  }
  return undefined;
}

function untilNow(times: ScheduleTimes, first: Date | undefined, now: Date): Date | undefined {
  let last: Date | undefined;
  for (let next = first; next !== undefined && next <= now; next = times.next(next)) last = next;
  return last;
}
