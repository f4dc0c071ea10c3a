import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { DaybookError } from '../errors.js';

/**
 * The advisory lock of the pipeline, one for each database: the letters of "daybook" as a number. The view
 * `ops.pipeline_run_state` asks for the same one.
 */
const lockKey = '28253295417356139';

/** How often a waiting run asks again, in milliseconds. */
const retryMs = 200;

/**
 * Runs `work` while no other run of this warehouse does. The lock belongs to a transaction that stays open,
 * so it is free as soon as the process that held it is gone, and no pool can keep it or give it to somebody
 * else. The transaction has read and written nothing: it holds up no vacuum.
 *
 * The lock saves double work. What a run writes is right without it, since each file's and each model's
 * transaction looks at what it changes (`lockFile`, `lockModel`).
 *
 * @param onWait - Called once if another run is at work.
 * @param signal - Stops the waiting.
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
