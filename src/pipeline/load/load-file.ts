// Loading of one file in one transaction.

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
} from '../../history/files/ledger.js';
import { writeShapes } from '../../history/files/drift.js';
import { copyRejects, readFileLines } from '../../history/rejects/quarantine.js';
import { checkFields } from './check-fields.js';
import type { CheckedFile } from './limits/reject-limit.js';
import type { EncodeJob } from '../plan/file-decision.js';
import type { RejectedLine } from '../../history/rejects/reject.js';
import type { RejectCounts } from '../../history/rejects/reject.js';
import { sourceDigest } from '../definitions/digests.js';
import { sourceTableSql } from './ensure-table.js';

/** The result of loading a file; of one that has grown, that of its new lines. */
export interface FileLoad {
  readonly lines: number;
  readonly loaded: number;
  readonly rejected: number;
  /** The blank ones among the rejected lines. */
  readonly blank: number;
}

/** Options of {@link loadFile}. */
export interface LoadFileOptions {
  readonly runId: number;
  /** Called first and last in the transaction; throws when the file is another process's by now. Default: no check. */
  readonly checkClaim?: (client: PoolClient) => Promise<void>;
  readonly signal: AbortSignal;
  /** Threads for large files. Default: none. */
  readonly threads?: EncoderThreads;
  /**
   * Called before the first line is loaded, but not for an unchanged file. Called again when a concurrent run has
   * changed the ledger.
   */
  readonly onStart?: (change: 'append' | 'replace') => Promise<void>;
  /** Called with the number of bytes on disk that were read so far. */
  readonly onProgress: (bytesRead: number) => void;
  /** Called before the commit with the result; an error rolls the load back. Default: no check. */
  readonly check?: (file: CheckedFile & { readonly loaded: number }) => void;
}

/** The most rejected lines that are kept as samples, and bytes of each. */
const maxSamples = 100;
const maxSampleBytes = 4096;

/** The most rejected lines that are kept of a file, if they are more than half of it. */
const mostKept = 1_000_000;
/** The size of a message of rejected lines, in bytes. */
const rejectBytes = 256 * 1024;
/** The size of a batch of rejected lines, in bytes. */
const rejectBatchBytes = 4 * 1024 * 1024;

/** The COPY statement for a source's accepted lines. */
export function copyStatement(source: Source): string {
  const columns = [...source.columns, ...ownColumns].map(({ name }) => quote(name));
  return `copy ${sourceTableSql(source)} (${columns.join(', ')}) from stdin with (format binary, encoding 'UTF8')`;
}

/**
 * Loads a file in one transaction. Rows of an earlier load are replaced; of a file that has only grown, the new
 * lines are added. Rejected lines are kept, and the file's ledger row records the content that was read. The load
 * is atomic, also with concurrent ones: a later one finds the ledger changed, and checks the file again.
 *
 * @returns Undefined when the file is unchanged.
 * @throws DaybookError `LOAD_FAILED` naming the file, with Postgres's error as its cause; `DATA_UNREADABLE`; the
 *   reason of `signal`.
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

/** The end of an attempt: loaded, unchanged, or the ledger has changed meanwhile. */
type LoadEnd =
  /** Undefined: unchanged. */
  | { readonly load: FileLoad | undefined }
  /** What the ledger knows now. */
  | { readonly changed: KnownContent | undefined };

async function tryLoad(pool: Pool, job: EncodeJob, options: LoadFileOptions): Promise<LoadEnd> {
  const newBytes = job.file.bytes - (job.known?.bytes ?? 0);
  // With a thread at work already, this thread need not compile the parser.
  const isWorthIt = newBytes >= threadBytes || options.threads?.isStarted === true;
  const threads = isWorthIt && newBytes > 0 ? options.threads : undefined;
  const encoded = await (threads === undefined ? encodeFile(job) : threads.encode(job));
  if (encoded.change === 'unchanged') return { load: undefined };
  const { change, blocks, close } = encoded;
  try {
    await options.onStart?.(change);
    return await withTransaction<LoadEnd>(pool, async (client) => {
      // A crash of the server loses rows and ledger together, so the next run loads the file again; the end of the
      // run is flushed to disk, with everything before it.
      await client.query('set local synchronous_commit = off');
      const { source, file, known } = job;
      await options.checkClaim?.(client);
      const found = await lockFile(client, file.name);
      if (!isSameContent(found, known)) return { changed: found };
      // Without a ledger row there are no rows to delete.
      if (change === 'replace' && known !== undefined) {
        await removeFile(client, { schema: source.schema, name: known.source }, file.name);
      }
      const entry = { file: file.name, source: source.name, definition: sourceDigest(source) };
      await beginEntry(client, entry, options.runId);
      if (change === 'append') await removeUnfinishedLines(client, job);
      const load = await copyFile(client, job, change, blocks, options);
      await options.checkClaim?.(client);
      return { load };
    });
  } finally {
    await close();
  }
}

/**
 * Removes a file from the warehouse: rows, rejected lines, ledger row. The caller holds its lock ({@link
 * lockFile}).
 *
 * @param source - The source that it was loaded for, which may be declared no more.
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

/** Removes the unfinished lines at the end, which are read again, now with their end. */
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
  // A removed line may have been the newest.
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
  { runId, signal, onProgress, check }: LoadFileOptions,
): Promise<FileLoad> {
  const { source, file } = job;
  let [lines, loaded, rejected, kept] = [0, 0, 0, 0];
  let newest: bigint | null = null;
  let end: FileEnd | undefined;
  let held: RejectedLine[] = [];
  let heldBytes = 0;
  const rejects: RejectCounts = {};
  const samples: RejectedLine[] = [];

  /** Rows of the file's next lines; pauses when a batch of rejected lines has to be sent. */
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

  // A connection does one COPY at a time, so events and rejected lines alternate.
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
  // Appended lines say nothing about the fields of earlier ones.
  if (change === 'replace') await checkFields(client, source, end.shapes, file.path);
  const read = { lines, rejects };
  const whole = change === 'replace' ? read : await readFileLines(client, file.name);
  check?.({
    ...{ name: file.name, path: file.path, source: source.name, read, whole, samples },
    loaded: whole.lines - Object.values(whole.rejects).reduce((sum, count) => sum + count, 0),
  });
  return counts;
}

/** One binary COPY of a stream of rows. */
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

/** A file whose lines are mostly rejected does not belong to its source, and must not fill the quarantine. */
function notOfItsSource({ file, source }: EncodeJob, rejected: number): DaybookError {
  const what = `${rejected} of its lines are rejected, more than are loaded`;
  const hint = `it is no file of ${source.name}, or declared otherwise than it is; a copy of its first lines shows the reasons`;
  return new DaybookError('DATA_SHAPE', what, { where: file.path, hint });
}
