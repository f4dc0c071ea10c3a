// Types of pipeline runs and tasks in the history.

import type {
  ModelStatus,
  Notice,
  PassedOver,
  PipelineReport,
} from '../reports/pipeline-report.js';
import type { TaskError } from '../reports/task-error.js';

/**
 * The types of the history of pipeline runs (`ops`), for pages, commands and the pipeline. The report of a run is
 * in `pipeline-report`, the loaded files are in `ledger`.
 */

/** The step of a run that stands for all files. */
export const loadStep = 'load';

/** The kind of a task. */
export type TaskKind = 'load' | 'model' | 'view' | 'test';

/** The status of a task, as in `ops.task_run_state`. */
export type TaskStatus = ModelStatus | 'queued' | 'pending' | 'running' | 'interrupted';

/** A query plan with actual rows: the JSON of `explain` (documentation of EXPLAIN, and Using EXPLAIN). */
export type QueryPlan = readonly [{ readonly Plan: { readonly 'Actual Rows': number } }];

/** One run; times are RFC 3339 in UTC. */
export interface PipelineRun {
  readonly runId: number;
  /** `queued`: it waits for a worker. `interrupted`: its process is gone, or it was stopped. */
  readonly status: 'queued' | 'running' | 'passed' | 'failed' | 'interrupted';
  /** The trigger: `command`, `schedule`, `up`. */
  readonly trigger: string;
  readonly codeVersion: string | null;
  readonly timeZone: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly error: TaskError | null;
  /** The key of a run that several processes share; null: none. */
  readonly runKey?: string | null;
}

/** A run with its report, for commands. */
export interface ReportedRun extends PipelineRun {
  readonly dataDir: string;
  readonly asOf: string | null;
  readonly durationMs: number | null;
  /** Null while it runs, and when its process died. */
  readonly summary: PipelineReport | null;
}

/** A run in lists of pages: its number is part of addresses, and long values are counted or cut. */
export interface ListedRun extends Omit<PipelineRun, 'runId'> {
  readonly runId: string;
  /** Lines of the files that this run read; null until it ends. */
  readonly linesLoaded: number | null;
  readonly linesRejected: number | null;
  readonly dataThrough: string | null;
  /** The number of its new shapes. */
  readonly driftCount: number;
  /** The first hundred skipped files, and the number of all. */
  readonly passedOver: readonly PassedOver[];
  readonly passedOverCount: number;
  readonly taskCount: number;
  /** Its notices; undefined: written by an earlier version. */
  readonly notices?: readonly Notice[] | null;
}

/** A task with its log. */
export interface PipelineTask {
  readonly task: string;
  readonly kind: TaskKind;
  readonly status: TaskStatus;
  /** The number of attempts. */
  readonly attempt: number;
  readonly rowCount: number | null;
  readonly startedAt: string | null;
  /** Null: it did not end. */
  readonly durationMs: number | null;
  /** Why it ran or not; null: unknown. */
  readonly reason: string | null;
  readonly error: TaskError | null;
  /** The executed statements. */
  readonly sql: string | null;
  /** The plan of a table's query. */
  readonly plan: QueryPlan | null;
}

/** A task on a page. */
export interface ListedTask extends PipelineTask {
  /** Statements and plan were left out, because the page has too many. */
  readonly isCut?: boolean;
}
