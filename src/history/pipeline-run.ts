import type { ModelStatus, Notice, PassedOver, PipelineReport } from './pipeline-report.js';
import type { TaskError } from './task-error.js';

/**
 * The history of pipeline runs as the warehouse keeps it, in `ops`: one set of types for pages, commands and the
 * pipeline itself. What a run reports is in `pipeline-report`, the files that are loaded in `ledger`.
 */

/** The step of a run that stands for all files. */
export const loadStep = 'load';

/** What kind of work a task is. */
export type TaskKind = 'load' | 'model' | 'view' | 'test';

/** How a task stands or ended, as `ops.task_run_state` has it. */
export type TaskStatus = ModelStatus | 'pending' | 'running' | 'interrupted';

/**
 * How Postgres carried a query out: the JSON of `explain`, one element with the tree of its steps, how
 * many rows it expected of each and how many came (documentation of EXPLAIN, and Using EXPLAIN).
 */
export type QueryPlan = readonly [{ readonly Plan: { readonly 'Actual Rows': number } }];

/** One run; times are RFC 3339 in UTC. */
export interface PipelineRun {
  readonly runId: number;
  /** `interrupted`: its process is gone, or somebody stopped it. */
  readonly status: 'running' | 'passed' | 'failed' | 'interrupted';
  /** What started it: `command`, `schedule`, `up`. */
  readonly trigger: string;
  readonly codeVersion: string | null;
  readonly timeZone: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly error: TaskError | null;
}

/** A run with all that it did, for commands. */
export interface ReportedRun extends PipelineRun {
  readonly dataDir: string;
  readonly asOf: string | null;
  readonly durationMs: number | null;
  /** Null while it runs and when its process died. */
  readonly summary: PipelineReport | null;
}

/** A run as pages list it: its number is part of addresses, and what may be long is counted or cut. */
export interface ListedRun extends Omit<PipelineRun, 'runId'> {
  readonly runId: string;
  /** Lines of the files that this run read; null until it ends. */
  readonly linesLoaded: number | null;
  readonly linesRejected: number | null;
  readonly dataThrough: string | null;
  /** How many things its lines had that no earlier run saw. */
  readonly driftCount: number;
  /** Files that it did not read, the first hundred, and how many there are. */
  readonly passedOver: readonly PassedOver[];
  readonly passedOverCount: number;
  readonly taskCount: number;
  /** What to look at although nothing failed for it; undefined: runs of earlier versions have none. */
  readonly notices?: readonly Notice[] | null;
}

/** One task with its log. */
export interface PipelineTask {
  readonly task: string;
  readonly kind: TaskKind;
  readonly status: TaskStatus;
  /** How often it was tried. */
  readonly attempt: number;
  readonly rowCount: number | null;
  readonly startedAt: string | null;
  /** Null of a task that did not end. */
  readonly durationMs: number | null;
  /** Why it ran or not, in words; null: nobody said. */
  readonly reason: string | null;
  readonly error: TaskError | null;
  /** The statements that ran. */
  readonly sql: string | null;
  /** Of a table that was built. */
  readonly plan: QueryPlan | null;
}

/** A task as a page shows it. */
export interface ListedTask extends PipelineTask {
  /** Statements and plan were left out, since those of other tasks are long. */
  readonly isCut?: boolean;
}
