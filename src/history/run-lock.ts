// The lock that lets one pipeline run at a time into a warehouse.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { DaybookError } from '../errors.js';

/**
 * The key of the pipeline's advisory lock, one for each database: the letters of "daybook" as a number. The view
 * `ops.pipeline_run_state` uses the same key.
 */
const lockKey = '28253295417356139';

/** The polling interval of a waiting run, in milliseconds. */
const retryMs = 200;

/**
 * Runs `work` while no other run of this warehouse does. The lock belongs to a transaction that stays open, so it
 * is released with the process that holds it, and no pooler can keep it or pass it on. The transaction reads and
 * writes nothing, so it blocks no vacuum.
 * The lock prevents double work. A run is correct without it, since the transaction of each file and model checks
 * what it changes (`lockFile`, `lockModel`).
 *
 * @param onWait - Called once if another run is in progress.
 * @param signal - Aborts the waiting.
 * @param work - Gets a signal that is aborted if the lock is lost with its connection.
 */
export async function withRunLock<Result>(
  pool: Pool,
  { onWait, signal }: { onWait: () => void; signal: AbortSignal },
  work: (lost: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  const lost = new AbortController();
  let broken: Error | undefined;
  const onError = (cause: Error): void => {
    broken = cause;
    const message = 'the connection that holds the lock of this run was lost';
    lost.abort(new DaybookError('PIPELINE_FAILED', message, { cause }));
  };
  client.on('error', onError);
  try {
    await client.query('begin');
    for (let waited = false; ; waited = true) {
      signal.throwIfAborted();
      const { rows } = await client.query<{ locked: boolean }>(
        'select pg_try_advisory_xact_lock($1) as locked',
        [lockKey],
      );
      if (rows[0]?.locked === true) break;
      if (!waited) onWait();
      await sleep(retryMs, undefined, { signal }).catch(() => undefined);
    }
    return await work(lost.signal);
  } finally {
    await client.query('rollback').catch((error: unknown) => {
      broken ??= error as Error;
    });
    client.off('error', onError);
    client.release(broken);
  }
}
