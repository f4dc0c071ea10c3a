import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool, PoolClient } from 'pg';
import { DaybookError } from '../../errors.js';
import { withTransaction } from '../../warehouse/query/transaction.js';
import { isReject } from '../extract/event/log-event.js';
import { matchBounded } from '../extract/values/match.js';
import { withoutFuture } from '../extract/event/future-time.js';
import { createLineParser } from '../extract/lines/parse-line.js';
import { withRunLock } from '../../history/run-lock.js';
import type { Source } from '../definitions/source.js';
import { ensureTable } from '../load/ensure-table.js';
import { hasExpressions } from '../load/encode/encode-lines.js';
import { EventRows } from '../load/encode/event-rows.js';
import { rejectFileEnd } from './export-rejects.js';
import { copy, copyStatement } from '../load/load-file.js';
import type { LimitsOf } from '../load/limits/source-limits.js';
import { parseRejects, sha256, type MendedLine } from './reject-file.js';

/** What replaying came to. */
export interface Replay {
  /** Lines that were in quarantine and are loaded now. */
  readonly loaded: number;
  /** Lines that are still rejected. */
  readonly rejected: number;
  /** Mended lines whose original is in quarantine no more: nothing was done with them. */
  readonly stale: number;
}

/** Rejected lines that are held at once. */
const pageRows = 200;

/**
 * Gives the lines in quarantine another try, with today's rules and, of those that were exported and
 * mended, with the mended bytes. What is accepted moves from the quarantine to its source's table in
 * one transaction for each page, so each line is loaded exactly once; mended lines are remembered and
 * stand for theirs in every later load of the file.
 *
 * @param sources - All sources that are declared.
 * @param folder - Files of `exportRejects` after somebody mended them. Default: none.
 * @throws DaybookError `DATA_MISSING` when the folder holds no such file.
 */
export async function replayRejects(
  pool: Pool,
  sources: readonly Source[],
  options: {
    folder?: string | undefined;
    limitsOf: LimitsOf;
    signal: AbortSignal;
    onWait?: () => void;
  },
): Promise<Replay> {
  const mended = options.folder === undefined ? [] : readMended(options.folder);
  const lock = { signal: options.signal, onWait: options.onWait ?? (() => undefined) };
  return withRunLock(pool, lock, async (lost) => {
    let stale = 0;
    for (const line of mended) if (!(await remember(pool, line))) stale += 1;
    let [loaded, rejected] = [0, 0];
    for (const source of sources) {
      // Its declaration may have changed since the last run.
      await ensureTable(pool, source);
      const latest = Date.now() + options.limitsOf(source.name).futureMs;
      let last: Place = { file: '', line: 0, byteOffset: 0 };
      for (;;) {
        options.signal.throwIfAborted();
        lost.throwIfAborted();
        const page = await withTransaction(pool, (client) =>
          replayPage(client, source, latest, last),
        );
        if (page === undefined) break;
        loaded += page.loaded;
        rejected += page.rejected;
        last = page.last;
      }
    }
    return { loaded, rejected, stale };
  });
}

function readMended(folder: string): MendedLine[] {
  const names = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.endsWith(rejectFileEnd),
      )
    : [];
  if (names.length > 0)
    return names.sort().flatMap((name) => parseRejects(readFileSync(join(folder, name))));
  throw new DaybookError('DATA_MISSING', `no file below ${folder} ends in ${rejectFileEnd}`, {
    hint: `daybook rejects export ${folder} writes them`,
  });
}

/** Keeps a mended line if its original is in quarantine and was changed. */
async function remember(
  pool: Pool,
  { file, line, byteOffset, rawSha256, mended }: MendedLine,
): Promise<boolean> {
  if (sha256(mended) === rawSha256) return true;
  const { rowCount } = await pool.query(
    `insert into ops.mended_line (source_file, line_number, byte_offset, raw, mended)
    select source_file, line_number, byte_offset, raw, $4 from ops.reject
    where
      source_file = $1 and line_number = $2 and encode(sha256(raw), 'hex') = $3
      and ($5::bigint is null or byte_offset = $5)
    on conflict (source_file, line_number, byte_offset) do update
    set raw = excluded.raw, mended = excluded.mended, mended_at = clock_timestamp()`,
    [file, line, rawSha256, mended, byteOffset ?? null],
  );
  return (rowCount ?? 0) > 0;
}

interface RejectRow {
  reject_id: bigint;
  file: string;
  line: number;
  byteOffset: number;
  lines: number;
  bytes: Buffer;
  header: string[] | null;
}

/** Where a record stands: pages are read in this order, and several records may share a line. */
type Place = Pick<RejectRow, 'file' | 'line' | 'byteOffset'>;

/** @returns Undefined when there is no reject after `last`. */
async function replayPage(
  client: PoolClient,
  source: Source,
  latest: number,
  last: Place,
): Promise<{ loaded: number; rejected: number; last: Place } | undefined> {
  const { rows: page } = await client.query<RejectRow>(
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
    [last.file, last.line, last.byteOffset, source.name, pageRows],
  );
  const end = page.at(-1);
  if (end === undefined) return undefined;
  // A line that was too slow is here to be tried again.
  const match = hasExpressions(source) ? matchBounded : undefined;
  const parserOf = (header: readonly string[] | null, file?: string) =>
    withoutFuture(
      createLineParser(source, header ?? undefined, undefined, file, match),
      source,
      latest,
    );
  let [parse, parsed] = [parserOf(null), undefined as string | undefined];
  let rejected = 0;
  const accepted: bigint[] = [];
  const files = new Map<string, EventRows>();
  for (const { reject_id, file, line, lines, bytes, header } of page) {
    // Each CSV has columns of its own, and a file's name may say the year.
    if (file !== parsed) {
      [parse, parsed] = [parserOf(header, file), file];
    }
    const event = parse(bytes);
    if (isReject(event)) {
      rejected += lines;
      continue;
    }
    accepted.push(reject_id);
    let rows = files.get(file);
    if (rows === undefined) {
      rows = new EventRows(source, Buffer.from(file), Buffer.allocUnsafeSlow(1024));
      files.set(file, rows);
    }
    rows.add(event, line);
  }
  if (accepted.length > 0) {
    const written = Array.from(files.values(), (rows) => ({ bytes: rows.written }));
    await copy(client, copyStatement(source), written);
    const times = Array.from(files.values(), (rows) => rows.newest);
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
      [accepted, [...files.keys()], times],
    );
  }
  return {
    loaded: accepted.length,
    rejected,
    last: end,
  };
}
