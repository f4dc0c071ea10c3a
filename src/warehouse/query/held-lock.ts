// A lock that a process holds while it works on a thing, and that others see.

import { setInterval as every } from 'node:timers';
import type { Pool } from 'pg';
import { queryRows } from './query-rows.js';
import { lockKinds } from './transaction.js';

/** How long Postgres waits for a sign of life before it takes the lock back, in milliseconds. */
const leaseMs = 60_000;

/** How often a holder gives one. */
const signOfLifeMs = 10_000;

/**
 * Runs `work` while no other process works on this thing. The lock belongs to a transaction that stays open, and
 * that Postgres ends when its process is gone, frozen or cut off. It reads and writes nothing, so it blocks no vacuum.
 *
 * @param work - Gets a signal that is aborted when the lock is lost.
 * @returns False: another process has the lock.
 */
export async function withHeldLock(
  pool: Pool,
  kind: keyof typeof lockKinds,
  name: string,
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
      [lockKinds[kind], name],
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
