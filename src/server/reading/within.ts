import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for something, but no longer than so many milliseconds; undefined: it was not there by then. */
export async function within<Result>(
  milliseconds: number,
  work: Promise<Result>,
): Promise<Result | undefined> {
  const patience = new AbortController();
  const tooLong = sleep(milliseconds, undefined, { signal: patience.signal, ref: false });
  try {
    return await Promise.race([work, tooLong.catch(() => undefined)]);
  } finally {
    patience.abort();
  }
}
