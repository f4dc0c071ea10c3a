// Transactions and their locks.

import type { ClientBase, Pool, PoolClient } from 'pg';
import { DaybookError } from '../../errors.js';

/**
 * Runs `work` in a transaction on one connection: committed when it resolves, rolled back when it rejects. A
 * connection that cannot roll back is closed instead of returning to the pool.
 *
 * @param pool - Provides the connection.
 * @param work - Gets the connection; must await everything that it starts on it.
 * @returns The result of `work`.
 * @throws The error of `work`; `TRANSACTION_LOST` when it swallowed an error of Postgres, which then rolls back on
 *   commit.
 */
export async function withTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A connection that is lost while `work` waits for something else must not end the process.
  const onError = (error: Error): void => {
    broken = error;
  };
  client.on('error', onError);
  try {
    await client.query('begin');
    const result = await work(client);
    const { command } = await client.query('commit');
    if (command !== 'COMMIT') {
      throw new DaybookError(
        'TRANSACTION_LOST',
        'Postgres rolled the transaction back: a statement in it had failed and the failure was passed over',
      );
    }
    return result;
  } catch (error) {
    await client.query('rollback').catch((rollbackError: unknown) => {
      broken ??= rollbackError instanceof Error ? rollbackError : new Error(String(rollbackError));
    });
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** Any number that all versions of Daybook share ("daybook" on a telephone's keys). */
const advisoryLock = 3_292_665;

/**
 * Locks the structure of the warehouse until the end of the transaction: migrations, grants.
 *
 * @param client - A connection in a transaction.
 */
export async function lockWarehouse(client: ClientBase): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1)', [advisoryLock]);
}

/** Kinds of locks, each with a number. */
export const lockKinds = {
  file: 1,
  model: 2,
  page: 3,
  load: 4,
  run: 5,
  schedule: 6,
  scheduler: 7,
  backfill: 8,
  waitingRun: 9,
  collection: 10,
} as const;

/**
 * Locks a thing by its name until the end of the transaction. State of the thing has to be read afterwards. A row
 * lock would not suffice: there may be no row yet.
 *
 * @param client - A connection in a transaction.
 * @param name - Of the thing. Two names may share a lock, so a transaction takes one.
 */
export async function lockByName(
  client: ClientBase,
  kind: keyof typeof lockKinds,
  name: string,
): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1, hashtext($2))', [lockKinds[kind], name]);
}
