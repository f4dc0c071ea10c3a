// Saving of a notebook while it runs.

import { setTimeout as delay } from 'node:timers/promises';
import type { Notebook } from '../../nbformat/notebook.js';

/** The largest share of time spent on writing. */
const share = 1 / 10;

/**
 * Saves a notebook while it runs, so that its results survive a crash. One write at a time: later changes are
 * written together afterwards, and large notebooks are written less often than small ones.
 */
export class Autosave {
  readonly #write: (notebook: Notebook) => Promise<void>;
  readonly #closed = new AbortController();
  #newest: (() => Notebook) | undefined;
  #working: Promise<void> | undefined;

  /** @param write - Replaces the file atomically. Errors are reported by the final write only. */
  constructor(write: (notebook: Notebook) => Promise<void>) {
    this.#write = write;
  }

  /** Schedules a save; the notebook is read when its turn comes. */
  save(notebook: () => Notebook): void {
    if (this.#closed.signal.aborted) return;
    this.#newest = notebook;
    this.#working ??= this.#work()
      .catch(() => undefined)
      .finally(() => {
        this.#working = undefined;
      });
  }

  /** Stops saving: nothing is written afterwards. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#working;
  }

  async #work(): Promise<void> {
    const { signal } = this.#closed;
    while (this.#newest !== undefined && !signal.aborted) {
      const notebook = this.#newest;
      this.#newest = undefined;
      const began = performance.now();
      await this.#write(notebook());
      const pause = (performance.now() - began) * (1 / share - 1);
      await delay(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}
