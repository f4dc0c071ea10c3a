import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.js';
import { DaybookError } from '../errors.js';
import type { Logger } from '../logger.js';
import { openReader, unopenedReader, type Reader } from './warehouse.js';

/** A reader for those who would rather wait than end. */
export interface AwaitedReader {
  /** Open, or of a server that does not answer yet: whatever it is asked fails until then. */
  readonly reader: Reader;
  /**
   * Where the server does not answer yet: waits until it does.
   *
   * @returns The open reader that takes the place of the other; undefined once the signal was given.
   * @throws DaybookError as {@link openReader} does, when the server answers and does not let us in.
   */
  readonly opened: ((signal: AbortSignal) => Promise<Reader | undefined>) | undefined;
}

/** How long to wait between two attempts, in milliseconds. */
const retryMs = 1000;

/**
 * Opens the warehouse for reading, also one that is started after us, as beside a Postgres that its
 * supervisor brings up at the same time. Whatever waiting does not mend is an error at once.
 *
 * @throws DaybookError as {@link openReader} does, but not for a DATABASE_URL where nobody answers.
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
