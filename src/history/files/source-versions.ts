// Versions of loaded tables, by the ledger.

import type { Pool } from 'pg';
import type { Config } from '../../config/config.js';
import { queryRows } from '../../warehouse/query/query-rows.js';
import { sqlstate, sqlstateOf } from '../../warehouse/query/sqlstate.js';

/**
 * A digest of a file's content as SQL, from its ledger row `file`: it changes when other rows are loaded, but not
 * when the same ones are loaded again.
 */
export const fileContent =
  "md5((to_jsonb(file) - array['run_id', 'loaded_at', 'generation', 'object_version'])::text)";

/** A digest of the configuration that models depend on, as SQL. */
const parameterVersion = "md5(concat(time_zone, ' ', extract(epoch from as_of)))";

/** The version of the parameters' table that a configuration will have. */
export async function configuredVersion(
  pool: Pool,
  { reportTimeZone, reportAsOf }: Pick<Config, 'reportTimeZone' | 'reportAsOf'>,
): Promise<string> {
  const [row] = await queryRows<{ version: string }>(
    pool,
    `select ${parameterVersion} as version
    from (select $1::text as time_zone, $2::timestamptz as as_of) as parameter`,
    [reportTimeZone, reportAsOf ?? null],
  );
  return row?.version ?? '';
}

/** A digest of the rows of each source with files, by its name. */
export async function readSourceVersions(pool: Pool): Promise<ReadonlyMap<string, string>> {
  const rows = await queryRows<{ source: string; version: string }>(
    pool,
    `select source, md5(string_agg(${fileContent}, '' order by file.source_file)) as version
    from ops.source_file as file
    group by source`,
  );
  return new Map(rows.map(({ source, version }) => [source, version]));
}

/**
 * The version of the parameters' table.
 *
 * @param table - As SQL.
 * @returns Undefined before the first run.
 */
export async function readParameterVersion(pool: Pool, table: string): Promise<string | undefined> {
  try {
    const [row] = await queryRows<{ version: string }>(
      pool,
      `select ${parameterVersion} as version from ${table}`,
    );
    return row?.version;
  } catch (error) {
    // For readers the schema is missing until the next run creates it.
    if (sqlstateOf(error) === sqlstate.undefinedTable) return undefined;
    throw error;
  }
}
