// The ledger of loaded files (`ops.source_file`).

import type { Pool, PoolClient } from 'pg';
import { queryRows } from '../../warehouse/query/query-rows.js';
import { lockByName } from '../../warehouse/query/transaction.js';

/** What an earlier load read of a file. */
export interface KnownContent {
  /** The file's source, and the digest of its declaration. */
  readonly source: string;
  readonly definition: string;
  readonly sha256: Uint8Array;
  readonly bytes: number;
  /**
   * Bytes of an incomplete last line, which appended bytes would change; 0: it ends with a line feed. Null:
   * appending is impossible, because the file is compressed.
   */
  readonly unfinishedBytes: number | null;
  /** The number of the first incomplete line, where reading continues. */
  readonly nextLine: number | null;
  /** The column names of a CSV's first record. */
  readonly header: readonly string[] | null;
  /** The file's stamp when it was read, if it had one. */
  readonly stamp?: string | null | undefined;
}

/** A row of `ops.source_file`. */
export interface LedgerEntry extends Omit<KnownContent, 'source' | 'definition'> {
  readonly file: string;
  /** The version of an object, in a bucket that keeps versions. */
  readonly version?: string | undefined;
  /** Of this load. */
  readonly lines: number;
  readonly loaded: number;
  readonly rejected: number;
  /** Microseconds since 2000-01-01 UTC; null when no loaded line has a time. */
  readonly newest: bigint | null;
}

/** A loaded file. */
export interface KnownFile extends KnownContent {
  /** Its loaded lines. */
  readonly loadedLines: number;
}

const knownContent = `
  select
    source_file as file, source, definition, sha256, bytes::float8 as bytes,
    unfinished_bytes::float8 as "unfinishedBytes", next_line::float8 as "nextLine", header,
    stamp, loaded_count::float8 as "loadedLines"
  from ops.source_file
  left join ops.file_stamp using (source_file)`;

/**
 * The loaded files of all sources, by name.
 *
 * @param name - Only this one. Default: all.
 */
export async function readLedger(
  pool: Pool,
  name?: string,
): Promise<ReadonlyMap<string, KnownFile>> {
  const rows = await queryRows<KnownFile & { file: string }>(
    pool,
    name === undefined ? knownContent : `${knownContent} where source_file = $1`,
    name === undefined ? [] : [name],
  );
  return new Map(rows.map(({ file, ...known }) => [file, known]));
}

/**
 * Locks a file against concurrent loads until the end of the transaction.
 *
 * @param client - A connection in a transaction.
 * @returns The file's current row; undefined: it is not loaded.
 */
export async function lockFile(
  client: PoolClient,
  name: string,
): Promise<KnownContent | undefined> {
  await lockByName(client, 'file', name);
  const [known] = await queryRows<KnownContent & { file: string }>(
    client,
    `${knownContent} where source_file = $1`,
    [name],
  );
  return known;
}

/** Whether two rows describe the same lines of a file. */
export function isSameContent(a: KnownContent | undefined, b: KnownContent | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    Buffer.compare(a.sha256, b.sha256) === 0 &&
    a.source === b.source &&
    a.definition === b.definition &&
    a.bytes === b.bytes &&
    a.unfinishedBytes === b.unfinishedBytes &&
    a.nextLine === b.nextLine
  );
}

/** Adds a row before the load, which the rejected lines refer to. */
export async function beginEntry(
  client: PoolClient,
  { file, source, definition }: Pick<KnownContent, 'source' | 'definition'> & { file: string },
  runId: number,
): Promise<void> {
  await client.query(
    `insert into ops.source_file
      (source, definition, source_file, sha256, bytes, line_count, loaded_count, rejected_count, run_id)
    values ($1, $2, $3, '', 0, 0, 0, 0, $4)
    on conflict (source_file) do nothing`,
    [source, definition, file, runId],
  );
}

/**
 * Writes the result of a load: the file's content as a whole, and its new lines.
 *
 * @param entry - Its counts are added to the row's.
 */
export async function addToEntry(
  client: PoolClient,
  entry: LedgerEntry,
  runId: number,
): Promise<void> {
  await client.query(
    `with
      stamped as (
        insert into ops.file_stamp (source_file, stamp) values ($1, $12)
        on conflict (source_file) do update set stamp = excluded.stamp
      )
    update ops.source_file
    set
      sha256 = $2, bytes = $3, unfinished_bytes = $4, next_line = $5,
      line_count = line_count + $6, loaded_count = loaded_count + $7,
      rejected_count = rejected_count + $8,
      newest_event = greatest(
        newest_event, timestamptz '2000-01-01 00:00:00Z' + $9::bigint * interval '1 microsecond'
      ),
      run_id = $10, header = $11, object_version = $13,
      loaded_at = clock_timestamp()
    where source_file = $1`,
    [
      ...[entry.file, entry.sha256, entry.bytes, entry.unfinishedBytes, entry.nextLine],
      ...[entry.lines, entry.loaded, entry.rejected, entry.newest, runId, entry.header],
      ...[entry.stamp ?? null, entry.version ?? null],
    ],
  );
}

/**
 * Updates the stamp of a file whose content is unchanged.
 *
 * @param known - The expected row; a changed one is left alone.
 */
export async function updateStamp(
  pool: Pool,
  { name, stamp }: { readonly name: string; readonly stamp?: string | undefined },
  known: Pick<KnownContent, 'sha256'>,
): Promise<void> {
  await pool.query(
    `insert into ops.file_stamp (source_file, stamp)
    select source_file, $2 from ops.source_file where source_file = $1 and sha256 = $3
    on conflict (source_file) do update set stamp = excluded.stamp`,
    [name, stamp ?? null, known.sha256],
  );
}

/** Deletes a file's row with its rejected lines. */
export async function removeEntry(client: PoolClient, file: string): Promise<void> {
  await client.query('delete from ops.source_file where source_file = $1', [file]);
}

/**
 * Deletes a file's rejected lines from a line on, and subtracts them from its counts.
 *
 * @param loaded - Loaded lines that were deleted, too.
 */
export async function takeBackLines(
  client: PoolClient,
  file: string,
  fromLine: number | null,
  loaded: number,
): Promise<void> {
  await client.query(
    `with
      gone as (
        delete from ops.reject where source_file = $1 and line_number >= $2 returning line_count
      ),
      counted as (select coalesce(sum(line_count), 0) as rejected from gone)
    update ops.source_file
    set
      line_count = line_count - $3 - rejected, loaded_count = loaded_count - $3,
      rejected_count = rejected_count - rejected
    from counted
    where source_file = $1`,
    [file, fromLine, loaded],
  );
}

/** @param newest - The time of the file's newest loaded event in Postgres's notation. */
export async function setNewestEvent(
  client: PoolClient,
  file: string,
  newest: string | null,
): Promise<void> {
  await client.query('update ops.source_file set newest_event = $2 where source_file = $1', [
    file,
    newest,
  ]);
}

/** The newest event of all files, RFC 3339 in UTC; null: there is none. */
export async function readNewestEvent(pool: Pool): Promise<string | null> {
  const [row] = await queryRows<{ newest: string | null }>(
    pool,
    'select max(newest_event) as newest from ops.source_file',
  );
  return row?.newest ?? null;
}

/** Lines for each byte on disk, by source and compression, with keys like `orders t`. */
export async function readLineRates(pool: Pool): Promise<ReadonlyMap<string, number>> {
  const rates = await queryRows<{ kind: string; rate: number }>(
    pool,
    `select
      concat(source, ' ', unfinished_bytes is null) as kind,
      sum(line_count)::float8 / sum(bytes)::float8 as rate
    from ops.source_file
    where bytes > 0
    group by 1`,
  );
  return new Map(rates.map(({ kind, rate }) => [kind, rate]));
}

/** A source whose newest event is older than declared. */
export interface Stale {
  readonly source: string;
  /** RFC 3339 in UTC; null: there is none. */
  readonly newest: string | null;
  /** The declared age, in milliseconds. */
  readonly ageMs: number;
}

/**
 * The sources whose newest event is too old.
 *
 * @param bounds - The maximum age of each, in milliseconds.
 */
export async function readStale(
  pool: Pool,
  bounds: readonly { readonly source: string; readonly ageMs: number }[],
): Promise<Stale[]> {
  if (bounds.length === 0) return [];
  return queryRows<Stale>(
    pool,
    `select bound.source, max(file.newest_event) as newest, bound.age as "ageMs"
    from unnest($1::text[], $2::float8[]) as bound (source, age)
    left join ops.source_file as file on file.source = bound.source
    group by bound.source, bound.age
    having coalesce(
      max(file.newest_event) < clock_timestamp() - make_interval(secs => bound.age / 1000), true
    )
    order by bound.source`,
    [bounds.map(({ source }) => source), bounds.map(({ ageMs }) => ageMs)],
  );
}
