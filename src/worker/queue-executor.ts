// The tasks of a run, done by whichever worker takes them; what is not worth the trip is done where the run is led.

import { setMaxListeners } from 'node:events';
import type { Pool } from 'pg';
import { RunRecord } from '../history/runs/run-record.js';
import type { TaskError } from '../history/reports/task-error.js';
import { readModelSeconds } from '../history/workers/workers.js';
import type { GivenLimits } from '../pipeline/load/limits/source-limits.js';
import type { FileOutcome, FileTask, ReadyTask, TaskExecutor } from '../pipeline/task-executor.js';
import { mostAttempts, taskName, type QueueName, type TaskAnswer } from './job.js';
import type { JobState, TaskQueue } from './task-queue.js';

/** Bytes of a file that are loaded in a second, roughly. */
const bytesPerSecond = 50e6;

/** How often a job is looked at of whose end no news came, in milliseconds. */
const lookMs = 2000;

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
      const error = 'error' in answer ? answer.error : givenUp(task, null);
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
  const { state, output } = await ended(queue, name, id, signal);
  if (state === 'completed') return output as TaskAnswer;
  return { error: givenUp(task, output) };
}

function givenUp(task: ReadyTask, output: unknown): TaskError {
  const last = (output as { message?: unknown } | null)?.message;
  const why = typeof last === 'string' ? `: ${last}` : '';
  return {
    code: 'TASK_GIVEN_UP',
    message: `no worker could do ${taskName(task)} in ${mostAttempts} attempts${why}`,
    hint: 'daybook queue list shows it; daybook queue retry tries it again',
  };
}

/** Waits for the end of a job. @throws The reason of `signal`; queued jobs of a cancelled run are withdrawn. */
async function ended(
  queue: TaskQueue,
  name: QueueName,
  id: string,
  signal: AbortSignal,
): Promise<JobState> {
  return new Promise((resolve, reject) => {
    let isLooking = false;
    const look = async (): Promise<void> => {
      if (isLooking) return;
      isLooking = true;
      try {
        const found = await queue.find(name, id);
        if (found?.state !== 'open') {
          settle(() => {
            resolve(found ?? { state: 'failed', output: { message: 'the queue has lost it' } });
          });
        }
      } finally {
        isLooking = false;
      }
    };
    const lookSafely = (): void => {
      // A queue that cannot be asked now is asked again.
      look().catch(() => undefined);
    };
    const stop = queue.listen((news) => {
      if ('ended' in news && news.ended === id) lookSafely();
    });
    const timer = setInterval(lookSafely, lookMs);
    const settle = (end: () => void): void => {
      clearInterval(timer);
      signal.removeEventListener('abort', abort);
      stop();
      end();
    };
    const abort = (): void => {
      settle(() => {
        reject(signal.reason as Error);
      });
    };
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    else lookSafely();
  });
}
