// Listing of rejected lines.

import { isUtf8 } from 'node:buffer';
import type { Pool } from 'pg';
import { queryRows } from '../../warehouse/query/query-rows.js';

/** A line in quarantine. */
export interface RejectEntry {
  /** Path relative to the data folder. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The number of lines that it stands for, in a run of blank ones. */
  readonly lines: number;
  /** The offset of the line in the uncompressed file, from 0. */
  readonly byteOffset: number;
  readonly reason: string;
  readonly message: string;
  /** The line's bytes without the line feed. */
  readonly raw: Buffer;
  /** The run that read it; null when its record is gone. */
  readonly runId: number | null;
  /** RFC 3339 in UTC. */
  readonly rejectedAt: string;
  /**
   * Its file was refused: nothing of that attempt is in the warehouse, and only the beginnings of the first lines
   * are known.
   */
  readonly isRefused: boolean;
}

/** A filter for {@link listRejects}. */
export interface RejectFilter {
  readonly reason?: string | undefined;
  /** Path relative to the data folder. */
  readonly file?: string | undefined;
  /** The limit. Default: all. */
  readonly limit?: number | undefined;
  /** Only lines in quarantine, without those of refused files. Default false. */
  readonly isKept?: boolean;
}

/** Rejected lines in a page. */
const pageRows = 200;

/** Rejected lines in quarantine and of refused files, by file and position, read page by page. */
export async function* listRejects(
  pool: Pool,
  { reason, file, limit = Infinity, isKept = false }: RejectFilter = {},
): AsyncGenerator<RejectEntry> {
  let left = limit;
  let [lastFile, lastLine, lastByte, lastRefused] = ['', 0, 0, false];
  while (left > 0) {
    const page = await queryRows<RejectEntry>(
      pool,
      `select * from (
        ${pageOf('ops.reject', 'line_count', false)}
        ${isKept ? '' : `union all ${pageOf('ops.refused_line', '1', true)}`}
      ) as listed
      order by file, line, "byteOffset", "isRefused"
      limit $7`,
      [
        ...[lastFile, lastLine, lastByte, lastRefused],
        ...[reason ?? null, file ?? null, Math.min(pageRows, left)],
      ],
    );
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    [lastFile, lastLine, lastByte] = [last.file, last.line, last.byteOffset];
    lastRefused = last.isRefused;
    left -= page.length;
  }
}

/** The query for the next lines of a table. */
function pageOf(table: string, lines: string, isRefused: boolean): string {
  return `(
    select
      source_file as file, line_number::float8 as line, ${lines}::float8 as lines,
      byte_offset::float8 as "byteOffset",
      reason, message, raw, run_id::float8 as "runId", rejected_at as "rejectedAt",
      ${isRefused} as "isRefused"
    from ${table}
    where
      (source_file, line_number, byte_offset, ${isRefused}) > ($1, $2, $3, $4::boolean)
      and ($5::text is null or reason = $5) and ($6::text is null or source_file = $6)
    order by source_file, line_number, byte_offset
    limit $7
  )`;
}

/**
 * The beginning of a line for terminals: unprintable characters are shown as `\x1b` or `\u{202e}`, and so is every
 * byte beyond ASCII in a line that is not UTF-8.
 */
export function preview(raw: Buffer, length = 80): string {
  const text = raw.toString(isUtf8(raw) ? 'utf8' : 'latin1', 0, length * 4);
  const isCut = text.length > length || raw.length > length * 4;
  const characters = Array.from(text).slice(0, length);
  const printable = isUtf8(raw) ? /[^\p{C}\p{Z}\ufffd]/u : /[!-~]/;
  const shown = characters.map((character) =>
    character === ' ' || printable.test(character) ? character : escapeCharacter(character),
  );
  return `${shown.join('')}${isCut ? '…' : ''}`;
}

function escapeCharacter(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u{${code}}`;
}
