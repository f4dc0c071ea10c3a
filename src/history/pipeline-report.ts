// The report of a pipeline run.

import type { RejectReason } from './reject.js';
import type { TaskError } from './task-error.js';

/** A file of the data folder that is not read. */
export interface PassedOver {
  /** Path below the data folder. */
  readonly file: string;
  /** Why, in words that follow its name. */
  readonly reason: string;
}

/** How a file ended: `removed` was loaded once and is no longer in the data folder. */
export type FileStatus = 'loaded' | 'unchanged' | 'removed' | 'failed';

/**
 * How a model ended. `passed`: new rows are published. `unchanged`: it was not built, because nothing
 * changed, or it was and its rows are the same. `skipped`: the run was stopped before it.
 */
export type ModelStatus = 'passed' | 'unchanged' | 'failed' | 'upstream_failed' | 'skipped';

/** What became of one file. */
export interface FileReport {
  /** Path below the data folder. */
  readonly file: string;
  /** The source that it belongs to. */
  readonly source: string;
  readonly status: FileStatus;
  /** Why it was loaded or not, in words that follow its name. */
  readonly reason?: string;
  /** Lines that were read in this run: `loaded` and `rejected` together. */
  readonly lines: number;
  readonly loaded: number;
  readonly rejected: number;
  /** Of the rejected lines those that are blank. */
  readonly blank?: number;
  readonly durationMs: number;
  readonly error?: TaskError;
}

/** What became of one model. */
export interface ModelReport {
  /** `schema.name`. */
  readonly model: string;
  readonly status: ModelStatus;
  /** Whether it was built in this run; otherwise nothing that it is made of had changed. */
  readonly isBuilt: boolean;
  /** Why it was built or not, in words that follow its name. */
  readonly reason: string;
  /** Rows of the table; null of a view and of a model that failed. */
  readonly rows: number | null;
  readonly durationMs: number;
  readonly error?: TaskError;
}

/** Lines of the quarantine by their reason. */
export type RejectCounts = Partial<Record<RejectReason, number>>;

/** Something new in the lines of a source. Nothing of it is lost: it is in the payload, or loaded. */
export interface Drift {
  readonly source: string;
  /** A field that is new, a field with values of another type, or a value that nobody expects. */
  readonly kind: 'field' | 'type' | 'value';
  /** The field or the column. */
  readonly name: string;
  /** The type, or the value. */
  readonly detail: string;
  /** Where it was seen first. */
  readonly file: string;
}

/** Something that somebody should look at although the run could go on. */
export interface Notice {
  /**
   * `rejects`: lines were rejected, within the limit. `removed`: lines went, within the limit. `drift`: lines
   * are made of other things. `stale`: the newest event is older than the source declares.
   */
  readonly kind: 'rejects' | 'removed' | 'drift' | 'stale';
  readonly source: string;
  /** In words that follow the source's name. */
  readonly message: string;
}

/** What a run did. */
export interface PipelineReport {
  readonly runId: number;
  readonly status: 'passed' | 'failed';
  readonly durationMs: number;
  /** Files that were loaded, removed or failed, and how many stayed as they were. */
  readonly files: readonly FileReport[];
  readonly unchangedFiles: number;
  /** Files of the data folder that were not read, and why. */
  readonly passedOver: readonly PassedOver[];
  /** Lines of this run's files. */
  readonly lines: { readonly read: number; readonly loaded: number; readonly rejected: number };
  /** All lines that the quarantine holds after loading, by reason. */
  readonly rejects: RejectCounts;
  /** What lines were made of that no earlier run saw and no declaration expects. */
  readonly drift: readonly Drift[];
  /** What to look at although nothing failed for it. */
  readonly notices: readonly Notice[];
  readonly models: readonly ModelReport[];
  /** Relations of models whose files are gone: dropped, or kept because something depends on them. */
  readonly dropped: readonly string[];
  readonly kept: readonly string[];
  /** The instant of the report and the newest event, RFC 3339 in UTC. */
  readonly asOf: string | null;
  readonly dataThrough: string | null;
  /** Why the run failed as a whole; failures of tasks are with the tasks. */
  readonly error?: TaskError;
}
