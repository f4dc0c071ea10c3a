/**
 * Lets a limited number of pieces of work run at once; the others wait in their order.
 */
export class Semaphore {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param limit - Pieces of work at once. */
  constructor(limit: number) {
    this.#free = limit;
  }

  /** How many pieces of work wait for room. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Runs a piece of work once there is room for it, and passes on its result or error. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The next in the queue takes over this place, so the number of free ones stays.
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
