import type { Pool } from 'pg';
import type { Config } from '../config/config.js';
import { queryRows } from '../warehouse/query/query-rows.js';
import { sqlstate, sqlstateOf } from '../warehouse/query/sqlstate.js';

/**
 * What a ledger row, `file`, says of a file's content, as SQL: it changes when other rows of the file are
 * loaded, and not when the same ones are loaded again.
 */
export const fileContent =
  "md5((to_jsonb(file) - array['run_id', 'loaded_at', 'stamp', 'generation'])::text)";

/** A digest of the configuration that models depend on, as SQL. */
const parameterVersion = "md5(concat(time_zone, ' ', extract(epoch from as_of)))";

/** What the configuration makes of the version of the table that models know it by. */
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

/** A digest of the rows of each source that has files, by its name. */
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
 * The version of the table of the report's parameters.
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
    // Whoever only reads finds a schema missing that the next run makes.
    if (sqlstateOf(error) === sqlstate.undefinedTable) return undefined;
    throw error;
  }
}
