// The retry policy of files and models.

import { setTimeout as sleep } from 'node:timers/promises';
import { isTransient } from '../warehouse/connect/is-transient.js';

/** The delay before each retry, in milliseconds. */
export const retryDelaysMs: readonly number[] = [200, 1000, 5000];

/**
 * Retries work after transient errors, and only these.
 *
 * @param work - Must be undone when it fails. Gets the number of the attempt, from 1.
 * @param onRetry - Called with the number of the failed attempt, the error and the delay.
 * @throws The error of the last attempt; the reason of `signal`.
 */
export async function withRetries<Result>(
  work: (attempt: number) => Promise<Result>,
  options: {
    readonly signal: AbortSignal;
    readonly onRetry: (attempt: number, error: unknown, delayMs: number) => void;
    readonly delaysMs?: readonly number[];
  },
): Promise<Result> {
  const { signal, onRetry, delaysMs = retryDelaysMs } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      const delayMs = delaysMs[attempt - 1];
      if (delayMs === undefined || !isTransient(error) || signal.aborted) throw error;
      onRetry(attempt, error, delayMs);
      await sleep(delayMs, undefined, { signal }).catch(() => {
        throw signal.reason;
      });
    }
  }
}
