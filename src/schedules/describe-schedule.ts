// Schedules in words: when they are due and what they do.

import type { ScheduledWork, ScheduleSettings } from '../config/declarations/schedule-config.js';

/** `0 5 * * * in Europe/Berlin: pipeline, notebooks`. */
export function describeSchedule(schedule: ScheduleSettings, reportTimeZone: string): string {
  return `${describeTiming(schedule, reportTimeZone)}: ${describeWork(schedule.does)}`;
}

/** When a schedule is due, in words. */
export function describeTiming(
  { when }: Pick<ScheduleSettings, 'when'>,
  reportTimeZone: string,
): string {
  if (when.kind === 'cron') return `${when.expression} in ${when.timeZone ?? reportTimeZone}`;
  if (when.kind === 'every') return `every ${when.text}`;
  return `when ${when.names.join(' or ')} changed`;
}

/** What a schedule does, in words. */
export function describeWork({ pipeline, notebooks, export: folder }: ScheduledWork): string {
  const part = (name: string, wanted: boolean | readonly string[]): string[] =>
    wanted === false ? [] : [wanted === true ? name : `${name} ${wanted.join(' ')}`];
  return [
    ...part('pipeline', pipeline),
    ...part('notebooks', notebooks),
    ...(folder === undefined ? [] : [`export ${folder}`]),
  ].join(', ');
}
