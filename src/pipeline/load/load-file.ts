import type { Pool, PoolClient } from 'pg';
import { DaybookError } from '../../errors.js';
import { quote } from '../../warehouse/query/sql-text.js';
import { withTransaction } from '../../warehouse/query/transaction.js';
import { ownColumns, type Source } from '../definitions/source.js';
import { CopyBinary, copyHeader, copyTrailer } from './encode/copy-binary.js';
import { copyIn, type CopyData } from './copy-in.js';
import { encodeFile, type FileBlock, type FileEnd } from './encode/encode-file.js';
import { threadBytes, type EncoderThreads } from './encode/encoder-threads.js';
import {
  addToEntry,
  beginEntry,
  removeEntry,
  setNewestEvent,
  takeBackLines,
  isSameContent,
  lockFile,
  type KnownContent,
} from '../../history/ledger.js';
import { writeShapes } from '../../history/drift.js';
import { copyRejects, readFileLines } from '../../history/rejects.js';
import { checkFields } from './check-fields.js';
import type { JudgedFile } from './limits/reject-limit.js';
import type { EncodeJob } from '../plan/file-decision.js';
import type { RejectedLine } from '../../history/reject.js';
import type { RejectCounts } from '../../history/pipeline-report.js';
import { sourceDigest } from '../definitions/digests.js';
import { sourceTableSql } from './ensure-table.js';

/** What loading one file came to; of a file that has grown, what its new lines came to. */
export interface FileLoad {
  readonly lines: number;
  readonly loaded: number;
  readonly rejected: number;
  /** Of the rejected lines those that are blank. */
  readonly blank: number;
}

/** What loading needs beside the file. */
export interface LoadFileOptions {
  readonly runId: number;
  readonly signal: AbortSignal;
  /** Threads that large files are parsed in. Default: none, all is done in this one. */
  readonly threads?: EncoderThreads;
  /**
   * Called before the first line is loaded, not for a file that is unchanged. Called again when another run
   * has changed what is known of the file in the meantime.
   */
  readonly onStart?: (change: 'append' | 'replace') => Promise<void>;
  /** Told how many bytes of the file on disk were read so far. */
  readonly onProgress: (bytesRead: number) => void;
  /** Told what the warehouse would hold of the file; what it throws undoes the load. Default: all is right. */
  readonly judge?: (file: JudgedFile & { readonly loaded: number }) => void;
}

/** So many rejected lines are shown of a file that is judged, each up to so many bytes. */
const maxSamples = 100;
const maxSampleBytes = 4096;

/** Rejected lines of one file that are kept, if they are more than half of it. */
const mostKept = 1_000_000;
/** So many bytes of rejected lines are sent at once. */
const rejectBytes = 256 * 1024;
/** Rejected lines are held back until they reach this size, in bytes, and then sent together. */
const rejectBatchBytes = 4 * 1024 * 1024;

/** The COPY statement for a source's accepted lines. */
export function copyStatement(source: Source): string {
  const columns = [...source.columns, ...ownColumns].map(({ name }) => quote(name));
  return `copy ${sourceTableSql(source)} (${columns.join(', ')}) from stdin with (format binary, encoding 'UTF8')`;
}

/**
 * Brings one file into the warehouse in one transaction. What an earlier load left of it is replaced;
 * of a file that has only grown, the new lines are added. Rejected lines are kept, and the file's row of
 * the ledger says what was read, by content. Either all of it happens or nothing, and however many do it at
 * once: who comes later finds the ledger changed, and looks at the file again.
 *
 * @returns Undefined when the file is as it is known.
 * @throws DaybookError `LOAD_FAILED` naming the file, with Postgres's error as its cause;
 *   `DATA_UNREADABLE`; whatever `signal` was aborted with.
 */
export async function loadFile(
  pool: Pool,
  job: EncodeJob,
  options: LoadFileOptions,
): Promise<FileLoad | undefined> {
  try {
    for (let { known } = job; ;) {
      const end = await tryLoad(pool, { ...job, known }, options);
      if (!('changed' in end)) return end.load;
      known = end.changed;
    }
  } catch (cause) {
    options.signal.throwIfAborted();
    if (cause instanceof DaybookError) throw cause;
    throw new DaybookError('LOAD_FAILED', 'could not be loaded', { where: job.file.path, cause });
  }
}

/** How an attempt ended: the file is loaded or unchanged, or somebody else has changed what is known. */
type LoadEnd =
  { readonly load: FileLoad | undefined } | { readonly changed: KnownContent | undefined };

async function tryLoad(pool: Pool, job: EncodeJob, options: LoadFileOptions): Promise<LoadEnd> {
  const newBytes = job.file.bytes - (job.known?.bytes ?? 0);
  // Where a thread is at work already, this one need not compile the parser, too.
  const isWorthIt = newBytes >= threadBytes || options.threads?.isStarted === true;
  const threads = isWorthIt && newBytes > 0 ? options.threads : undefined;
  const encoded = await (threads === undefined ? encodeFile(job) : threads.encode(job));
  if (encoded.change === 'unchanged') return { load: undefined };
  const { change, blocks, close } = encoded;
  try {
    await options.onStart?.(change);
    return await withTransaction<LoadEnd>(pool, async (client) => {
      // Rows and ledger are lost together in a crash of the server, so the next run loads the file again; the
      // end of the run is written to disk, and everything before it.
      await client.query('set local synchronous_commit = off');
      const { source, file, known } = job;
      const found = await lockFile(client, file.name);
      if (!isSameContent(found, known)) return { changed: found };
      // Without an entry of the ledger there are no rows to look for.
      if (change === 'replace' && known !== undefined) {
        await removeFile(client, { schema: source.schema, name: known.source }, file.name);
      }
      const entry = { file: file.name, source: source.name, definition: sourceDigest(source) };
      await beginEntry(client, entry, options.runId);
      if (change === 'append') await removeUnfinishedLines(client, job);
      return { load: await copyFile(client, job, change, blocks, options) };
    });
  } finally {
    await close();
  }
}

/**
 * Takes everything of a file out of the warehouse: its rows, its rejected lines, its ledger row. The caller
 * has the file for itself ({@link lockFile}).
 *
 * @param source - What it was loaded for, which may not be declared any more.
 */
export async function removeFile(
  client: PoolClient,
  source: Pick<Source, 'schema' | 'name'>,
  name: string,
): Promise<void> {
  const table = sourceTableSql(source);
  const { rows } = await client.query<{ isThere: boolean }>(
    'select to_regclass($1) is not null as "isThere"',
    [table],
  );
  if (rows[0]?.isThere === true) {
    await client.query(`delete from ${table} where source_file = $1`, [name]);
  }
  await removeEntry(client, name);
}

/** Takes out the lines at the end that were not finished: they are read again, now with their end. */
async function removeUnfinishedLines(
  client: PoolClient,
  { source, file, known }: EncodeJob,
): Promise<void> {
  if (known === undefined || known.unfinishedBytes === 0) return;
  const place = [file.name, known.nextLine];
  const { rowCount: loaded } = await client.query(
    `delete from ${sourceTableSql(source)} where source_file = $1 and line_number >= $2`,
    place,
  );
  await takeBackLines(client, file.name, known.nextLine, loaded ?? 0);
  if (loaded === 0 || source.eventTime === null) return;
  // A line that went may have been the newest.
  const { rows } = await client.query<{ newest: string | null }>(
    `select max(${quote(source.eventTime)})::text as newest
    from ${sourceTableSql(source)} where source_file = $1`,
    [file.name],
  );
  await setNewestEvent(client, file.name, rows[0]?.newest ?? null);
}

async function copyFile(
  client: PoolClient,
  job: EncodeJob,
  change: 'append' | 'replace',
  blocks: AsyncIterator<FileBlock, FileEnd>,
  { runId, signal, onProgress, judge }: LoadFileOptions,
): Promise<FileLoad> {
  const { source, file } = job;
  let [lines, loaded, rejected, kept] = [0, 0, 0, 0];
  let newest: bigint | null = null;
  let end: FileEnd | undefined;
  let held: RejectedLine[] = [];
  let heldBytes = 0;
  const rejects: RejectCounts = {};
  const samples: RejectedLine[] = [];

  /** Rows of the file's next lines; it pauses when the held rejects have to be sent. */
  async function* rows(): AsyncGenerator<CopyData> {
    while (heldBytes < rejectBatchBytes) {
      signal.throwIfAborted();
      const next = await blocks.next();
      if (next.done === true) {
        end = next.value;
        return;
      }
      const block = next.value;
      lines += block.lineCount;
      loaded += block.loadedCount;
      if (newest === null || (block.newest !== null && block.newest > newest))
        newest = block.newest;
      rejected += block.rejectedCount;
      kept += block.rejects.length;
      if (kept > mostKept && rejected > loaded) throw notOfItsSource(job, rejected);
      for (const reject of block.rejects) {
        held.push(reject);
        heldBytes += reject.raw.length + 512;
        rejects[reject.reason] = (rejects[reject.reason] ?? 0) + reject.lineCount;
        if (samples.length < maxSamples && reject.reason !== 'blank_line') {
          samples.push({ ...reject, raw: Buffer.from(reject.raw.subarray(0, maxSampleBytes)) });
        }
      }
      onProgress(block.bytesRead);
      if (block.rows.length > 0) yield { bytes: block.rows, release: block.release };
      else block.release?.();
    }
  }

  // One connection does one COPY at a time, so events and rejects take turns.
  while (end === undefined) {
    await copy(client, copyStatement(source), rows());
    if (held.length > 0) await copy(client, copyRejects, rejectRows(held, file.name, runId));
    held = [];
    heldBytes = 0;
  }
  const counts = { lines, loaded, rejected, blank: rejects.blank_line ?? 0 };
  const entry = { ...end, file: file.name, stamp: file.stamp, newest, ...counts };
  await addToEntry(client, entry, runId);
  await writeShapes(client, source.name, file.name, end.shapes, runId);
  // What was added to a file says nothing of the lines before.
  if (change === 'replace') await checkFields(client, source, end.shapes, file.path);
  const read = { lines, rejects };
  const whole = change === 'replace' ? read : await readFileLines(client, file.name);
  judge?.({
    ...{ name: file.name, path: file.path, source: source.name, read, whole, samples },
    loaded: whole.lines - Object.values(whole.rejects).reduce((sum, count) => sum + count, 0),
  });
  return counts;
}

/** One binary COPY of rows that come as they are. */
export async function copy(
  client: PoolClient,
  statement: string,
  rows: AsyncIterable<CopyData> | Iterable<CopyData>,
): Promise<void> {
  await copyIn(client, statement, framed(rows));
}

async function* framed(
  rows: AsyncIterable<CopyData> | Iterable<CopyData>,
): AsyncGenerator<CopyData> {
  yield { bytes: copyHeader };
  yield* rows;
  yield { bytes: copyTrailer };
}

function* rejectRows(
  rejects: readonly RejectedLine[],
  file: string,
  runId: number,
): Generator<CopyData> {
  let rows = new CopyBinary();
  const name = Buffer.from(file);
  for (const reject of rejects) {
    rows.row(8);
    rows.bytes(name);
    rows.integer(reject.lineNumber);
    rows.integer(reject.lineCount);
    rows.integer(reject.byteOffset);
    rows.text(reject.reason);
    rows.text(reject.message);
    rows.bytes(reject.raw);
    rows.integer(runId);
    if (rows.length < rejectBytes) continue;
    yield { bytes: rows.written };
    rows = new CopyBinary();
  }
  if (rows.length > 0) yield { bytes: rows.written };
}

/** A file most of whose lines are rejected is none of its source: they would fill the quarantine instead. */
function notOfItsSource({ file, source }: EncodeJob, rejected: number): DaybookError {
  const what = `${rejected} of its lines are rejected, more than are loaded`;
  const hint = `it is no file of ${source.name}, or declared otherwise than it is; a copy of its first lines shows the reasons`;
  return new DaybookError('DATA_SHAPE', what, { where: file.path, hint });
}
