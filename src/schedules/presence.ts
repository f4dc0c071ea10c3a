// The presence of a scheduler: a shared lock that pages and lists count.

import type { Pool, PoolClient } from 'pg';
import { lockKinds } from '../warehouse/query/transaction.js';

/** How long Postgres waits for a heartbeat before it releases the lock, in milliseconds. */
const leaseMs = 60_000;

/** The shared lock of living schedulers; any number of them hold it together. */
export class Presence {
  readonly #pool: Pool;
  #client: PoolClient | undefined;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Takes the lock, or shows that its holder lives. */
  async show(): Promise<void> {
    if (this.#client !== undefined) {
      const client = this.#client;
      await client.query('select 1').catch((error: unknown) => {
        this.#client = undefined;
        client.release(error as Error);
        throw error;
      });
      return;
    }
    const client = await this.#pool.connect();
    try {
      await client.query(
        `begin; set local idle_in_transaction_session_timeout = ${leaseMs};
        select pg_advisory_xact_lock_shared(${lockKinds.scheduler}, 0)`,
      );
    } catch (error) {
      client.release(error as Error);
      throw error;
    }
    this.#client = client;
  }

  /** Gives the lock back. */
  async end(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client === undefined) return;
    const broken = await client.query('rollback').then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    client.release(broken);
  }
}
