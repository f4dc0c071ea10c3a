import type { Pool } from 'pg';
import { DaybookError } from '../../errors.js';
import { sqlstate, sqlstateOf } from '../../warehouse/query/sqlstate.js';
import { openReader } from '../../warehouse/warehouse.js';
import type { Invocation } from '../command.js';

/**
 * Work on what the pipeline wrote about itself, with the reader's rights.
 *
 * @throws DaybookError `RUN_UNKNOWN` when no run has ever been made in this warehouse.
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
