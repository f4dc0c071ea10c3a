import { pipeline } from 'node:stream/promises';
import type { Pool, PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { DaybookError } from '../../errors.js';
import { withTransaction } from '../../warehouse/transaction.js';
import type { LogFile } from '../extract/find-files.js';
import { openFile } from '../extract/open-file.js';
import { createLineParser } from '../extract/parse-line.js';
import { readBlocks } from '../extract/read-blocks.js';
import { sourceTable, type Source } from '../sources/source.js';
import { CopyText } from './copy-text.js';
import { encodeBlock, type RejectedLine } from './encode-block.js';

/** What loading one file came to. */
export interface FileLoad {
  readonly lines: number;
  readonly loaded: number;
  readonly rejected: number;
}

/** What loading needs beside the file. */
export interface LoadFileOptions {
  readonly runId: number;
  readonly signal: AbortSignal;
  /** Told how many bytes of the file on disk were read so far. */
  readonly onProgress: (bytesRead: number) => void;
}

/** Rejected lines are held back until they reach this size, in bytes, and then sent together. */
const rejectBatchBytes = 4 * 1024 * 1024;
/** How much COPY text may wait for the server, in bytes: parsing goes on while it writes. */
const copyBufferBytes = 2 * 1024 * 1024;

/** The COPY statement for a source's accepted lines. */
export function copyStatement(source: Source): string {
  const columns = [
    ...source.columns.map((column) => column.name),
    ...[source.payload, 'source_file', 'line_number'],
  ];
  return `copy ${sourceTable(source)} (${columns.join(', ')}) from stdin with (format text, encoding 'UTF8')`;
}

const copyRejects = `copy ops.reject (source_file, line_number, byte_offset, reason, message, raw, run_id) from stdin with (format text, encoding 'UTF8')`;

/**
 * Loads one file in one transaction: its rows of an earlier load are replaced, its rejected lines are
 * kept, and its row of the ledger says what was read, by content. Either all of it happens or nothing.
 *
 * @throws DaybookError `LOAD_FAILED` naming the file, with Postgres's error as its cause;
 *   `DATA_UNREADABLE`; whatever `signal` was aborted with.
 */
export async function loadFile(
  pool: Pool,
  source: Source,
  file: LogFile,
  options: LoadFileOptions,
): Promise<FileLoad> {
  try {
    return await withTransaction(pool, async (client) => {
      await removeFile(client, source, file.name);
      await client.query(
        `insert into ops.source_file
          (source_file, sha256, bytes, line_count, loaded_count, rejected_count, run_id)
        values ($1, '', 0, 0, 0, 0, $2)`,
        [file.name, options.runId],
      );
      return await copyFile(client, source, file, options);
    });
  } catch (cause) {
    options.signal.throwIfAborted();
    if (cause instanceof DaybookError) throw cause;
    throw new DaybookError('LOAD_FAILED', 'could not be loaded', { where: file.path, cause });
  }
}

/** Takes everything of a file out of the warehouse: its rows, its rejected lines, its ledger row. */
export async function removeFile(client: PoolClient, source: Source, name: string): Promise<void> {
  await client.query(`delete from ${sourceTable(source)} where source_file = $1`, [name]);
  await client.query('delete from ops.source_file where source_file = $1', [name]);
}

async function copyFile(
  client: PoolClient,
  source: Source,
  file: LogFile,
  { runId, signal, onProgress }: LoadFileOptions,
): Promise<FileLoad> {
  const opened = openFile(file);
  const parse = createLineParser(source);
  const name = Buffer.from(file.name);
  const blocks = readBlocks(opened.chunks);
  let [lines, loaded, rejected, finished] = [0, 0, 0, false];
  let held: RejectedLine[] = [];
  let heldBytes = 0;

  /** COPY text of the file's next lines; it pauses when the held rejects have to be sent. */
  async function* rows(): AsyncGenerator<Buffer> {
    while (heldBytes < rejectBatchBytes) {
      signal.throwIfAborted();
      const next = await blocks.next();
      if (next.done === true) {
        finished = true;
        return;
      }
      const encoded = encodeBlock(next.value, lines + 1, name, parse);
      lines += encoded.lineCount;
      loaded += encoded.loadedCount;
      held = held.concat(encoded.rejects);
      for (const reject of encoded.rejects) heldBytes += reject.raw.length + 512;
      onProgress(opened.bytesRead());
      if (encoded.rows.length > 0) yield encoded.rows;
    }
  }

  try {
    // One connection does one COPY at a time, so events and rejects take turns.
    while (!finished) {
      await copy(client, copyStatement(source), rows());
      await copy(client, copyRejects, rejectRows(held, file.name, runId));
      rejected += held.length;
      held = [];
      heldBytes = 0;
    }
  } finally {
    await blocks.return(undefined);
  }
  const { sha256, bytes } = opened.digest();
  await client.query(
    `update ops.source_file
    set sha256 = $2, bytes = $3, line_count = $4, loaded_count = $5, rejected_count = $6
    where source_file = $1`,
    [file.name, sha256, bytes, lines, loaded, rejected],
  );
  return { lines, loaded, rejected };
}

async function copy(
  client: PoolClient,
  statement: string,
  rows: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<void> {
  const stream = client.query(copyFrom(statement, { highWaterMark: copyBufferBytes }));
  await pipeline(rows, stream);
}

function* rejectRows(
  rejects: readonly RejectedLine[],
  file: string,
  runId: number,
): Generator<Buffer> {
  for (const reject of rejects) {
    const row = new CopyText(reject.raw.length * 2 + 1024);
    row.field(file);
    row.integer(reject.lineNumber);
    row.integer(reject.byteOffset);
    row.field(reject.reason);
    row.field(reject.message);
    row.bytea(reject.raw);
    row.integer(runId);
    row.endRow();
    yield row.bytes;
  }
}
