import { treeMemory } from '../../jupyter/process-memory.js';
import type { MemoryLimits } from '../run-settings.js';

/** How often kernels are measured, in milliseconds. */
const interval = 250;

/** Bytes that a kernel is expected to need before the first one was measured. */
const usual = 300e6;

interface Watched {
  readonly onExceeded: (bytes: number) => void;
  bytes: number;
}

/** The memory of the kernels of a run, as it is measured. */
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
   * @param onExceeded - Called once, when it takes more than one kernel may.
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

  /** Whether another kernel would fit beside those that run, if it is as large as the largest so far. */
  hasRoom(): boolean {
    const expected = this.#largest === 0 ? usual : this.#largest;
    // A kernel that only starts will take more than it does now.
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
