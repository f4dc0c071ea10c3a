// Validation of deadlines in the project file. Their fields are documented in define-config.ts.

import type { FieldReader } from './field-reader.js';
import { isClock, namePattern } from './schedule-config.js';
import { timeZoneProblem } from './time-zone.js';

/** The days of a week, by their numbers in cron expressions. */
export const weekdays = [
  ...['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'],
] as const;

/** A deadline, complete. */
export interface DeadlineSettings {
  readonly name: string;
  /** What has to arrive: rows of a source or table, or the end of a schedule that passed. */
  readonly of: { readonly data: string } | { readonly schedule: string };
  /** The time of the day, from `00:00` to `24:00`. */
  readonly by: string;
  /** The time of the day from which on an arrival counts: the last one before the deadline. */
  readonly since: string;
  /** Its days, by {@link weekdays}. */
  readonly days: readonly number[];
  /** Undefined: the report's. */
  readonly timeZone: string | undefined;
}

const deadlineFields = ['data', 'schedule', 'by', 'since', 'on', 'timeZone'];

/**
 * Reads the deadlines of a project file.
 *
 * @param schedules - The names of its schedules.
 */
export function readDeadlines(
  value: unknown,
  reader: FieldReader,
  schedules: readonly string[],
): readonly DeadlineSettings[] {
  return Object.entries(reader.object(value, ['deadlines'])).flatMap(([name, declared]) => {
    const path = ['deadlines', name];
    if (!namePattern.test(name)) {
      reader.wrong(path, 'a deadline is named by lower-case letters, digits, - and _, at most 60');
      return [];
    }
    const given = reader.object(declared, path, deadlineFields);
    const text = (field: string, problem: (words: string) => string | undefined) =>
      reader.text(given[field], [...path, field], problem);
    const data = text('data', (words) => (words.trim() === '' ? 'must be a name' : undefined));
    const schedule = text('schedule', (words) =>
      schedules.includes(words) ? undefined : `there is no schedule "${words}"`,
    );
    if ((given['data'] === undefined) === (given['schedule'] === undefined)) {
      reader.wrong(path, "must have data or a schedule, like data: 'schema.table'");
    }
    const by = text('by', clockProblem);
    if (given['by'] === undefined) reader.wrong(path, "must say by when, like by: '07:00'");
    const of = data !== undefined ? { data } : schedule !== undefined ? { schedule } : undefined;
    if (by === undefined || of === undefined) return [];
    return {
      ...{ name, of, by },
      since: text('since', clockProblem) ?? '00:00',
      days: readDays(given['on'], [...path, 'on'], reader),
      timeZone: text('timeZone', timeZoneProblem),
    };
  });
}

function clockProblem(text: string): string | undefined {
  return isClock(text) ? undefined : `"${text}" is not a time of the day like 07:00`;
}

const allDays = [0, 1, 2, 3, 4, 5, 6];

function readDays(value: unknown, path: readonly string[], reader: FieldReader): readonly number[] {
  if (value === undefined || value === 'every day') return allDays;
  if (value === 'weekdays') return [1, 2, 3, 4, 5];
  const names: readonly string[] = weekdays;
  const days = Array.isArray(value) ? value.map((day) => names.indexOf(String(day))) : [];
  if (days.length > 0 && !days.includes(-1)) return [...new Set(days)].sort();
  reader.wrong(path, "must be 'every day', 'weekdays', or days, like ['monday', 'friday']");
  return allDays;
}
