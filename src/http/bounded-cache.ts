/**
 * A cache that forgets what was longest not asked for once its entries together weigh too much.
 *
 * @typeParam Value - What is kept.
 */
export class BoundedCache<Value> {
  readonly #entries = new Map<string, { value: Value; weight: number }>();
  readonly #limit: number;
  #weight = 0;

  /** @param limit - The most that all entries may weigh together, in the unit of `set`'s weight. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    // A Map keeps the order of insertion: what is asked for goes to the end.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** @param weight - What the entry weighs; 1 where entries are counted. */
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

  /** How many entries there are. */
  get size(): number {
    return this.#entries.size;
  }
}
