/** What is kept of one customer. */
export interface Customer {
  account: number;
  /** An index of the plans. */
  plan: number;
  /** Logins a day, on average. */
  loginRate: number;
}

/**
 * The customers who are there. A customer is three numbers in typed arrays and not an object, because
 * every one of them is asked on every day: 9 bytes each, and millions of them are no trouble.
 */
export class Population {
  readonly accounts: Int32Array;
  readonly plans: Uint8Array;
  readonly loginRates: Float32Array;
  #size = 0;

  /** @param capacity - The most customers who can be there at once. */
  constructor(capacity: number) {
    this.accounts = new Int32Array(capacity);
    this.plans = new Uint8Array(capacity);
    this.loginRates = new Float32Array(capacity);
  }

  /** Customers are at the indices below this number. */
  get size(): number {
    return this.#size;
  }

  add({ account, plan, loginRate }: Customer): void {
    this.#put(this.#size, account, plan, loginRate);
    this.#size += 1;
  }

  /** The last customer takes the place of the one who leaves: go through them from the end. */
  remove(index: number): void {
    this.#size -= 1;
    const last = this.#size;
    this.#put(index, this.accounts[last] ?? 0, this.plans[last] ?? 0, this.loginRates[last] ?? 0);
  }

  #put(index: number, account: number, plan: number, loginRate: number): void {
    this.accounts[index] = account;
    this.plans[index] = plan;
    this.loginRates[index] = loginRate;
  }
}
