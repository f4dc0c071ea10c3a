// The times of deadlines, and what a deadline is about, in words. Pure: clock and arrivals are parameters.

import { cronTimes, type ScheduleTimes } from '../config/declarations/cron-expression.js';
import { weekdays, type DeadlineSettings } from '../config/declarations/deadline-config.js';
import { previousTime } from './due-times.js';

/** One time of a deadline: something has to arrive from one instant on, up to another. */
export interface DeadlineWindow {
  readonly since: Date;
  readonly dueAt: Date;
}

/** The instants of a deadline. */
export function deadlineTimes(deadline: DeadlineSettings, reportTimeZone: string): ScheduleTimes {
  return cronTimes(clockExpression(deadline.by, deadline.days), zoneOf(deadline, reportTimeZone));
}

function zoneOf({ timeZone }: DeadlineSettings, reportTimeZone: string): string {
  return timeZone ?? reportTimeZone;
}

/** A time of the day on some days as a cron expression; 24:00 is the start of the next day. */
function clockExpression(clock: string, days: readonly number[]): string {
  const [hour = '', minute = ''] = clock.split(':');
  const isEnd = hour === '24';
  const shown = isEnd ? days.map((day) => (day + 1) % 7) : days;
  return `${Number(minute)} ${isEnd ? 0 : Number(hour)} * * ${shown.length === 7 ? '*' : shown.join(',')}`;
}

/** The last time of a deadline up to an instant; undefined: there was none in years. */
export function lastWindow(
  deadline: DeadlineSettings,
  reportTimeZone: string,
  now: Date,
): DeadlineWindow | undefined {
  const dueAt = previousTime(deadlineTimes(deadline, reportTimeZone), now);
  return dueAt && windowOf(deadline, reportTimeZone, dueAt);
}

/** The next time of a deadline after an instant. */
export function nextWindow(
  deadline: DeadlineSettings,
  reportTimeZone: string,
  now: Date,
): DeadlineWindow | undefined {
  const dueAt = deadlineTimes(deadline, reportTimeZone).next(now);
  return dueAt && windowOf(deadline, reportTimeZone, dueAt);
}

function windowOf(deadline: DeadlineSettings, reportTimeZone: string, dueAt: Date): DeadlineWindow {
  const starts = cronTimes(
    clockExpression(deadline.since, [0, 1, 2, 3, 4, 5, 6]),
    zoneOf(deadline, reportTimeZone),
  );
  const since = previousTime(starts, new Date(dueAt.getTime() - 1));
  return { since: since ?? new Date(dueAt.getTime() - 86_400_000), dueAt };
}

/** What a deadline is about. */
export function describeSubject({ of }: DeadlineSettings): string {
  return 'data' in of ? of.data : `schedule ${of.schedule}`;
}

/** `gold.revenue by 07:00 on weekdays in Europe/Berlin`. */
export function describeDeadline(deadline: DeadlineSettings, reportTimeZone: string): string {
  const { by, days } = deadline;
  const isWeek = days.join() === '1,2,3,4,5';
  const on =
    days.length === 7
      ? 'each day'
      : `on ${isWeek ? 'weekdays' : days.map((day) => weekdays[day]).join(', ')}`;
  const zone = zoneOf(deadline, reportTimeZone);
  return `${describeSubject(deadline)} by ${by} ${on} in ${zone}`;
}
