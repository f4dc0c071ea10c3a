// Connections for the statements of a notebook: in its run, on the run's snapshot.

import type { Pool, PoolClient } from 'pg';
import { beginSnapshot } from '../warehouse/query/snapshot.js';
import { literal } from '../warehouse/query/sql-text.js';

/** A connection that one statement has for itself. */
export interface HeldConnection {
  readonly client: PoolClient;
  /** Says that the connection is to be closed: what state its session is in is unknown. */
  spoil(cause: Error): void;
  /**
   * Gives it back.
   *
   * @param error - What has failed; undefined: nothing.
   */
  release(error?: unknown): Promise<void>;
}

/** Hands out connections of a pool. */
export class RunConnections {
  readonly #snapshot: string | undefined;
  /** Those in a transaction on the run's snapshot. */
  readonly #onSnapshot = new WeakSet<PoolClient>();

  /** @param snapshot - The exported snapshot that all statements read; undefined: each reads what there is. */
  constructor(snapshot: string | undefined) {
    this.#snapshot = snapshot;
  }

  async acquire(pool: Pool): Promise<HeldConnection> {
    const client = await pool.connect();
    let broken: Error | undefined;
    const spoil = (cause: Error) => {
      broken = cause;
    };
    client.on('error', spoil);
    const release = async (error?: unknown) => {
      // A failed transaction accepts no further statement.
      if (error !== undefined && this.#onSnapshot.delete(client) && broken === undefined) {
        await client.query('rollback').catch((cause: unknown) => {
          spoil(cause instanceof Error ? cause : new Error(String(cause)));
        });
      }
      client.off('error', spoil);
      client.release(broken);
    };
    try {
      if (this.#snapshot !== undefined && !this.#onSnapshot.has(client)) {
        await client.query('set idle_in_transaction_session_timeout = 0');
        await client.query(beginSnapshot);
        this.#onSnapshot.add(client);
        await client.query(`set transaction snapshot ${literal(this.#snapshot)}`);
      }
    } catch (error) {
      await release(error);
      throw error;
    }
    return { client, spoil, release };
  }
}
