// How long the first requests after a start wait for pages to be complete.

import { setTimeout as sleep } from 'node:timers/promises';

/** The period's length, in milliseconds. */
const graceMs = 2000;

/**
 * A period after the first request in which requests wait for work in progress, because no earlier result exists.
 * Afterwards no request waits.
 */
export class GracePeriod {
  readonly #milliseconds: number;
  #end: number | undefined;

  constructor(milliseconds: number = graceMs) {
    this.#milliseconds = milliseconds;
  }

  /** Settles with the work, or when the period ends. Never rejects. */
  async wait(work: Promise<unknown>): Promise<void> {
    this.#end ??= performance.now() + this.#milliseconds;
    const left = this.#end - performance.now();
    if (left <= 0) return;
    const limit = new AbortController();
    const over = sleep(left, undefined, { signal: limit.signal, ref: false });
    await Promise.allSettled([Promise.race([work, over])]);
    limit.abort();
  }
}
