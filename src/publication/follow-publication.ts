// Notification of this process when another one has published.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';

/** The channel that triggers of the warehouse tell (`ops.tell_of_publication`). */
const channel = 'daybook_publication';

/** How long to wait before a lost connection is replaced, in milliseconds. */
const retryMs = 2000;

/**
 * Listens for what is published, on a connection of its own, until the signal is aborted. Whoever calls looks by
 * itself from time to time: a pool of transactions before the warehouse, or a replica, tells nothing.
 *
 * @param onNews - Called when something may have been published.
 */
export async function followPublication(
  pool: Pool,
  onNews: () => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await listen(pool, onNews, signal).catch(() => undefined);
    await sleep(retryMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** Settles when the connection is lost or the signal is aborted. */
async function listen(pool: Pool, onNews: () => void, signal: AbortSignal): Promise<void> {
  const client = await pool.connect();
  let isReleased = false;
  // It listens for ever, so it is not given back to others.
  const release = (): void => {
    if (!isReleased) client.release(true);
    isReleased = true;
  };
  signal.addEventListener('abort', release, { once: true });
  try {
    const ended = endOf(client, signal);
    client.on('notification', onNews);
    await client.query(`listen ${channel}`);
    // Something may have been published before.
    onNews();
    await ended;
  } finally {
    signal.removeEventListener('abort', release);
    client.removeListener('notification', onNews);
    release();
  }
}

function endOf(client: PoolClient, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      resolve();
    };
    if (signal.aborted) end();
    client.on('error', end).on('end', end);
    signal.addEventListener('abort', end, { once: true });
  });
}
