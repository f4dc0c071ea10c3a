// Lines that were repaired by hand.

import type { Pool, PoolClient } from 'pg';
import { queryRows } from '../../warehouse/query/query-rows.js';

/** A repaired line, which replaces the line with the bytes of `raw`. */
export interface RepairedLine {
  /** The offset of the line in the file, which distinguishes records on one line of a JSON document. */
  readonly byteOffset: number;
  readonly raw: Uint8Array;
  readonly repaired: Uint8Array;
}

/** Repaired lines by line number, the newest last. */
export type RepairedLines = ReadonlyMap<number, readonly RepairedLine[]>;

/** Repaired lines by file and line number. */
export async function readRepairedLines(pool: Pool): Promise<ReadonlyMap<string, RepairedLines>> {
  const rows = await queryRows<RepairedLine & { file: string; line: number }>(
    pool,
    `select
      source_file as file, line_number::float8 as line, byte_offset::float8 as "byteOffset", raw, mended as repaired
    from ops.mended_line
    order by source_file, line_number, mended_at`,
  );
  const files = new Map<string, Map<number, RepairedLine[]>>();
  for (const { file, line, ...repair } of rows) {
    const repairs = files.get(file) ?? new Map<number, RepairedLine[]>();
    files.set(file, repairs.set(line, [...(repairs.get(line) ?? []), repair]));
  }
  return files;
}

/** The repair of a line in quarantine. */
export interface Repair {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The offset of the line in the file; undefined: exported by an earlier version. */
  readonly byteOffset: number | undefined;
  /** SHA-256 of the original line, in hexadecimal. */
  readonly rawSha256: string;
  readonly repaired: Uint8Array;
}

/** @returns Whether the line is in quarantine; otherwise nothing is stored. */
export async function keepRepair(
  pool: Pool,
  { file, line, byteOffset, rawSha256, repaired }: Repair,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `insert into ops.mended_line (source_file, line_number, byte_offset, raw, mended)
    select source_file, line_number, byte_offset, raw, $4 from ops.reject
    where
      source_file = $1 and line_number = $2 and encode(sha256(raw), 'hex') = $3
      and ($5::bigint is null or byte_offset = $5)
    on conflict (source_file, line_number, byte_offset) do update
    set raw = excluded.raw, mended = excluded.mended, mended_at = clock_timestamp()`,
    [file, line, rawSha256, repaired, byteOffset ?? null],
  );
  return (rowCount ?? 0) > 0;
}

/** A line in quarantine to parse again. */
export interface ReplayedLine {
  readonly reject_id: bigint;
  readonly file: string;
  readonly line: number;
  readonly byteOffset: number;
  /** The number of lines that it stands for. */
  readonly lines: number;
  /** As repaired, otherwise as read. */
  readonly bytes: Buffer;
  /** The column names of a CSV. */
  readonly header: string[] | null;
}

/** The position of a record: the order of reading, where several records may share a line. */
export type LinePosition = Pick<ReplayedLine, 'file' | 'line' | 'byteOffset'>;

/** A page of a source's lines in quarantine, after a position. */
export async function readReplayedLines(
  client: PoolClient,
  source: string,
  after: LinePosition,
  limit: number,
): Promise<ReplayedLine[]> {
  return queryRows<ReplayedLine>(
    client,
    `select
      reject_id, reject.source_file as file, reject.line_number::float8 as line,
      reject.byte_offset::float8 as "byteOffset", reject.line_count::float8 as lines,
      coalesce(mended_line.mended, reject.raw) as bytes, source_file.header
    from ops.reject
    join ops.source_file using (source_file)
    left join ops.mended_line
      on mended_line.source_file = reject.source_file
      and mended_line.line_number = reject.line_number
      and mended_line.byte_offset = reject.byte_offset and mended_line.raw = reject.raw
    where
      (reject.source_file, reject.line_number, reject.byte_offset) > ($1, $2, $3)
      and source_file.source = $4
    order by reject.source_file, reject.line_number, reject.byte_offset
    limit $5`,
    [after.file, after.line, after.byteOffset, source, limit],
  );
}

/**
 * Moves lines from quarantine to loaded in the ledger.
 *
 * @param newest - The newest event of each file's lines, in microseconds since 2000-01-01 UTC.
 */
export async function acceptLines(
  client: PoolClient,
  rejectIds: readonly bigint[],
  newest: ReadonlyMap<string, bigint | null>,
): Promise<void> {
  await client.query(
    `with
      gone as (delete from ops.reject where reject_id = any ($1) returning source_file),
      counts as (select source_file, count(*) as lines from gone group by source_file)
    update ops.source_file
    set
      loaded_count = loaded_count + counts.lines, rejected_count = rejected_count - counts.lines,
      generation = gen_random_uuid(),
      newest_event = greatest(
        newest_event, timestamptz '2000-01-01 00:00:00Z' + newest.time * interval '1 microsecond'
      )
    from counts
    join unnest($2::text[], $3::bigint[]) as newest (source_file, time) using (source_file)
    where source_file.source_file = counts.source_file`,
    [rejectIds, [...newest.keys()], [...newest.values()]],
  );
}
