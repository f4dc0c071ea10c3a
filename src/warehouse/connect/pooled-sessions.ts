// Detection of transaction pooling (PgBouncer).

import pg, { type ClientBase } from 'pg';
import { DaybookError } from '../../errors.js';
import { describeUrl } from './connection-error.js';
import { queryRows } from '../query/query-rows.js';

/** The timeout of a second connection, in milliseconds. */
const secondConnectionMs = 10_000;

/** Queries on each of two connections: with other clients a single one may give a chance result. */
const rounds = 5;

/**
 * Detects a pooler, like PgBouncer in transaction mode, that gives each transaction another session of Postgres:
 * settings and roles of a session would apply to other clients.
 */
export class PooledSessions {
  readonly #url: string;
  #areShared: Promise<boolean> | undefined;

  /** @param url - The pooler's. */
  constructor(url: string) {
    this.#url = url;
  }

  /**
   * Refuses a pooler that shares sessions. Checked once for all connections to it.
   *
   * @param client - A connection that is not in a transaction.
   * @throws DaybookError `WAREHOUSE_POOLED`.
   */
  async refuseShared(client: ClientBase): Promise<void> {
    const areShared = (this.#areShared ??= this.#share(client));
    areShared.catch(() => {
      this.#areShared = undefined;
    });
    if (!(await areShared)) return;
    throw pooled(
      `The pool at ${describeUrl(this.#url).host} gives each transaction another session, so that roles and settings are those of somebody else`,
    );
  }

  /** Sessions are shared when two connections have one, or a connection has two. */
  async #share(first: ClientBase): Promise<boolean> {
    const second = new pg.Client({
      connectionString: this.#url,
      connectionTimeoutMillis: secondConnectionMs,
      query_timeout: secondConnectionMs,
    });
    // The pending query rejects.
    second.on('error', () => undefined);
    try {
      await second.connect();
      const seen = [new Set<number>(), new Set<number>()] as const;
      for (let round = 0; round < rounds; round += 1) {
        seen[0].add(await sessionOf(first));
        seen[1].add(await sessionOf(second));
      }
      const all = new Set([...seen[0], ...seen[1]]);
      return all.size !== seen.length || seen[0].size !== 1;
    } finally {
      await second.end().catch(() => undefined);
    }
  }
}

/** The backend process of a connection. */
async function sessionOf(client: ClientBase): Promise<number> {
  const [row] = await queryRows<{ pid: number }>(client, 'select pg_backend_pid() as pid');
  return row?.pid ?? 0;
}

/**
 * Whether a pooler refuses the start-up parameter `options`, like PgBouncer without the setting to ignore it:
 * without the parameter the connection succeeds.
 *
 * @param cause - The error with the parameter.
 * @returns An error with advice; undefined when the parameter is not the cause.
 */
export async function optionsRefused(
  url: string,
  cause: unknown,
): Promise<DaybookError | undefined> {
  const plain = new URL(url);
  plain.searchParams.delete('options');
  const client = new pg.Client({
    connectionString: plain.href,
    connectionTimeoutMillis: secondConnectionMs,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
  return pooled(
    `The pool at ${describeUrl(url).host} does not take the start-up parameter "options"`,
    cause,
  );
}

function pooled(message: string, cause?: unknown): DaybookError {
  return new DaybookError('WAREHOUSE_POOLED', message, {
    cause,
    hint: 'Name Postgres itself in DATABASE_URL, or a pool that keeps sessions: PgBouncer with pool_mode = session and ignore_startup_parameters = options',
  });
}
