import { addressKey, RateLimiter } from './rate-limiter.js';
import { isLoopback } from '../system/loopback.js';

/** Requests that one address may send in a minute: an office behind one address reads at ease. */
const defaultPerMinute = 1200;

/**
 * Counts the requests of each address. This machine's own are not counted: they are its monitoring, or
 * a proxy whose word on addresses nobody has asked to believe.
 *
 * @returns Tells how many seconds an address that asks too often has to wait; 0: it may go on.
 */
export function requestLimit(perMinute = defaultPerMinute): (address: string) => number {
  const limiter = new RateLimiter(perMinute, perMinute);
  return (address) => (isLoopback(address) ? 0 : limiter.take(addressKey(address)));
}
