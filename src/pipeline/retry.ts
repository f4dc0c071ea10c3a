import { setTimeout as sleep } from 'node:timers/promises';
import { sqlstateOf } from '../warehouse/query/sqlstate.js';

/** How long to wait before each further attempt, in milliseconds. */
export const retryDelaysMs: readonly number[] = [200, 1000, 5000];

/**
 * What may go away by itself, by SQLSTATE: lost connections (class 08), serialization failures and
 * deadlocks, a server that is stopping or starting, too many connections, and locks not to be had.
 * (https://www.postgresql.org/docs/18/errcodes-appendix.html)
 */
const transientStates = /^(?:08...|40001|40P01|53300|55P03|57P0[123])$/;

/** Whether an error, or what caused it, is one that another attempt may not meet. */
export function isTransient(error: unknown): boolean {
  const state = sqlstateOf(error);
  if (state !== undefined) return transientStates.test(state);
  return error instanceof Error && error.cause !== undefined && isTransient(error.cause);
}

/**
 * Does work again, after a while, when it fails for a transient reason; never for another one.
 *
 * @param work - Must undo itself when it fails. Gets the number of the attempt, from 1.
 * @param onRetry - Told the number of the attempt that failed, why, and how long it is waited.
 * @throws The error of the last attempt; whatever `signal` was aborted with.
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
