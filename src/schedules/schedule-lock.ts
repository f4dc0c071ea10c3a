// The lock of a schedule: only its holder does what is due.

import { setInterval as every } from 'node:timers';
import type { Pool } from 'pg';
import { queryRows } from '../warehouse/query/query-rows.js';
import { lockKinds } from '../warehouse/query/transaction.js';

/** How long Postgres waits for a heartbeat before it releases the lock, in milliseconds. */
const leaseMs = 60_000;

/** The interval of heartbeats, in milliseconds. */
const signOfLifeMs = 10_000;

/**
 * Runs `work` while no other process works on this schedule. The lock belongs to a transaction that stays open, and
 * that Postgres ends when its process is gone, frozen or cut off. It reads and writes nothing, so it blocks no vacuum.
 *
 * @param work - Gets a signal that is aborted when the lock is lost.
 * @returns False: another process has the lock.
 */
export async function withScheduleLock(
  pool: Pool,
  schedule: string,
  work: (lost: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const client = await pool.connect();
  const lost = new AbortController();
  let broken: Error | undefined;
  const onError = (cause: Error): void => {
    broken ??= cause;
    lost.abort(cause);
  };
  client.on('error', onError);
  let signs: NodeJS.Timeout | undefined;
  try {
    await client.query(`begin; set local idle_in_transaction_session_timeout = ${leaseMs}`);
    const [row] = await queryRows<{ locked: boolean }>(
      client,
      'select pg_try_advisory_xact_lock($1, hashtext($2)) as locked',
      [lockKinds.schedule, schedule],
    );
    if (row?.locked !== true) return false;
    signs = every(() => {
      client.query('select 1').catch(onError);
    }, signOfLifeMs);
    await work(lost.signal);
    return true;
  } finally {
    clearInterval(signs);
    await client.query('rollback').catch((error: unknown) => {
      broken ??= error as Error;
    });
    client.off('error', onError);
    client.release(broken);
  }
}
