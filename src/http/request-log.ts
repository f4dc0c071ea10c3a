// Logging of requests, and their ids.

import type { RequestHandler } from 'express';
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Logger } from '../logger.js';

/** Probes and assets are logged for debugging only. */
const quiet = /^\/(?:assets\/|healthz$|readyz$|metrics$|events$)/;

/**
 * Gives each request an id (`X-Request-Id`), and logs it when its response is sent, or the client disconnects.
 *
 * @param count - Called for each request with its status, and its duration in seconds.
 */
export function logRequests(
  logger: Logger,
  count: (status: number, seconds: number) => void,
): RequestHandler {
  return (request, response, next) => {
    const start = performance.now();
    const id = randomUUID();
    const { path, method, originalUrl } = request;
    response.setHeader('X-Request-Id', id);
    response.on('close', () => {
      const ms = performance.now() - start;
      const { statusCode } = response;
      count(statusCode, ms / 1000);
      const level = statusCode >= 500 ? 'error' : quiet.test(path) ? 'debug' : 'info';
      logger[level](`${method} ${originalUrl.slice(0, 500)} ${statusCode}`, {
        ms: Math.round(ms * 100) / 100,
        bytes: Number(response.getHeader('Content-Length') ?? 0),
        complete: response.writableFinished ? undefined : false,
        id,
      });
    });
    next();
  };
}
