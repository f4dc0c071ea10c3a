// Description of queries in the warehouse of the project.

import type { Config } from '../config/config.js';
import type { Describe } from './describe-queries.js';

/** Has queries described by the project's warehouse, in the reader's role. Connects when it is called. */
export function describeInWarehouse(config: Config): Describe {
  return async (texts, types) => {
    // Postgres's client takes its time to load, and most checks find that all queries are described.
    const [{ openReader }, { describeQueries }] = await Promise.all([
      import('../warehouse/warehouse.js'),
      import('./describe-queries.js'),
    ]);
    const reader = await openReader(config);
    try {
      const client = await reader.pool.connect();
      try {
        return await describeQueries(client, texts, types);
      } finally {
        client.release();
      }
    } finally {
      await reader.close();
    }
  };
}
