// The report of a pipeline run.

import type { RejectCounts } from '../rejects/reject.js';
import type { TaskError } from './task-error.js';

/** A skipped file of the data folder. */
export interface PassedOver {
  /** Path relative to the data folder. */
  readonly file: string;
  /** The reason, in words that follow its name. */
  readonly reason: string;
}

/** The status of a file: `removed` was loaded once and is no longer in the data folder. */
export type FileStatus = 'loaded' | 'unchanged' | 'removed' | 'failed';

/**
 * The status of a model. `passed`: new rows are published. `unchanged`: it was not built, or built with the same
 * rows. `skipped`: the run was stopped before it.
 */
export type ModelStatus = 'passed' | 'unchanged' | 'failed' | 'upstream_failed' | 'skipped';

/** The result of a file. */
export interface FileReport {
  /** Path relative to the data folder. */
  readonly file: string;
  /** Its source. */
  readonly source: string;
  readonly status: FileStatus;
  /** Why it was loaded or not, in words that follow its name. */
  readonly reason?: string;
  /** Lines that this run read: `loaded` and `rejected` together. */
  readonly lines: number;
  readonly loaded: number;
  readonly rejected: number;
  /** The blank ones among the rejected lines. */
  readonly blank?: number;
  readonly durationMs: number;
  readonly error?: TaskError;
}

/** The result of a model. */
export interface ModelReport {
  /** `schema.name`. */
  readonly model: string;
  readonly status: ModelStatus;
  /** Whether it was built in this run. */
  readonly isBuilt: boolean;
  /** Why it was built or not, in words that follow its name. */
  readonly reason: string;
  /** Rows of the table; null of a view and of a model that failed. */
  readonly rows: number | null;
  readonly durationMs: number;
  readonly error?: TaskError;
}

/** A new field, type or value in the lines of a source. Nothing is lost: it is in the payload, or loaded. */
export interface Drift {
  readonly source: string;
  /** A new field, a field with values of another type, or an unexpected value. */
  readonly kind: 'field' | 'type' | 'value';
  /** The field or the column. */
  readonly name: string;
  /** The type or the value. */
  readonly detail: string;
  /** The file in which it was seen first. */
  readonly file: string;
}

/** A notice: something that needs attention although the run did not fail for it. */
export interface Notice {
  /**
   * `rejects`: lines were rejected, within the limit. `removed`: lines were removed, within the limit. `drift`:
   * new fields, types or values. `stale`: the newest event is older than the source declares. `query`: a line of a
   * notebook does not fit the tables any more.
   */
  readonly kind: 'rejects' | 'removed' | 'drift' | 'stale' | 'query';
  /** The source's name; of a query its place, like `notebooks/churn.ipynb:3:2:10`: cell, line, column. */
  readonly source: string;
  /** In words that follow the source's name. */
  readonly message: string;
}

/** The report of a run. */
export interface PipelineReport {
  readonly runId: number;
  readonly status: 'passed' | 'failed';
  readonly durationMs: number;
  /** Files that were loaded, removed or failed, and the number of unchanged ones. */
  readonly files: readonly FileReport[];
  readonly unchangedFiles: number;
  /** Skipped files with their reasons. */
  readonly passedOver: readonly PassedOver[];
  /** Lines of this run's files. */
  readonly lines: { readonly read: number; readonly loaded: number; readonly rejected: number };
  /** All lines in quarantine after loading, by reason. */
  readonly rejects: RejectCounts;
  /** Fields, types and values that no earlier run saw and no declaration expects. */
  readonly drift: readonly Drift[];
  /** Notices of the run. */
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
