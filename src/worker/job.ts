// Jobs of the workers' queues and their answers, as JSON; the names of queues, and the most attempts of a job.

import type { ModelReport } from '../history/reports/pipeline-report.js';
import type { NotebookResult } from '../notebook/report/run-report.js';
import { queueTag, type NotebookTask } from '../notebook/share/notebook-task.js';
import type { GivenLimits } from '../pipeline/load/limits/source-limits.js';
import type { FileOutcome, ReadyTask } from '../pipeline/task-executor.js';

/** The queues: runs to lead, files to load, models to build, notebooks to execute. */
export const queueNames = ['runs', 'files', 'models', 'notebooks'] as const;

/** The name of a queue; notebooks may have one of their own, by a tag. */
export type QueueName = (typeof queueNames)[number] | `notebooks.${string}`;

/** Whether there may be a queue of this name. */
export function isQueueName(name: string): name is QueueName {
  const [first, tag, ...rest] = name.split('.');
  return tag === undefined
    ? queueNames.some((known) => known === name)
    : first === 'notebooks' && rest.length === 0 && queueTag.test(tag);
}

/**
 * How often a job is tried; then it is given up. Workers are killed for many reasons that are not the job's; who leads a run
 * does little by itself, and goes on where the one before was.
 */
export function mostAttempts(queue: QueueName): number {
  return queue === 'runs' ? 25 : 10;
}

/** A pipeline run to lead. */
export interface RunJob {
  readonly runId: number;
}

/** A run of notebooks to lead. */
export interface CollectionJob {
  readonly collection: number;
}

/** A task of a run that another process leads. */
export interface TaskJob {
  readonly runId: number;
  readonly task: ReadyTask;
  /** Limits that the run was given. */
  readonly limits: GivenLimits;
}

/** A notebook of a run that another process leads. */
export interface NotebookJob {
  readonly collection: number;
  readonly task: NotebookTask;
  /** What its kernel is expected to take, in bytes. */
  readonly memory: number;
}

/** Any job. */
export type Job = RunJob | CollectionJob | TaskJob | NotebookJob;

/** The answer to a {@link TaskJob}. */
export type TaskAnswer =
  /** Null: it is left to the leader. */
  { readonly file: FileOutcome | null } | { readonly model: ModelReport };

/** The answer to a {@link NotebookJob}. */
export interface NotebookAnswer {
  /** The instant of its start is a text. */
  readonly notebook: Omit<NotebookResult, 'startedAt'> & { readonly startedAt: string };
}

/** A job in words: `run 7`, `notebooks 8`, `load:a.log`, `gold.revenue`, `notebooks/revenue.ipynb`. */
export function jobName(job: Job): string {
  if ('task' in job) return taskName(job.task);
  return 'runId' in job ? `run ${job.runId}` : `notebooks ${job.collection}`;
}

/** The name of a task in the history. */
export function taskName({
  kind,
  name,
}: Pick<TaskJob['task'] | NotebookTask, 'kind' | 'name'>): string {
  return kind === 'file' ? `load:${name}` : name;
}

/** The priority of a notebook, by which workers take only what they have room for; larger ones go first. */
export function megabytes(bytes: number): number {
  return Math.min(1_000_000_000, Math.ceil(bytes / 1e6));
}
