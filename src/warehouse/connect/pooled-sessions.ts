import pg, { type ClientBase } from 'pg';
import { DaybookError } from '../../errors.js';
import { describeUrl } from './connection-error.js';
import { queryRows } from '../query/query-rows.js';

/** How long a second connection may wait for its server, in milliseconds. */
const secondConnectionMs = 10_000;

/** Questions to each of two connections: among other clients of a pool one answer may be chance. */
const rounds = 5;

/**
 * Finds out whether a pool, like PgBouncer's in transaction mode, gives each transaction another session of
 * Postgres. Settings and roles of a session are those of whoever comes next then.
 */
export class PooledSessions {
  readonly #url: string;
  #areShared: Promise<boolean> | undefined;

  /** @param url - Where the pool is. */
  constructor(url: string) {
    this.#url = url;
  }

  /**
   * Refuses a pool that shares sessions. Asked once for all connections to it.
   *
   * @param client - A connection to the pool that is not in a transaction.
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

  /** A session that two connections are given, or a connection with two sessions, is shared. */
  async #share(first: ClientBase): Promise<boolean> {
    const second = new pg.Client({
      connectionString: this.#url,
      connectionTimeoutMillis: secondConnectionMs,
      query_timeout: secondConnectionMs,
    });
    // Whoever waits for an answer gets the error.
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

/** The process that serves a connection now. */
async function sessionOf(client: ClientBase): Promise<number> {
  const [row] = await queryRows<{ pid: number }>(client, 'select pg_backend_pid() as pid');
  return row?.pid ?? 0;
}

/**
 * Whether something between us and Postgres refuses the start-up parameter `options`, like PgBouncer that
 * was not told to ignore it: without the parameter it lets us in.
 *
 * @param cause - What it said to the parameter.
 * @returns The error that says what to do; undefined when the parameter is not to blame.
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
    ...(cause === undefined ? {} : { cause }),
    hint: 'Name Postgres itself in DATABASE_URL, or a pool that keeps sessions: PgBouncer with pool_mode = session and ignore_startup_parameters = options',
  });
}
