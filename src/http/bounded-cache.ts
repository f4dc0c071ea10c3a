// A cache with a size limit (least recently used).

/**
 * An LRU cache with a limit for the total weight of its entries.
 *
 * @typeParam Value - Of an entry.
 */
export class BoundedCache<Value> {
  readonly #entries = new Map<string, { value: Value; weight: number }>();
  readonly #limit: number;
  #weight = 0;

  /** @param limit - The most total weight, in the unit of `set`'s weight. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    // A Map keeps insertion order: a used entry moves to the end.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** @param weight - Of the entry; 1 where entries are counted. */
  set(key: string, value: Value, weight = 1): void {
    const before = this.#entries.get(key);
    if (before !== undefined) {
      this.#weight -= before.weight;
      this.#entries.delete(key);
    }
    this.#entries.set(key, { value, weight });
    this.#weight += weight;
    for (const [oldest, entry] of this.#entries) {
      if (this.#weight <= this.#limit || oldest === key) break;
      this.#entries.delete(oldest);
      this.#weight -= entry.weight;
    }
  }

  delete(key: string): void {
    this.#weight -= this.#entries.get(key)?.weight ?? 0;
    this.#entries.delete(key);
  }

  /** The number of entries. */
  get size(): number {
    return this.#entries.size;
  }
}
