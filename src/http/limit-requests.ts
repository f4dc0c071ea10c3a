import type { RequestHandler } from 'express';
import { isLoopback } from '../system/loopback.js';
import { sendResponse, textResponse } from './prepared-response.js';
import { addressKey, RateLimiter } from './rate-limiter.js';

/** Requests that one address may send in a minute: an office behind one address reads at ease. */
const defaultPerMinute = 1200;

/**
 * Refuses an address that asks too often. This machine's own are not counted: they are its monitoring, or
 * a proxy whose word on addresses nobody has asked to believe.
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
