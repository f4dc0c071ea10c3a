// Memory limits of kernels.

import { treeMemory } from '../../jupyter/process-memory.js';
import type { MemoryLimits } from '../run-settings.js';

/** The polling interval, in milliseconds. */
const interval = 250;

/** The expected memory of a kernel before one was measured, in bytes. */
const usual = 300e6;

interface Watched {
  readonly onExceeded: (bytes: number) => void;
  bytes: number;
}

/** Measures the memory of a run's kernels. */
export class KernelMemory implements Disposable {
  readonly limits: MemoryLimits;
  readonly #read: (pid: number) => number | undefined;
  readonly #watched = new Map<number, Watched>();
  #largest = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: MemoryLimits, read = treeMemory) {
    this.limits = limits;
    this.#read = read;
  }

  /**
   * Measures a kernel until the returned function is called.
   *
   * @param pid - The kernel's process.
   * @param onExceeded - Called once, when it exceeds the limit of one kernel.
   */
  watch(pid: number, onExceeded: (bytes: number) => void): () => void {
    this.#watched.set(pid, { onExceeded, bytes: 0 });
    this.#timer ??= setInterval(() => {
      this.measure();
    }, interval);
    return () => {
      this.#watched.delete(pid);
      if (this.#watched.size === 0) this[Symbol.dispose]();
    };
  }

  /** The most memory that a kernel was seen to take, in bytes; undefined: none was measured. */
  get largest(): number | undefined {
    return this.#largest === 0 ? undefined : this.#largest;
  }

  /** Whether there is memory for another kernel of the largest size so far. */
  hasRoom(): boolean {
    const expected = this.#largest === 0 ? usual : this.#largest;
    // A starting kernel will need more than it has now.
    const taken = [...this.#watched.values()].map(({ bytes }) => Math.max(bytes, expected));
    return taken.reduce((sum, bytes) => sum + bytes, expected) <= this.limits.together;
  }

  /** Measures all kernels now. */
  measure(): void {
    for (const [pid, watched] of this.#watched) {
      watched.bytes = this.#read(pid) ?? 0;
      this.#largest = Math.max(this.#largest, watched.bytes);
      if (watched.bytes <= this.limits.each) continue;
      this.#watched.delete(pid);
      watched.onExceeded(watched.bytes);
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
