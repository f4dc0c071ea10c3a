// Validation of schedules in the project file: a new kind of timing is read here. Their fields are documented in
// define-config.ts.

import type { CronProblem } from './cron-expression.js';
import type { FieldReader } from './field-reader.js';
import { timeZoneProblem } from './time-zone.js';

/** What a schedule does, in this order. */
export interface ScheduledWork {
  /** Whether files are loaded and models built; names: only these models. */
  readonly pipeline: boolean | readonly string[];
  /** Whether notebooks are executed; paths: only these. */
  readonly notebooks: boolean | readonly string[];
  /** The folder for a static copy of the dashboard, relative to the root; undefined: none. */
  readonly export: string | undefined;
}

/** When a schedule is due. */
export type ScheduleTiming =
  | {
      readonly kind: 'cron';
      readonly expression: string;
      /** Undefined: the report's. */
      readonly timeZone: string | undefined;
    }
  | { readonly kind: 'every'; readonly ms: number; readonly text: string }
  /** When the rows of one of these sources or tables have changed. */
  | { readonly kind: 'changed'; readonly names: readonly string[] };

/** Which of the times are made up for that passed without a scheduler, or while the one before was at work. */
export type CatchUp = 'none' | 'latest' | 'all';

/** A schedule, complete. */
export interface ScheduleSettings {
  readonly name: string;
  readonly description: string | undefined;
  readonly does: ScheduledWork;
  readonly when: ScheduleTiming;
  readonly catchUp: CatchUp;
  /** What becomes of a time whose process died: it runs again, or is left. */
  readonly ifDied: 'again' | 'leave';
  /** Where its pipeline and notebooks run: in the scheduler's process, or on workers. */
  readonly where: 'here' | 'workers';
}

const scheduleFields = [
  ...['description', 'does', 'cron', 'timeZone', 'every', 'whenChanged'],
  ...['catchUp', 'ifDied', 'where'],
];

const everything: ScheduledWork = { pipeline: true, notebooks: true, export: undefined };

/** A name as commands and pages have it. */
export const namePattern = /^[a-z0-9][a-z0-9_-]{0,59}$/;

/**
 * Reads the schedules of a project file.
 *
 * @param cronProblem - Checks cron expressions. Default: they are not checked.
 */
export function readSchedules(
  value: unknown,
  reader: FieldReader,
  cronProblem: CronProblem = () => undefined,
): readonly ScheduleSettings[] {
  return Object.entries(reader.object(value, ['schedules'])).flatMap(([name, declared]) => {
    const path = ['schedules', name];
    if (!namePattern.test(name)) {
      reader.wrong(path, 'a schedule is named by lower-case letters, digits, - and _, at most 60');
      return [];
    }
    const given = reader.object(declared, path, scheduleFields);
    const when = readTiming(given, path, reader, cronProblem);
    if (when === undefined) return [];
    const oneOf = <Value extends string>(field: string, values: readonly Value[]) =>
      reader.oneOf(given[field], [...path, field], values);
    return {
      name,
      description: reader.text(given['description'], [...path, 'description'], descriptionProblem),
      does: readWork(given['does'], [...path, 'does'], reader),
      when,
      catchUp: oneOf('catchUp', ['none', 'latest', 'all']) ?? 'latest',
      ifDied: oneOf('ifDied', ['again', 'leave']) ?? 'again',
      where: oneOf('where', ['here', 'workers']) ?? 'here',
    };
  });
}

function readTiming(
  given: Readonly<Record<string, unknown>>,
  path: readonly string[],
  reader: FieldReader,
  cronProblem: CronProblem,
): ScheduleTiming | undefined {
  const kinds = ['cron', 'every', 'whenChanged'].filter((name) => given[name] !== undefined);
  if (kinds.length !== 1) {
    reader.wrong(path, `must have one of cron, every and whenChanged, like cron: '0 5 * * *'`);
    return undefined;
  }
  const at = (name: string) => [...path, name];
  const timeZone = reader.text(given['timeZone'], at('timeZone'), timeZoneProblem);
  if (timeZone !== undefined && kinds[0] !== 'cron') {
    reader.wrong(at('timeZone'), 'belongs to cron; the others know no zone');
  }
  if (kinds[0] === 'cron') {
    const expression = reader.text(given['cron'], at('cron'), (text) =>
      cronProblem(text, timeZone ?? 'UTC'),
    );
    return expression === undefined ? undefined : { kind: 'cron', expression, timeZone };
  }
  if (kinds[0] === 'every') {
    const text = reader.text(given['every'], at('every'), durationProblem);
    const ms = text === undefined ? undefined : readInterval(text);
    return text === undefined || ms === undefined ? undefined : { kind: 'every', ms, text };
  }
  const names = reader.texts(given['whenChanged'], at('whenChanged'));
  return names === undefined ? undefined : { kind: 'changed', names };
}

function readWork(value: unknown, path: readonly string[], reader: FieldReader): ScheduledWork {
  if (value === undefined) return everything;
  const given = reader.object(value, path, ['pipeline', 'notebooks', 'export']);
  const part = (name: string): boolean | readonly string[] => {
    const wanted = given[name];
    if (wanted === undefined || typeof wanted === 'boolean') return wanted ?? false;
    return reader.texts(wanted, [...path, name], 'must be true, or a list of names') ?? false;
  };
  const work = {
    pipeline: part('pipeline'),
    notebooks: part('notebooks'),
    export: reader.text(given['export'], [...path, 'export'], (text) =>
      text.trim() === '' ? 'must be a folder' : undefined,
    ),
  };
  if (Object.keys(given).length === 0) reader.wrong(path, 'must do something');
  return work;
}

function descriptionProblem(text: string): string | undefined {
  return /^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u.test(text)
    ? undefined
    : 'must be one line of 1 to 200 characters';
}

/** Whether a text is a time of the day, from 00:00 to 24:00. */
export function isClock(text: string): boolean {
  return /^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(text);
}

const unitMs = {
  ...{ second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 },
} as const;

/** Reads `15 minutes` as milliseconds; undefined for anything else, and for nothing. */
export function readInterval(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6}) (second|minute|hour|day|week)s?$/.exec(text) ?? [];
  const ms = Number(count) * unitMs[unit as keyof typeof unitMs];
  return count === undefined || ms === 0 ? undefined : ms;
}

function durationProblem(text: string): string | undefined {
  return readInterval(text) === undefined
    ? `"${text}" is not a duration like 15 minutes or 1 day`
    : undefined;
}
