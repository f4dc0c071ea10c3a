import pg from 'pg';
import type { Logger } from '../../logger.js';
import { PooledSessions } from './pooled-sessions.js';
import { prepareSession } from './prepare-session.js';
import { sessionSettings, withSettings } from './session-settings.js';
import { valueMapping } from '../query/value-mapping.js';

/**
 * A connection that gives up on a server that does not answer. The pool's option of that name would
 * also bound how long somebody waits for a connection that others are using, which a load or a
 * model may do for minutes.
 */
class Client extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super({ ...config, connectionTimeoutMillis: 15_000 });
  }
}

/**
 * A pool of connections with Daybook's session settings and value mapping. Each new connection is prepared
 * and verified before anybody gets it, see {@link prepareSession}.
 *
 * @param url - A `postgres://` URL.
 * @param logger - Told of idle connections that break; the pool replaces them.
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
    // An idle pool alone does not keep a command or a notebook's kernel from ending.
    allowExitOnIdle: true,
    verify: (client, done) => {
      prepareSession(client, connectionString, pooled).then(() => {
        done();
      }, done);
    },
  });
  // A lost connection is told to whoever waits for an answer on it. Its event, which comes too, would end the
  // process where nobody listens: the pool does so only while a connection is idle, not while it is verified.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  pool.on('error', (error) => {
    logger.warn(`an idle connection to the warehouse was lost: ${error.message}`);
  });
  return pool;
}
