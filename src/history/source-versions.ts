import type { Pool } from 'pg';
import type { Config } from '../config/config.js';
import { queryRows } from '../warehouse/query/query-rows.js';
import { sqlstate, sqlstateOf } from '../warehouse/query/sqlstate.js';
import type { Versions } from '../pipeline/plan/decide.js';
import { reportParameter } from '../pipeline/definitions/model.js';
import { sourceTable, type Source } from '../pipeline/definitions/source.js';

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

/**
 * Versions of the tables that the pipeline itself fills: digests of what is in them.
 *
 * @param schema - Of these tables.
 */
export async function readSourceVersions(
  pool: Pool,
  sources: readonly Source[],
  schema: string,
): Promise<Pick<Versions, 'files' | 'parameters'>> {
  const rows = await queryRows<{ source: string; version: string }>(
    pool,
    `select source, md5(string_agg(${fileContent}, '' order by file.source_file)) as version
    from ops.source_file as file
    group by source`,
  );
  const versions = new Map(rows.map(({ source, version }) => [source, version]));
  const [parameter] = await queryRows<{ version: string }>(
    pool,
    `select ${parameterVersion} as version from ${reportParameter(schema)}`,
  ).catch((error: unknown) => {
    // Whoever only reads finds a schema missing that the next run makes.
    if (sqlstateOf(error) === sqlstate.undefinedTable) return [];
    throw error;
  });
  return {
    files: new Map(
      sources.map((source) => [sourceTable(source), versions.get(source.name) ?? 'no file']),
    ),
    parameters: new Map([[reportParameter(schema), parameter?.version ?? '']]),
  };
}
