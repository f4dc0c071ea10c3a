import type { Pool } from 'pg';
import type { RejectedLine } from '../pipeline/load/encode/encode-block.js';

/** Keeps the first rejected lines of a file that was refused for them. */
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

/** Forgets them: every file that was refused is tried again. */
export async function forgetRefusedLines(pool: Pool): Promise<void> {
  await pool.query('delete from ops.refused_line');
}
