import type { Pool } from 'pg';
import { queryRows } from '../../warehouse/query-rows.js';
import type { Versions } from '../models/decide.js';
import { reportParameter } from '../models/model.js';
import { sourceTable, type Source } from '../sources/source.js';

/**
 * What a ledger row, `file`, says of a file's content, as SQL: it changes when other rows of the file are
 * loaded, and not when the same ones are loaded again.
 */
export const fileContent = "md5((to_jsonb(file) - array['run_id', 'loaded_at', 'stamp'])::text)";

/** Versions of the tables that the pipeline itself fills: digests of what is in them. */
export async function readSourceVersions(
  pool: Pool,
  sources: readonly Source[],
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
    `select md5(concat(time_zone, ' ', extract(epoch from as_of))) as version from ${reportParameter}`,
  );
  return {
    files: new Map(
      sources.map((source) => [sourceTable(source), versions.get(source.name) ?? 'no file']),
    ),
    parameters: new Map([[reportParameter, parameter?.version ?? '']]),
  };
}
