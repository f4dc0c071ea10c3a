import type { Pool } from 'pg';
import { queryRows } from '../warehouse/query/query-rows.js';
import type { RejectCounts } from '../pipeline/pipeline-event.js';
import type { ReadLines } from '../pipeline/load/limits/reject-limit.js';

/** All lines in quarantine, by reason. */
export async function countRejects(pool: Pool): Promise<RejectCounts> {
  const rows = await queryRows<{ reason: string; count: bigint }>(
    pool,
    'select reason, sum(line_count)::bigint as count from ops.reject group by reason order by reason',
  );
  return Object.fromEntries(rows.map(({ reason, count }) => [reason, Number(count)]));
}

/** The lines of each source, with those in quarantine by reason, but for some files. */
export async function countSourceLines(
  pool: Pool,
  without: readonly string[],
): Promise<ReadonlyMap<string, ReadLines>> {
  const rows = await queryRows<{ source: string; lines: number; rejects: RejectCounts | null }>(
    pool,
    `with
      counted as (
        select source, reason, sum(reject.line_count) as count
        from ops.reject join ops.source_file using (source_file)
        where source_file <> all ($1)
        group by source, reason
      )
    select
      source, sum(line_count)::float8 as lines,
      (select json_object_agg(reason, count) from counted where counted.source = file.source) as rejects
    from ops.source_file as file
    where source_file <> all ($1)
    group by source
    order by source`,
    [without],
  );
  return new Map(
    rows.map(({ source, lines, rejects }) => [source, { lines, rejects: rejects ?? {} }]),
  );
}
