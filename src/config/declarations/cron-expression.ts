// Cron expressions in a time zone: which are right, and when they come.

import { Cron } from 'croner';

/** The instants of a schedule, in order. */
export interface ScheduleTimes {
  /** The first instant after another; undefined: none follows. */
  next(after: Date): Date | undefined;
}

/** Says what is wrong with a cron expression; undefined: nothing. */
export type CronProblem = (expression: string, timeZone: string) => string | undefined;

/** What to write instead of a wrong expression. */
export const cronHint = "five fields: minute hour day month weekday, like '30 6 * * 1-5'";

/** Longer than any zone's clocks ever went back, in milliseconds. */
const longestShiftMs = 3 * 60 * 60 * 1000;

/**
 * The instants of a cron expression. When clocks go back, an hourly time comes in both of the repeated hours and a daily
 * one once, in the first; when they go forward, a skipped time comes right after the gap (cron(8)). The same instants
 * come from wherever the search starts.
 *
 * @param expression - Five fields, or six with seconds first.
 * @param timeZone - An IANA name.
 * @throws Error when it is no expression.
 */
export function cronTimes(expression: string, timeZone: string): ScheduleTimes {
  const cron = new Cron(expression, { timezone: timeZone, paused: true });
  const clock = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  const offset = (time: number): string | undefined =>
    clock.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value;
  return {
    next: (after) => {
      const isSteady = offset(after.getTime() - longestShiftMs) === offset(after.getTime());
      if (isSteady) return cron.nextRun(after) ?? undefined;
      // From within a repeated hour croner would take its second time for the first.
      let next = cron.nextRun(new Date(after.getTime() - longestShiftMs));
      while (next !== null && next <= after) next = cron.nextRun(next);
      return next ?? undefined;
    },
  };
}

/** What is wrong with a cron expression: it is none, or its time never comes. */
export const cronProblem: CronProblem = (expression, timeZone) => {
  let times: ScheduleTimes;
  try {
    times = cronTimes(expression, timeZone);
  } catch {
    return `"${expression}" is not a cron expression; ${cronHint}`;
  }
  return times.next(new Date()) === undefined
    ? `the time "${expression}" never comes: a day that its month does not have?`
    : undefined;
};
