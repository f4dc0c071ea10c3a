import type { Pool } from 'pg';
import { readModelStates } from '../../history/model-states.js';
import { readParameterVersion, readSourceVersions } from '../../history/source-versions.js';
import { reportParameter } from '../definitions/model.js';
import { sourceTable, type Source } from '../definitions/source.js';
import type { Versions } from './decide.js';

/**
 * What the warehouse holds: digests of the tables that the pipeline itself fills, and the models.
 *
 * @param schema - Of these tables.
 */
export async function readVersions(
  pool: Pool,
  sources: readonly Source[],
  schema: string,
): Promise<Versions> {
  const loaded = await readSourceVersions(pool);
  const parameters = reportParameter(schema);
  return {
    files: new Map(
      sources.map((source) => [sourceTable(source), loaded.get(source.name) ?? 'no file']),
    ),
    parameters: new Map([[parameters, (await readParameterVersion(pool, parameters)) ?? '']]),
    models: await readModelStates(pool),
  };
}
