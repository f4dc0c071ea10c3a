import type { LimitSettings, LineLimit } from '../../../config/limits.js';
import type { DeclaredLimits, Source } from '../../definitions/source.js';

/** What whoever starts a run says of its limits; it goes before the environment and declarations. */
export interface GivenLimits {
  /** Rejected lines, of each file and of each source. */
  readonly maxRejects?: LineLimit | undefined;
  /** Whatever is gone from the folder, or has become shorter, is taken out. Default false. */
  readonly allowRemoval?: boolean | undefined;
}

/** What holds for one source in one run. */
export interface SourceLimits {
  /** Rejected lines of a file, without blank ones. */
  readonly fileRejects: LineLimit;
  /** Rejected lines of all its files; undefined: any number, as long as a line is accepted. */
  readonly sourceRejects: LineLimit | undefined;
  /** Loaded lines that a run may take out. */
  readonly removal: LineLimit;
  /** How far an event may lie ahead of the run, in milliseconds; Infinity: as far as it likes. */
  readonly futureMs: number;
  /** How old its newest event may be before a run says so, in milliseconds; undefined: as old as it likes. */
  readonly ageMs: number | undefined;
}

/** Which limits hold for a source, by its name; also for one that is declared no more. */
export type LimitsOf = (source: string) => SourceLimits;

/** More than a tenth of a file that is rejected is no accident of single lines. */
const defaultFileRejects: LineLimit = { percent: 10 };

/** More than a week of a month that is kept, or two months of a year, do not go by themselves. */
const defaultRemoval: LineLimit = { percent: 20 };

/** Clocks of other zones and machines that are somewhat wrong are no future. */
const defaultFutureMs = 24 * 60 * 60 * 1000;

/**
 * The limits of each source: what is given goes before the environment, that before the declaration, and that
 * before the default.
 */
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

/** The sources whose newest event may be only so old, in milliseconds. */
export function ageBounds(
  sources: readonly Pick<Source, 'name'>[],
  limitsOf: LimitsOf,
): { source: string; ageMs: number }[] {
  return sources.flatMap(({ name }) => {
    const { ageMs } = limitsOf(name);
    return ageMs === undefined || ageMs === Infinity ? [] : [{ source: name, ageMs }];
  });
}

/** Whether so many of all lines are more than the limit allows. */
export function exceeds(limit: LineLimit, lines: number, all: number): boolean {
  return 'lines' in limit ? lines > limit.lines : lines * 100 > limit.percent * all;
}
