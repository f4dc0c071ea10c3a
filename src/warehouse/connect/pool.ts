// Connection pools.

import pg from 'pg';
import type { Logger } from '../../logger.js';
import { PooledSessions } from './pooled-sessions.js';
import { prepareSession } from './prepare-session.js';
import { sessionSettings, withSettings } from './session-settings.js';
import { valueMapping } from '../query/value-mapping.js';

/**
 * A client with a connection timeout. The pool's option of that name would also limit how long to wait for a
 * connection that is in use, which may take minutes during a load. A refused connection
 * is closed: the driver leaves it open if it has no password to send, and the server waits a minute for one, as does
 * every `drop database` there.
 */
class Client extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super({ ...config, connectionTimeoutMillis: 15_000 });
  }

  override connect(): Promise<pg.Client>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<pg.Client> | undefined {
    const connected = super.connect();
    connected.catch(() => this.end().catch(() => undefined));
    if (callback === undefined) return connected;
    connected.then(
      () => {
        callback(null, this);
      },
      (error: unknown) => {
        callback(error as Error);
      },
    );
    return undefined;
  }
}

type Connected = (...result: [error: Error] | [error: null, client: pg.Client]) => void;

/**
 * A pool of connections with Daybook's session settings and value mapping. Each new connection is prepared and
 * verified before use, see {@link prepareSession}.
 *
 * @param url - A `postgres://` URL.
 * @param logger - Logs idle connections that break; the pool replaces them.
 */
export function createPool(url: string, logger: Logger): pg.Pool {
  const connectionString = withSettings(url, sessionSettings);
  const pooled = new PooledSessions(connectionString);
  const pool = new pg.Pool({
    connectionString,
    application_name: 'daybook',
    types: valueMapping,
    max: 8,
    Client,
    keepAlive: true,
    // An idle pool does not keep a command or a kernel alive.
    allowExitOnIdle: true,
    verify: (client, done) => {
      prepareSession(client, connectionString, pooled).then(() => {
        done();
      }, done);
    },
  });
  // A lost connection rejects its pending query. Its event comes, too, and would end the process without a
  // listener; the pool has one only while a connection is idle.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  pool.on('error', (error) => {
    logger.warn(`an idle connection to the warehouse was lost: ${error.message}`);
  });
  return pool;
}
