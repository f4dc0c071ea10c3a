// The jobs of the queue: what is asked of a worker, and what it answers. All of it is JSON.

import type { ModelReport } from '../history/reports/pipeline-report.js';
import type { GivenLimits } from '../pipeline/load/limits/source-limits.js';
import type { FileOutcome, ReadyTask } from '../pipeline/task-executor.js';

/** What a worker may take on: to lead runs, to load files, to build models. */
export const queueNames = ['runs', 'files', 'models'] as const;

/** The name of a queue. */
export type QueueName = (typeof queueNames)[number];

/** How often a job is tried; then it is given up. */
export const mostAttempts = 5;

/** A run to lead. */
export interface RunJob {
  readonly runId: number;
}

/** A task of a run that another process leads. */
export interface TaskJob {
  readonly runId: number;
  readonly task: ReadyTask;
  /** Limits that the run was given. */
  readonly limits: GivenLimits;
}

/** The answer to a {@link TaskJob}. */
export type TaskAnswer =
  /** Null: it is left to the leader. */
  { readonly file: FileOutcome | null } | { readonly model: ModelReport };

/** A job in words: `run 7`, `load:a.log`, `gold.revenue`. */
export function jobName(job: RunJob | TaskJob): string {
  return 'task' in job ? taskName(job.task) : `run ${job.runId}`;
}

/** The name of a task in the history. */
export function taskName({ kind, name }: TaskJob['task']): string {
  return kind === 'file' ? `load:${name}` : name;
}
