// The executor that sends a run's tasks to workers; small tasks are done by the leader itself.

import { setMaxListeners } from 'node:events';
import type { Pool } from 'pg';
import { RunRecord } from '../history/runs/run-record.js';
import type { TaskError } from '../history/reports/task-error.js';
import { readModelSeconds } from '../history/workers/workers.js';
import type { GivenLimits } from '../pipeline/load/limits/source-limits.js';
import type { FileOutcome, FileTask, ReadyTask, TaskExecutor } from '../pipeline/task-executor.js';
import { answerOf, givenUp } from './answer-of.js';
import { taskName, type QueueName, type TaskAnswer } from './job.js';
import type { TaskQueue } from './task-queue.js';

/** Bytes of a file that are loaded in a second, roughly. */
const bytesPerSecond = 50e6;

/** Options of {@link sharedExecutor}. */
export interface SharingOptions {
  readonly pool: Pool;
  readonly queue: TaskQueue;
  readonly runId: number;
  /** Limits that the run was given. */
  readonly limits: GivenLimits;
  /** Does tasks in this process. */
  readonly here: TaskExecutor;
  /** Tasks that are expected to take fewer seconds are done in this process. */
  readonly shareFrom: number;
  /** Aborted: nobody waits for answers any more. */
  readonly signal: AbortSignal;
}

/** Sends ready tasks to the queue and waits for their answers. */
export function sharedExecutor(options: SharingOptions): TaskExecutor {
  const { pool, here, runId, shareFrom } = options;
  // Each task that somebody else does listens to it.
  setMaxListeners(0, options.signal);
  const seconds = readModelSeconds(pool);
  seconds.catch(() => undefined);
  return {
    file: async (task, local) => {
      if (task.bytes === 0 || task.bytes / bytesPerSecond < shareFrom) {
        return here.file(task, local);
      }
      const answer = await ask('files', task, task.bytes, options);
      if ('error' in answer) return failedFile(task, answer.error, options);
      return 'file' in answer ? (answer.file ?? undefined) : undefined;
    },
    model: async (task, local) => {
      const expected = (await seconds).get(task.name) ?? Infinity;
      if (expected < shareFrom) return here.model(task, local);
      const answer = await ask('models', task, 0, options);
      if ('model' in answer) return answer.model;
      const error = 'error' in answer ? answer.error : givenUp(taskName(task), null);
      const status = { status: 'failed', reason: 'it was given to the workers', error } as const;
      await RunRecord.ofTask(pool, runId).taskRan(
        task.name,
        'model',
        { ...status, rowCount: null, sql: null },
        0,
      );
      return { model: task.name, isBuilt: true, rows: null, durationMs: 0, ...status };
    },
  };
}

async function failedFile(
  task: FileTask,
  error: TaskError,
  { pool, runId }: SharingOptions,
): Promise<FileOutcome> {
  const { name: file, source } = task;
  await RunRecord.ofTask(pool, runId).taskRan(
    taskName(task),
    'load',
    { status: 'failed', rowCount: 0, sql: null, error },
    0,
  );
  const nothing = { lines: 0, loaded: 0, rejected: 0, durationMs: 0 };
  return { report: { file, source, ...nothing, status: 'failed', error } };
}

/** Sends a task, and waits for its answer; larger ones are handed out first. */
async function ask(
  name: QueueName,
  task: ReadyTask,
  bytes: number,
  { queue, runId, limits, signal }: SharingOptions,
): Promise<TaskAnswer | { error: TaskError }> {
  signal.throwIfAborted();
  const priority = Math.min(1_000_000, Math.round(bytes / 1e6));
  const data = { runId, task, limits };
  const id = await queue.send(name, data, `${runId} ${taskName(task)}`, priority);
  const { state, output } = await answerOf(queue, name, id, signal);
  if (state === 'completed') return output as TaskAnswer;
  return { error: givenUp(taskName(task), output) };
}
