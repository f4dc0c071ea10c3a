// Limits of a run in the environment: parsing of counts, shares and durations.

import { countOf } from '../../text/amounts.js';
import type { ReadSetting } from './settings.js';

/** A number of lines, or a share in percent. */
export type LineLimit = { readonly lines: number } | { readonly percent: number };

/** The environment's limits; undefined: the source's, or the default. */
export interface LimitSettings {
  /** Rejected lines, of each file and of each source. */
  readonly maxRejects: LineLimit | undefined;
  /** Loaded lines of each source that a run may remove. */
  readonly maxRemoval: LineLimit | undefined;
  /** How far events may lie ahead of the run, in milliseconds; Infinity: any. */
  readonly maxFutureMs: number | undefined;
}

/** Reads `100` or `0.5%`; undefined for anything else. */
export function readLineLimit(text: string): LineLimit | undefined {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(text);
  const value = Number(match?.[1]);
  if (match?.[2] === '%' && value <= 100) return { percent: value };
  if (match?.[2] === '' && Number.isSafeInteger(value)) return { lines: value };
  return undefined;
}

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const;

/** Reads `36 hours` as milliseconds and `any` as Infinity; undefined for anything else. */
export function readDuration(text: string): number | undefined {
  if (text === 'any') return Infinity;
  const [, count, unit] = /^(\d{1,6}) (minute|hour|day|week)s?$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * unitMs[unit as keyof typeof unitMs];
}

/** `1 line`, `100 lines`, `0.5%`. */
export function describeLimit(limit: LineLimit): string {
  if ('percent' in limit) return `${limit.percent}%`;
  return countOf(limit.lines, 'line');
}

/** Reads the environment's limits. */
export function readLimitSettings(read: ReadSetting): LimitSettings {
  const limit = (name: 'DAYBOOK_MAX_REJECTS' | 'DAYBOOK_MAX_REMOVAL'): LineLimit | undefined => {
    const text = read(name, limitProblem);
    return text === undefined ? undefined : readLineLimit(text);
  };
  const future = read('DAYBOOK_MAX_FUTURE', durationProblem);
  return {
    maxRejects: limit('DAYBOOK_MAX_REJECTS'),
    maxRemoval: limit('DAYBOOK_MAX_REMOVAL'),
    maxFutureMs: future === undefined ? undefined : readDuration(future),
  };
}

function limitProblem(text: string): string | undefined {
  return readLineLimit(text) === undefined
    ? `"${text}" is no number of lines and no percentage, like 100 or 0.5%`
    : undefined;
}

function durationProblem(text: string): string | undefined {
  return readDuration(text) === undefined
    ? `"${text}" is no duration like 36 hours or 1 day, and not "any"`
    : undefined;
}
