// The lock that lets one pipeline run at a time into a warehouse.

import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase, Pool } from 'pg';
import { DaybookError } from '../../errors.js';
import { queryRows } from '../../warehouse/query/query-rows.js';
import { lockKinds } from '../../warehouse/query/transaction.js';

/**
 * The key of the pipeline's advisory lock, one for each database: the letters of "daybook" as a number. The view
 * `ops.pipeline_run_state` uses the same key.
 */
const lockKey = '28253295417356139';

/** The polling interval of a waiting run, in milliseconds. */
const retryMs = 200;

/** How long a waiting run shows nothing of itself while it looks for the lock, in milliseconds, at most. */
const lookAwayMs = 50;

/** Options of {@link withRunLock}. */
export interface RunLockOptions {
  /** Called once if another run is in progress. */
  readonly onWait: () => void;
  /** Aborts the waiting. */
  readonly signal: AbortSignal;
  /** The key of a run that several processes share: they hold the lock together. Default: nobody shares it. */
  readonly runKey?: string | undefined;
  /** The most time to wait for another run, in milliseconds. Default: as long as it takes. */
  readonly waitMs?: number | undefined;
}

/**
 * Runs `work` while no other run of this warehouse does. The lock belongs to a transaction that stays open, so it
 * is released with the process that holds it, and no pooler can keep it or pass it on. The transaction reads and
 * writes nothing, so it blocks no vacuum.
 * The lock prevents double work. A run is correct without it, since the transaction of each file and model checks
 * what it changes (`lockFile`, `lockModel`).
 *
 * @param work - Gets a signal that is aborted if the lock is lost with its connection.
 * @throws DaybookError `RUN_BUSY` when another run lasts longer than was to be waited.
 */
export async function withRunLock<Result>(
  pool: Pool,
  { onWait, signal, runKey, waitMs = Infinity }: RunLockOptions,
  work: (lost: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  const lost = new AbortController();
  let broken: Error | undefined;
  const onError = (cause: Error): void => {
    broken = cause;
    lost.abort(lockLost(cause));
  };
  client.on('error', onError);
  const deadline = performance.now() + waitMs;
  try {
    for (let waited = false; ; waited = true) {
      signal.throwIfAborted();
      await client.query('begin');
      if (await tryLock(client, runKey)) break;
      await client.query('rollback');
      if (performance.now() >= deadline) {
        throw new DaybookError('RUN_BUSY', 'another run of this warehouse is at work', {
          hint: 'try again when it has ended: npx daybook pipeline runs shows it',
        });
      }
      if (!waited) onWait();
      // Two that have seen each other must not meet again and again.
      const pauseMs = retryMs * (0.5 + Math.random());
      await client.query(`begin; select pg_advisory_xact_lock_shared(${lockKinds.waitingRun}, 0)`);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      await client.query('rollback');
    }
    return await work(lost.signal);
  } catch (error) {
    if (error instanceof DaybookError) throw error;
    // Where the server is gone, another connection may hear of it first, and says only that it ended.
    await client.query('select 1').catch((cause: unknown) => {
      broken ??= cause as Error;
    });
    throw broken === undefined ? error : lockLost(broken);
  } finally {
    await client.query('rollback').catch((error: unknown) => {
      broken ??= error as Error;
    });
    client.off('error', onError);
    client.release(broken);
  }
}

function lockLost(cause: Error): DaybookError {
  const message = 'the connection that holds the lock of this run was lost';
  return new DaybookError('WAREHOUSE_LOST', message, { cause });
}

/** Locks within the transaction; false: another run has the lock, and what was locked is to be rolled back. */
async function tryLock(client: ClientBase, runKey: string | undefined): Promise<boolean> {
  if (runKey === undefined) {
    const [row] = await queryRows<{ locked: boolean }>(
      client,
      'select pg_try_advisory_xact_lock($1) as locked',
      [lockKey],
    );
    return row?.locked === true;
  }
  // Each shows its key before it looks for others, so of two with different keys one sees the other at least.
  const [row] = await queryRows<{ locked: boolean }>(
    client,
    `select pg_try_advisory_xact_lock_shared($1) and pg_try_advisory_xact_lock_shared($2, hashtext($3)) as locked`,
    [lockKey, lockKinds.run, runKey],
  );
  if (row?.locked !== true) return false;
  const [other] = await queryRows<{ found: boolean }>(
    client,
    `select exists (${keyHolders} and objid::bigint <> ${keyNumber('$2')}) as found`,
    [lockKinds.run, runKey],
  );
  return other?.found === false;
}

/** The locks of processes that share a run, of any key. `$1`: the kind. */
const keyHolders = `
  select from pg_locks
  where
    locktype = 'advisory' and granted and classid = $1 and objsubid = 2
    and database = (select oid from pg_database where datname = current_database())`;

/** A key as `pg_locks` shows it: a number without a sign. */
function keyNumber(parameter: string): string {
  return `(hashtext(${parameter})::bigint & 4294967295)`;
}

/** How many processes take part in a shared run, the own one included, which holds its lock. */
export async function countParticipants(client: ClientBase, runKey: string): Promise<number> {
  const [row] = await queryRows<{ count: number }>(
    client,
    `select count(*)::float8 as count
    from (${keyHolders.replace('select from', 'select 1 from')} and objid::bigint = ${keyNumber('$2')}) as holder`,
    [lockKinds.run, runKey],
  );
  return row?.count ?? 0;
}

/** The most time to wait for those that wait, in milliseconds: one that is frozen must not hold up others for good. */
const mostGivingWayMs = 60_000;

/**
 * Lets runs that wait for the lock begin before the own next one: waits until none has been seen for longer than
 * one of them looks away.
 */
export async function giveWay(pool: Pool, signal: AbortSignal): Promise<void> {
  const began = performance.now();
  let seen = 0;
  while (!signal.aborted && performance.now() - began < mostGivingWayMs) {
    const [row] = await queryRows<{ waits: boolean }>(
      pool,
      `select exists (
        select from pg_locks
        where
          locktype = 'advisory' and granted and classid = $1 and objid = 0 and objsubid = 2
          and database = (select oid from pg_database where datname = current_database())
      ) as waits`,
      [lockKinds.waitingRun],
    );
    if (row?.waits === true) seen = performance.now();
    // Between two looks a waiting run shows nothing for a moment.
    else if (performance.now() - Math.max(began, seen) > lookAwayMs) return;
    await sleep(lookAwayMs / 2, undefined, { signal }).catch(() => undefined);
  }
}
