/**
 * Each event is one double, so that sorting numbers sorts events: seconds since the day began, then
 * 24 bits for the account and 3 for the kind of event. With 17 bits for the seconds that makes 44 of
 * the 53 that a double holds exactly.
 */
const kinds = 8;
const second = 2 ** 24 * kinds;

/** The largest account number that fits. */
export const largestAccount = 2 ** 24 - 1;

/** One event of the queue. */
export interface QueuedEvent {
  /** Seconds since the day began. */
  seconds: number;
  /** An account, or whatever number the kind wants. */
  account: number;
  /** From 0 to 7. */
  kind: number;
}

/** The events of a day and what runs on into the next, taken out in the order of their instants. */
export class DayQueue {
  #keys = new Float64Array(1024);
  #size = 0;

  /** How many events wait. */
  get size(): number {
    return this.#size;
  }

  add(seconds: number, account: number, kind: number): void {
    if (this.#size === this.#keys.length) {
      const larger = new Float64Array(this.#keys.length * 2);
      larger.set(this.#keys);
      this.#keys = larger;
    }
    this.#keys[this.#size] = seconds * second + account * kinds + kind;
    this.#size += 1;
  }

  /** Orders what has been added; {@link at} is right until the next change. */
  sort(): void {
    this.#keys.subarray(0, this.#size).sort();
  }

  /** @param index - Below {@link size}; the earliest first, once sorted. */
  at(index: number): QueuedEvent {
    const key = this.#keys[index] ?? 0;
    const seconds = Math.floor(key / second);
    const rest = key - seconds * second;
    return { seconds, account: Math.floor(rest / kinds), kind: rest % kinds };
  }

  /**
   * Begins another day.
   *
   * @param count - The first events, which are dropped.
   * @param length - Seconds of the day that ended: those left are counted from the new one's start.
   */
  nextDay(count: number, length: number): void {
    this.#keys.copyWithin(0, count, this.#size);
    this.#size -= count;
    for (let index = 0; index < this.#size; index += 1) {
      this.#keys[index] = (this.#keys[index] ?? 0) - length * second;
    }
  }
}
