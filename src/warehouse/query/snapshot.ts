// Exported snapshots, which several sessions read.

import type { Pool, PoolClient } from 'pg';
import { queryRows } from './query-rows.js';

/** A snapshot of the warehouse that several sessions read. */
export interface Snapshot {
  /** For `set transaction snapshot`, while this is open. */
  readonly id: string;
  /** A connection on the snapshot. */
  readonly client: PoolClient;
  /** Closes the snapshot; sessions that read it already keep it. */
  close(): Promise<void>;
}

/** The start of a transaction that imports or exports a snapshot. */
export const beginSnapshot = 'begin isolation level repeatable read read only';

/**
 * Exports a snapshot: a transaction that is open until `close`
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
