// The retry policy of files and models: delays, and which errors are transient.

import { setTimeout as sleep } from 'node:timers/promises';
import { sqlstateOf } from '../warehouse/query/sqlstate.js';

/** The delay before each retry, in milliseconds. */
export const retryDelaysMs: readonly number[] = [200, 1000, 5000];

/**
 * SQLSTATEs of transient errors: lost connections (class 08), serialization failures and deadlocks, a server that
 * stops or starts, too many connections, and locks that are not available.
 * (https://www.postgresql.org/docs/18/errcodes-appendix.html)
 */
const transientStates = /^(?:08...|40001|40P01|53300|55P03|57P0[123])$/;

/** Whether an error or its cause is transient. */
export function isTransient(error: unknown): boolean {
  const state = sqlstateOf(error);
  if (state !== undefined) return transientStates.test(state);
  return error instanceof Error && error.cause !== undefined && isTransient(error.cause);
}

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
