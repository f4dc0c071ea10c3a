import { BoundedCache } from './bounded-cache.js';

/** Keys that are remembered: the address space of a flood is larger than memory. */
const maxKeys = 20_000;

interface Bucket {
  tokens: number;
  /** When {@link tokens} were counted, in milliseconds. */
  at: number;
}

/** Lets each key do something so often: a bucket of tokens that fills steadily. */
export class RateLimiter {
  readonly #buckets = new BoundedCache<Bucket>(maxKeys);
  readonly #burst: number;
  readonly #perMinute: number;
  readonly #now: () => number;

  /**
   * @param burst - How often at once.
   * @param perMinute - How often in the long run.
   */
  constructor(
    burst: number,
    perMinute: number,
    now: () => number = performance.now.bind(performance),
  ) {
    this.#burst = burst;
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /**
   * Takes one turn.
   *
   * @returns 0 when it may go on, else the seconds to wait: nothing was taken then.
   */
  take(key: string): number {
    const now = this.#now();
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = { tokens: this.#burst, at: now };
      this.#buckets.set(key, bucket);
    }
    const refilled = (Math.max(0, now - bucket.at) / 60_000) * this.#perMinute;
    bucket.tokens = Math.min(this.#burst, bucket.tokens + refilled);
    bucket.at = now;
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return 0;
    }
    return Math.ceil(((1 - bucket.tokens) / this.#perMinute) * 60);
  }

  /** Gives a key all its turns back. */
  reset(key: string): void {
    this.#buckets.set(key, { tokens: this.#burst, at: this.#now() });
  }
}

/**
 * What an address is counted as: networks of IPv6 are given to one customer by the /64 (RFC 6177), who
 * could use each of its addresses once.
 */
export function addressKey(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail = ''] = plain.split('::');
  const front = head.split(':');
  const back = tail.split(':').filter((group) => group !== '');
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0');
  const groups = plain.includes('::') ? [...front, ...zeros, ...back] : front;
  return `${groups.slice(0, 4).join(':')}::/64`;
}
