import { performance } from 'node:perf_hooks';
import type { Logger } from '../../logger.js';
import type { Exchange } from './exchange.js';
import type { Metrics } from '../site/machines/metrics.js';

/** Probes and files that every page loads are only of interest to whoever debugs. */
const quiet = /^\/(?:assets\/|healthz$|readyz$|metrics$|events$)/;

/** Logs and counts an exchange when its answer is out, or when the client went away before. */
export function logExchange(exchange: Exchange, logger: Logger, metrics: Metrics): void {
  const { request, response, asked, id } = exchange;
  const start = performance.now();
  response.on('close', () => {
    const ms = performance.now() - start;
    const { statusCode } = response;
    metrics.observe(statusCode, ms / 1000);
    const level = statusCode >= 500 ? 'error' : quiet.test(exchange.path) ? 'debug' : 'info';
    logger[level](`${request.method ?? ''} ${asked.slice(0, 500)} ${statusCode}`, {
      ms: Math.round(ms * 100) / 100,
      bytes: exchange.bytes,
      complete: response.writableFinished ? undefined : false,
      id,
    });
  });
}
