import type { Pool, PoolClient } from 'pg';
import { queryRows } from './query-rows.js';

/** One state of the whole warehouse that several sessions read. */
export interface Snapshot {
  /** For `set transaction snapshot`, as long as this is open. */
  readonly id: string;
  /** A connection that reads this state. */
  readonly client: PoolClient;
  /** Lets go of the state: sessions that read it already keep it. */
  close(): Promise<void>;
}

/** How a transaction begins that reads somebody's snapshot, or exports its own. */
export const beginSnapshot = 'begin isolation level repeatable read read only';

/**
 * Exports the warehouse's state of now: a transaction that is open until `close`
 * (https://www.postgresql.org/docs/18/functions-admin.html#FUNCTIONS-SNAPSHOT-SYNCHRONIZATION).
 */
export async function exportSnapshot(pool: Pool): Promise<Snapshot> {
  const client = await pool.connect();
  try {
    await client.query(beginSnapshot);
    await client.query('set local idle_in_transaction_session_timeout = 0');
    const [row] = await queryRows<{ id: string }>(client, 'select pg_export_snapshot() as id');
    return {
      id: row?.id ?? '',
      client,
      async close() {
        const broken = await client.query('rollback').then(() => undefined, asError);
        client.release(broken);
      },
    };
  } catch (error) {
    client.release(asError(error));
    throw error;
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
