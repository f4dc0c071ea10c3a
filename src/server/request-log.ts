import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from '../logger.js';
import type { Metrics } from './metrics.js';

/** Probes and files that every page loads are only of interest to whoever debugs. */
const quiet = /^\/(?:assets\/|healthz$|readyz$|metrics$|events$)/;

/** Logs and counts each request when its answer is out, or when the client went away before. */
export function requestLog(logger: Logger, metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const start = process.hrtime.bigint();
    const id = randomUUID();
    response.setHeader('X-Request-Id', id);
    response.on('close', () => {
      const ms = Number((process.hrtime.bigint() - start) / 10_000n) / 100;
      metrics.observe(response.statusCode, ms / 1000);
      const isFault = response.statusCode >= 500;
      const level = isFault ? 'error' : quiet.test(request.path) ? 'debug' : 'info';
      const path = request.originalUrl.slice(0, 500);
      logger[level](`${request.method} ${path} ${response.statusCode}`, {
        ms,
        bytes: Number(response.getHeader('Content-Length') ?? 0),
        complete: response.writableFinished ? undefined : false,
        id,
      });
    });
    next();
  };
}
