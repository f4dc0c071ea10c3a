// Exported snapshots, which several sessions read.

import type { ClientBase, Pool } from 'pg';
import { DaybookError } from '../../errors.js';
import { queryRows } from './query-rows.js';
import { literal } from './sql-text.js';
import { sqlstate, sqlstateOf } from './sqlstate.js';

/** A snapshot of the warehouse that several sessions read. */
export interface Snapshot {
  /** For `set transaction snapshot`, while it is open where it was exported. */
  readonly id: string;
  /** Aborted when the snapshot is lost with the connection that exported it. */
  readonly lost: AbortSignal;
  /** Asks on the snapshot; one question after the other. */
  read<T>(ask: (client: ClientBase) => Promise<T>): Promise<T>;
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
  const lost = new AbortController();
  const onError = (cause: Error): void => {
    const message = 'the connection that holds the snapshot of this run was lost';
    lost.abort(new DaybookError('WAREHOUSE_LOST', message, { cause }));
  };
  client.on('error', onError);
  // The last question: a connection answers one at a time.
  let last: Promise<unknown> = Promise.resolve();
  try {
    await client.query(beginSnapshot);
    await client.query('set local idle_in_transaction_session_timeout = 0');
    const [row] = await queryRows<{ id: string }>(client, 'select pg_export_snapshot() as id');
    return {
      id: row?.id ?? '',
      lost: lost.signal,
      read: (ask) => {
        const answer = last.then(() => ask(client));
        last = answer.catch(() => undefined);
        return answer;
      },
      async close() {
        const broken = await client.query('rollback').then(() => undefined, asError);
        client.off('error', onError);
        client.release(broken);
      },
    };
  } catch (error) {
    client.off('error', onError);
    client.release(asError(error));
    throw error;
  }
}

/**
 * A snapshot that another process holds. Each question is a transaction of its own, so that no connection waits for
 * a kernel.
 */
export function importSnapshot(pool: Pool, id: string): Snapshot {
  return {
    id,
    lost: new AbortController().signal,
    async read(ask) {
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        await client.query(beginSnapshot);
        await client.query(`set transaction snapshot ${literal(id)}`).catch(refuseGone);
        return await ask(client);
      } finally {
        await client.query('rollback').catch((error: unknown) => (broken = asError(error)));
        client.release(broken);
      }
    },
    close: () => Promise.resolve(),
  };
}

function refuseGone(error: unknown): never {
  const state = sqlstateOf(error);
  if (state !== sqlstate.undefinedObject && state !== sqlstate.invalidParameterValue) throw error;
  throw new DaybookError('SNAPSHOT_LOST', 'the snapshot of this run is gone with who held it', {
    hint: 'another worker goes on with the run, on a new one',
    cause: error,
  });
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
