import type { RequestHandler } from 'express';
import { addressKey, isLoopback, RateLimiter } from './rate-limiter.js';

/** Requests that one address may send in a minute: an office behind one address reads at ease. */
const defaultPerMinute = 1200;

/**
 * Tells addresses that ask too often to wait. This machine's own requests are not counted: they are its
 * monitoring, or a proxy whose word on addresses nobody has asked to believe.
 */
export function requestLimit(perMinute = defaultPerMinute): RequestHandler {
  const limiter = new RateLimiter(perMinute, perMinute);
  return (request, response, next) => {
    const address = request.ip ?? '';
    const wait = isLoopback(address) ? 0 : limiter.take(addressKey(address));
    if (wait === 0) {
      next();
      return;
    }
    response
      .status(429)
      .setHeader('Retry-After', String(wait))
      .setHeader('Cache-Control', 'no-store')
      .setHeader('Content-Type', 'text/plain; charset=utf-8')
      .end('Too many requests from this address.\n');
  };
}
