import pg from 'pg';
import type { Logger } from '../logger.js';
import { valueMapping } from './value-mapping.js';

/**
 * Settings of every session of Daybook, whatever the defaults of server, database or role are: values
 * arrive in the one notation that the value mapping reads, no calendar word depends on a zone that
 * nobody wrote down, SQL means what its parser has read, and who has waited for a lock sees what its
 * holder has done.
 */
const sessionSettings = {
  TimeZone: 'UTC',
  DateStyle: 'ISO',
  IntervalStyle: 'iso_8601',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  default_transaction_isolation: 'read committed',
};

/** Limits of a session that only reads, so that no forgotten query holds the warehouse up. */
export const readerSettings = {
  default_transaction_read_only: 'on',
  statement_timeout: '60s',
  idle_in_transaction_session_timeout: '60s',
};

/**
 * A URL with more server settings in its `options` parameter, as `-c name=value`.
 *
 * @param url - A `postgres://` URL; options that it already has are kept and come last, so they win.
 * @param settings - Names and values of server settings.
 */
export function withSettings(url: string, settings: Readonly<Record<string, string>>): string {
  const result = new URL(url);
  const added = Object.entries(settings).map(
    ([name, value]) => `-c ${name}=${value.replace(/[\\ ]/g, '\\$&')}`,
  );
  const parameters = new Map(result.searchParams);
  parameters.set('options', [...added, parameters.get('options') ?? ''].join(' ').trim());
  // Not searchParams.set: it writes blanks as "+", which psql does not read back as blanks.
  result.search = [...parameters]
    .map((pair) => pair.map((text) => encodeURIComponent(text)).join('='))
    .join('&');
  return result.href;
}

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
 * A pool of connections with Daybook's session settings and value mapping.
 *
 * @param url - A `postgres://` URL.
 * @param logger - Told of idle connections that break; the pool replaces them.
 */
export function createPool(url: string, logger: Logger): pg.Pool {
  const pool = new pg.Pool({
    connectionString: withSettings(url, sessionSettings),
    application_name: 'daybook',
    types: valueMapping,
    max: 8,
    Client,
    keepAlive: true,
    // An idle pool alone does not keep a command or a notebook's kernel from ending.
    allowExitOnIdle: true,
  });
  pool.on('error', (error) => {
    logger.warn(`an idle connection to the warehouse was lost: ${error.message}`);
  });
  return pool;
}
