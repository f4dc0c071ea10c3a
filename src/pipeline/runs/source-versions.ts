import type { Pool } from 'pg';
import { queryRows } from '../../warehouse/query-rows.js';
import type { Versions } from '../models/decide.js';
import { reportParameter } from '../models/model.js';
import { sourceTable, type Source } from '../sources/source.js';

/**
 * What a ledger row, `file`, says of a file's content, as SQL: it changes when other rows of the file are
 * loaded, and not when the same ones are loaded again.
 */
export const fileContent = "md5((to_jsonb(file) - array['run_id', 'loaded_at'])::text)";

/** Versions of the tables that the pipeline itself fills: digests of what is in them. */
export async function readSourceVersions(
  pool: Pool,
  source: Source,
): Promise<Pick<Versions, 'files' | 'parameters'>> {
  const [row] = await queryRows<{ files: string; parameter: string | null }>(
    pool,
    `select
      (
        select md5(coalesce(string_agg(${fileContent}, '' order by file.source_file), ''))
        from ops.source_file as file
      ) as files,
      (select md5(concat(time_zone, ' ', extract(epoch from as_of))) from ${reportParameter}) as parameter`,
  );
  return {
    files: new Map([[sourceTable(source), row?.files ?? '']]),
    parameters: new Map([[reportParameter, row?.parameter ?? '']]),
  };
}
