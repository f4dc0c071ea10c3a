// A clock of simulated time, and what happens at which instant of it.

interface Event {
  readonly at: number;
  /** Of events at one instant the first planned is the first to happen. */
  readonly order: number;
  readonly happen: () => void;
}

/** Events in the order of their instants, in milliseconds: a binary heap. */
export class EventQueue {
  readonly #heap: Event[] = [];
  #order = 0;
  #now = 0;

  /** The instant of the event that happens. */
  get now(): number {
    return this.#now;
  }

  /** Plans an event. @param delay - In milliseconds from now. */
  after(delay: number, happen: () => void): void {
    const heap = this.#heap;
    const event = { at: this.#now + delay, order: (this.#order += 1), happen };
    let index = heap.push(event) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      if (!isBefore(event, heap[above]!)) break;
      heap[index] = heap[above]!;
      index = above;
    }
    heap[index] = event;
  }

  /** Lets events happen until there are none, or `isOver`. */
  run(isOver: () => boolean): void {
    while (this.#heap.length > 0 && !isOver()) {
      const event = this.#next();
      this.#now = event.at;
      event.happen();
    }
  }

  #next(): Event {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below += 1;
      if (!isBefore(heap[below]!, last)) break;
      heap[index] = heap[below]!;
      index = below;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
