// Sending of a job, and waiting for its answer.

import type { TaskError } from '../history/reports/task-error.js';
import type { QueueName } from './job.js';
import type { JobState, TaskQueue } from './task-queue.js';

/** The interval of polls for the end of a job, where no notification comes, in milliseconds. */
const lookMs = 2000;

/** Waits for the end of a job. @throws The reason of `signal`; queued jobs of a cancelled run are withdrawn. */
export async function answerOf(
  queue: TaskQueue,
  name: QueueName,
  id: string,
  signal: AbortSignal,
): Promise<JobState> {
  return new Promise((resolve, reject) => {
    let isSettled = false;
    let isLooking = false;
    let lookAgain = false;
    const look = async (): Promise<void> => {
      // The answer under way may be older than the news.
      lookAgain = isLooking;
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
        if (lookAgain && !isSettled) lookSafely();
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
      isSettled = true;
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

/** Why a job has no answer. @param name - Of its task. */
export function givenUp(name: string, output: unknown): TaskError {
  const last = (output as { message?: unknown } | null)?.message;
  const why = typeof last === 'string' ? `: ${last}` : '';
  return {
    code: 'TASK_GIVEN_UP',
    message: `no worker could do ${name} in any of its attempts${why}`,
    hint: 'daybook queue list shows it; daybook queue retry tries it again',
  };
}
