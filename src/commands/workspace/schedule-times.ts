import { Cron } from 'croner';
import { DaybookError } from '../../errors.js';

/** The instants of a cron expression. */
export interface ScheduleTimes {
  /** The first instant after one, default now; undefined: none follows. */
  next(after?: Date): Date | undefined;
}

/**
 * Reads a cron expression. When clocks go back, an hourly job runs in both of the doubled hours and a
 * daily one once; when they go forward, a time that is left out comes right after the gap (cron(8)).
 *
 * @param expression - Five fields, or six with seconds first.
 * @param timeZone - The zone in which it counts, an IANA name.
 * @throws DaybookError `USAGE` for anything else, and for a time that never comes.
 */
export function parseSchedule(expression: string, timeZone: string): ScheduleTimes {
  let cron: Cron;
  try {
    cron = new Cron(expression, { timezone: timeZone, paused: true });
  } catch (cause) {
    throw new DaybookError('USAGE', `daybook schedule: "${expression}" is not a cron expression`, {
      cause,
      hint: "five fields: minute hour day month weekday, like '30 6 * * 1-5'",
    });
  }
  const next = (after = new Date()): Date | undefined => cron.nextRun(after) ?? undefined;
  if (next() === undefined) {
    throw new DaybookError('USAGE', `daybook schedule: the time "${expression}" never comes`, {
      hint: 'a day that its month does not have? Fields: minute hour day month weekday',
    });
  }
  return { next };
}
