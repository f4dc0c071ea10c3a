// The database sessions of a worker: a name by which they can be ended, and their end with the process.

import type { Logger } from '../logger.js';
import { createPool } from '../warehouse/connect/pool.js';
import { withSettings } from '../warehouse/connect/session-settings.js';
import { sqlstate, sqlstateOf } from '../warehouse/query/sqlstate.js';

/** The URL of a worker's sessions. @param name - By which others end them. */
export async function workerSessions(url: string, name: string, logger: Logger): Promise<string> {
  return withCheckedClient(withName(url, name), logger);
}

/**
 * Lets the server see within a second that the process is gone, also in the middle of a query; where it can: that
 * depends on its platform.
 */
async function withCheckedClient(url: string, logger: Logger): Promise<string> {
  const checked = withSettings(url, { client_connection_check_interval: '1s' });
  const pool = createPool(checked, logger);
  try {
    await pool.query('select 1');
    return checked;
  } catch (error) {
    if (sqlstateOf(error) !== sqlstate.invalidParameterValue) throw error;
    return url;
  } finally {
    await pool.end();
  }
}

/** Gives the sessions of a URL a name. */
function withName(url: string, name: string): string {
  const named = new URL(url);
  named.searchParams.set('application_name', name);
  // Postgres's client does not read "+" as a blank.
  named.search = named.search.replaceAll('+', '%20');
  return named.href;
}
