// Rate limiting (token bucket).

import { BoundedCache } from './bounded-cache.js';

/** The most remembered keys: the address space of a flood exceeds memory. */
const maxKeys = 20_000;

interface Bucket {
  tokens: number;
  /** The time of {@link tokens}, in milliseconds. */
  at: number;
}

/** A rate limit for each key by a token bucket. */
export class RateLimiter {
  readonly #buckets = new BoundedCache<Bucket>(maxKeys);
  readonly #burst: number;
  readonly #perMinute: number;
  readonly #now: () => number;

  /**
   * @param burst - The size of the bucket.
   * @param perMinute - The long-term rate.
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
   * Takes a token.
   *
   * @returns 0 when there was one, otherwise the seconds to wait.
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

  /** Refills the bucket of a key. */
  reset(key: string): void {
    this.#buckets.set(key, { tokens: this.#burst, at: this.#now() });
  }
}

/**
 * The key of a client's address: IPv6 networks are assigned to customers as /64 (RFC 6177), who could use each
 * address once.
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
