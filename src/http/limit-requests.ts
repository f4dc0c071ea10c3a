// The rate limit of requests by client.

import type { RequestHandler } from 'express';
import { isLoopback } from '../system/loopback.js';
import { sendResponse, textResponse } from './prepared-response.js';
import { addressKey, RateLimiter } from './rate-limiter.js';

/** The default rate limit of a client: enough for an office behind one address. */
const defaultPerMinute = 1200;

/**
 * Refuses clients above the rate limit. Loopback addresses have no limit: they are monitoring, or a proxy that is
 * not configured as trusted.
 */
export function limitRequests(perMinute = defaultPerMinute): RequestHandler {
  const limiter = new RateLimiter(perMinute, perMinute);
  return (request, response, next) => {
    const address = request.ip ?? '';
    const seconds = isLoopback(address) ? 0 : limiter.take(addressKey(address));
    if (seconds === 0) {
      next();
      return;
    }
    const headers = { 'Retry-After': String(seconds) };
    const refusal = textResponse(429, 'Too many requests from this address.\n', headers);
    sendResponse(response, refusal).catch(next);
  };
}
