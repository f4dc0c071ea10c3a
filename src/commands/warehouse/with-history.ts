// Access of commands to the pipeline's history.

import type { Pool } from 'pg';
import { DaybookError } from '../../errors.js';
import { sqlstate, sqlstateOf } from '../../warehouse/query/sqlstate.js';
import { openReader } from '../../warehouse/warehouse.js';
import type { Invocation } from '../command.js';

/**
 * Work on the pipeline's history, as the reader.
 *
 * @throws DaybookError `RUN_UNKNOWN` before the first run of this warehouse.
 */
export async function withHistory<Result>(
  { config, logger }: Pick<Invocation, 'config' | 'logger'>,
  work: (pool: Pool) => Promise<Result>,
): Promise<Result> {
  const reader = await openReader(config, { logger });
  try {
    return await work(reader.pool);
  } catch (cause) {
    const state = sqlstateOf(cause);
    if (state !== sqlstate.undefinedTable && state !== sqlstate.invalidSchemaName) throw cause;
    throw new DaybookError('RUN_UNKNOWN', 'the pipeline has not run in this warehouse yet', {
      cause,
      hint: 'daybook pipeline run',
    });
  } finally {
    await reader.close();
  }
}
