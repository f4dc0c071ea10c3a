import { setTimeout as delay } from 'node:timers/promises';
import type { Notebook } from '../../nbformat/notebook.js';

/** Writing takes at most such a part of the time. */
const share = 1 / 10;

/**
 * Saves a notebook while it runs, so that what it has done is there whatever becomes of the process.
 * One write at a time: what comes meanwhile is written next, in its newest state, and large notebooks
 * are written less often than small ones.
 */
export class Autosave {
  readonly #write: (notebook: Notebook) => Promise<void>;
  readonly #closed = new AbortController();
  #newest: (() => Notebook) | undefined;
  #working: Promise<void> | undefined;

  /** @param write - Replaces the file in one step. That it fails is for the last write to say. */
  constructor(write: (notebook: Notebook) => Promise<void>) {
    this.#write = write;
  }

  /** There is something new to save, which is taken when it is its turn. */
  save(notebook: () => Notebook): void {
    if (this.#closed.signal.aborted) return;
    this.#newest = notebook;
    this.#working ??= this.#work()
      .catch(() => undefined)
      .finally(() => {
        this.#working = undefined;
      });
  }

  /** Ends saving: nothing is written after it has resolved. */
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
