// Rejected lines in quarantine and of refused files.

import type { Pool, PoolClient } from 'pg';
import { queryRows } from '../../warehouse/query/query-rows.js';
import type { RejectCounts } from './reject.js';
import type { RejectedLine } from './reject.js';

/** Lines that were read, and the rejected ones by reason. */
export interface ReadLines {
  readonly lines: number;
  readonly rejects: RejectCounts;
}

/** Lines in quarantine, by reason. */
export async function countRejects(pool: Pool): Promise<RejectCounts> {
  const rows = await queryRows<{ reason: string; count: bigint }>(
    pool,
    'select reason, sum(line_count)::bigint as count from ops.reject group by reason order by reason',
  );
  return Object.fromEntries(rows.map(({ reason, count }) => [reason, Number(count)]));
}

/** The lines of each source, with those in quarantine by reason, without some files. */
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

/** The lines of a file, with its rejected ones. */
export async function readFileLines(client: PoolClient, name: string): Promise<ReadLines> {
  const { rows } = await client.query<{ lines: number; rejects: RejectCounts | null }>(
    `select
      line_count::float8 as lines,
      case when rejected_count > 0 then (
        select json_object_agg(reason, count) from (
          select reason, sum(line_count) as count from ops.reject where source_file = $1 group by reason
        ) as counts
      ) end as rejects
    from ops.source_file where source_file = $1`,
    [name],
  );
  return { lines: rows[0]?.lines ?? 0, rejects: rows[0]?.rejects ?? {} };
}

/** The COPY statement for rejected lines; values are binary, in this order. */
export const copyRejects = `copy ops.reject (source_file, line_number, line_count, byte_offset, reason, message, raw, run_id) from stdin with (format binary, encoding 'UTF8')`;

/** Stores the first rejected lines of a refused file. */
export async function keepRefusedLines(
  pool: Pool,
  runId: number,
  file: string,
  samples: readonly RejectedLine[],
): Promise<void> {
  await pool.query(
    `insert into ops.refused_line
      (run_id, source_file, line_number, byte_offset, reason, message, raw)
    select $1, $2, * from unnest($3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::bytea[])
    on conflict (source_file, line_number, byte_offset) do nothing`,
    [
      ...[runId, file],
      samples.map(({ lineNumber }) => lineNumber),
      samples.map(({ byteOffset }) => byteOffset),
      samples.map(({ reason }) => reason),
      samples.map(({ message }) => message),
      samples.map(({ raw }) => raw),
    ],
  );
}

/** Deletes them: every refused file is tried again. */
export async function forgetRefusedLines(pool: Pool): Promise<void> {
  await pool.query('delete from ops.refused_line');
}
