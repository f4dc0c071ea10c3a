import { setTimeout as sleep } from 'node:timers/promises';

/** How long the first requests wait for what pages say of many notebooks, in milliseconds. */
const startMs = 2000;

/**
 * Waits for work that is in progress, but only for the first requests after a start, when there is nothing
 * from before to show. The limit begins with the first of them; once it is over nobody waits.
 */
export class Patience {
  readonly #milliseconds: number;
  #end: number | undefined;

  constructor(milliseconds: number = startMs) {
    this.#milliseconds = milliseconds;
  }

  /** Settles with the work, or at the limit. Never rejects. */
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
