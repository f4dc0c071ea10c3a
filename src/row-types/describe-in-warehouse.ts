// Description of queries in the warehouse of the project.

import type { Pool } from 'pg';
import type { Config } from '../config/config.js';
import type { Describe } from './describe-queries.js';

/** Has queries described by the project's warehouse, in the reader's role. Connects when it is called. */
export function describeInWarehouse(config: Config): Describe {
  return async (texts, types) => {
    // Postgres's client takes its time to load, and most checks find that all queries are described.
    const { openReader } = await import('../warehouse/warehouse.js');
    const reader = await openReader(config);
    try {
      return await describeByPool(reader.pool)(texts, types);
    } finally {
      await reader.close();
    }
  };
}

/** Has queries described by a connection of a pool, in the reader's role. */
export function describeByPool(pool: Pool): Describe {
  return async (texts, types, options) => {
    const [client, { describeQueries }] = await Promise.all([
      pool.connect(),
      import('./describe-queries.js'),
    ]);
    try {
      return await describeQueries(client, texts, types, options);
    } finally {
      client.release();
    }
  };
}
