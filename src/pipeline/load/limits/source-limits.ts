// Limits of a source with their defaults: rejected lines, removal, future events, age.

import type { LimitSettings, LineLimit } from '../../../config/environment/limits.js';
import type { DeclaredLimits, Source } from '../../definitions/source.js';

/** Limits given for one run; they override environment and declarations. */
export interface GivenLimits {
  /** Rejected lines, of each file and of each source. */
  readonly maxRejects?: LineLimit | undefined;
  /** Allows any removal of lines whose files are gone or have become shorter. Default false. */
  readonly allowRemoval?: boolean | undefined;
}

/** The limits of a source in a run. */
export interface SourceLimits {
  /** Rejected lines of a file, without blank ones. */
  readonly fileRejects: LineLimit;
  /** Rejected lines of all its files; undefined: any number, as long as a line is accepted. */
  readonly sourceRejects: LineLimit | undefined;
  /** Loaded lines that a run may remove. */
  readonly removal: LineLimit;
  /** How far an event may lie ahead of the run, in milliseconds; Infinity: any. */
  readonly futureMs: number;
  /** The age of the newest event from which on a notice is given, in milliseconds; undefined: none. */
  readonly ageMs: number | undefined;
}

/** The limits of a source by its name, also for one that is declared no more. */
export type LimitsOf = (source: string) => SourceLimits;

/** The default limit of rejected lines: more than a tenth of a file is no accident of single lines. */
const defaultFileRejects: LineLimit = { percent: 10 };

/** The default removal limit: more than a week of a month, or two months of a year, do not vanish by accident. */
const defaultRemoval: LineLimit = { percent: 20 };

/** The default tolerance for clocks of other zones, and for clocks that are somewhat wrong. */
const defaultFutureMs = 24 * 60 * 60 * 1000;

/** The limits of each source, by precedence: given for the run, environment, declaration, default. */
export function limitsBySource(
  sources: readonly Source[],
  settings: LimitSettings,
  given: GivenLimits,
): LimitsOf {
  const declared = new Map(sources.map(({ name, limits }) => [name, limits]));
  return (source) => sourceLimits(declared.get(source), settings, given);
}

function sourceLimits(
  declared: DeclaredLimits | undefined,
  settings: LimitSettings,
  given: GivenLimits,
): SourceLimits {
  const maxRejects = given.maxRejects ?? settings.maxRejects;
  return {
    ageMs: declared?.ageMs,
    futureMs: settings.maxFutureMs ?? declared?.futureMs ?? defaultFutureMs,
    fileRejects: maxRejects ?? declared?.fileRejects ?? defaultFileRejects,
    sourceRejects: maxRejects ?? declared?.sourceRejects,
    removal:
      given.allowRemoval === true
        ? { percent: 100 }
        : (settings.maxRemoval ?? declared?.removal ?? defaultRemoval),
  };
}

/** The sources with a limit for the age of their newest event, in milliseconds. */
export function ageBounds(
  sources: readonly Pick<Source, 'name'>[],
  limitsOf: LimitsOf,
): { source: string; ageMs: number }[] {
  return sources.flatMap(({ name }) => {
    const { ageMs } = limitsOf(name);
    return ageMs === undefined || ageMs === Infinity ? [] : [{ source: name, ageMs }];
  });
}

/** Whether a number of lines, out of all, exceeds a limit. */
export function exceeds(limit: LineLimit, lines: number, all: number): boolean {
  return 'lines' in limit ? lines > limit.lines : lines * 100 > limit.percent * all;
}
