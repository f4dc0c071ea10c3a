// Opening of a warehouse that may start later than the dashboard.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.js';
import { DaybookError } from '../errors.js';
import type { Logger } from '../logger.js';
import { openReader, unopenedReader, type Reader } from './warehouse.js';

/** A reader of a warehouse that may not be reachable yet. */
export interface AwaitedReader {
  /** The reader; its queries fail until the server is reachable. */
  readonly reader: Reader;
  /**
   * While the server is unreachable: waits for it.
   *
   * @returns The reader that replaces the first; undefined when the signal was aborted.
   * @throws DaybookError as {@link openReader} does, when the server answers and refuses the connection.
   */
  readonly opened: ((signal: AbortSignal) => Promise<Reader | undefined>) | undefined;
}

/** The delay between two attempts, in milliseconds. */
const retryMs = 1000;

/**
 * Opens the warehouse for reading, also one that starts later, as beside a Postgres that its supervisor starts at
 * the same time. Errors that waiting cannot cure are thrown at once.
 *
 * @throws DaybookError as {@link openReader} does, except for an unreachable DATABASE_URL.
 */
export async function openAwaitedReader(config: Config, logger: Logger): Promise<AwaitedReader> {
  try {
    return { reader: await openReader(config, { logger }), opened: undefined };
  } catch (error) {
    if (config.databaseUrl === undefined || !isUnavailable(error)) throw error;
    logger.warn(`${error.message}: waiting for it`);
    const reader = unopenedReader(config.databaseUrl, config.readerUrl, logger);
    return { reader, opened: (signal) => whenOpen(config, logger, signal) };
  }
}

async function whenOpen(
  config: Config,
  logger: Logger,
  signal: AbortSignal,
): Promise<Reader | undefined> {
  while (!signal.aborted) {
    try {
      return await openReader(config, { logger });
    } catch (error) {
      if (!isUnavailable(error)) throw error;
    }
    await sleep(retryMs, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

function isUnavailable(error: unknown): error is DaybookError {
  return error instanceof DaybookError && error.code === 'WAREHOUSE_UNAVAILABLE';
}
