// Scheduling of concurrent notebook runs.

import { setTimeout as delay } from 'node:timers/promises';

/** The order and limits of {@link scheduleRuns}. */
export interface Schedule<T> {
  /** The most concurrent runs. */
  readonly jobs: number;
  /** The items that must end before one begins; without cycles. */
  readonly after: (item: T) => readonly T[];
  /** Whether another item may start now. Default: always. */
  readonly hasRoom?: () => boolean;
}

/** Milliseconds between two checks of `hasRoom`. */
const roomInterval = 250;

/** Works on items in order as far as their dependencies allow; waits for all of them, then throws the first error. */
export async function scheduleRuns<T, R>(
  items: readonly T[],
  { jobs, after, hasRoom = () => true }: Schedule<T>,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Map<T, PromiseSettledResult<R>>();
  const running = new Map<T, Promise<void>>();
  const waiting = new Set(items);
  const start = (item: T) => {
    waiting.delete(item);
    const ended = Promise.allSettled([work(item)]).then(([result]) => {
      results.set(item, result);
      running.delete(item);
    });
    running.set(item, ended);
  };
  while (waiting.size + running.size > 0) {
    const next = [...waiting].find((item) => after(item).every((before) => results.has(before)));
    const isFull = running.size >= jobs;
    if (next !== undefined && !isFull && (running.size === 0 || hasRoom())) {
      start(next);
      continue;
    }
    const stop = new AbortController();
    const isCrowded = next !== undefined && !isFull;
    await Promise.race([
      ...running.values(),
      ...(isCrowded ? [delay(roomInterval, undefined, { signal: stop.signal })] : []),
    ]);
    stop.abort();
  }
  return items.map((item) => {
    const result = results.get(item);
    if (result?.status !== 'fulfilled') throw result?.reason;
    return result.value;
  });
}
