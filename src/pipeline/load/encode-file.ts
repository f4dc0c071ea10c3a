import { columnNames, createRecordEnd } from '../extract/csv-record.js';
import type { LogFile } from '../extract/find-files.js';
import { compressionOf, hashStart, openFile, type ReadStart } from '../extract/open-file.js';
import { ShapeCollector, type LineShapes } from '../extract/line-shapes.js';
import type { LineParser } from '../extract/log-event.js';
import { createLineParser } from '../extract/parse-line.js';
import {
  readBlocks,
  readRecords,
  type LineBlock,
  type OverlongLine,
} from '../extract/read-blocks.js';
import { withOwnWords, type Source, type SourceFormat } from '../sources/source.js';
import {
  encodeBlock,
  lineFeeds,
  type Allocate,
  type EncodedBlock,
  type Mends,
} from './encode-block.js';

/** What an earlier load read of a file. */
export interface KnownContent {
  /** The source that it was loaded for, and the digest of that source's declaration. */
  readonly source: string;
  readonly definition: string;
  readonly sha256: Uint8Array;
  readonly bytes: number;
  /**
   * Bytes at the end that more bytes would make other lines of: a last line without a line feed, else 0.
   * Null: nothing may be appended, because the bytes are compressed.
   */
  readonly unfinishedBytes: number | null;
  /** The number of the line at which the file goes on: the first of the unfinished ones. */
  readonly nextLine: number | null;
  /** The names of a CSV's columns as its first record has them. */
  readonly header: readonly string[] | null;
  /** That of the file when its content was read, if it had one. */
  readonly stamp?: string | null | undefined;
}

/** A file to read. Everything in it can be sent to another thread. */
export interface EncodeJob {
  readonly file: LogFile;
  readonly source: Source;
  /** Without it the file is read from its beginning in any case. */
  readonly known?: KnownContent | undefined;
  /** Read it from its beginning although it is known. Default false. */
  readonly refresh?: boolean;
  /** Lines of it that were mended by hand. */
  readonly mends?: Mends | undefined;
}

/**
 * How a file stands to what is known of it. `append`: the known bytes are as they were and others
 * follow; what comes is only these, with the known last line if that was unfinished.
 */
export type FileChange = 'unchanged' | 'append' | 'replace';

/** What reading a file gives, in this order: one start, blocks, and unless it is unchanged one end. */
export type EncodedPart =
  | { readonly kind: 'start'; readonly change: FileChange }
  | ({
      readonly kind: 'block';
      readonly bytesRead: number;
      /** Call it when the rows were sent: their memory is used again. */
      readonly release?: () => void;
    } & EncodedBlock)
  | {
      readonly kind: 'end';
      readonly sha256: Uint8Array;
      readonly bytes: number;
      readonly unfinishedBytes: number | null;
      readonly nextLine: number | null;
      readonly header: readonly string[] | null;
      readonly shapes: LineShapes;
    };

/**
 * Reads a file and makes rows of its lines, as much as is new in it.
 *
 * @param allocate - Where the memory of rows comes from.
 * @throws DaybookError `DATA_UNREADABLE`.
 */
export async function* encodeFile(
  job: EncodeJob,
  allocate?: Allocate,
): AsyncGenerator<EncodedPart> {
  const { file, known } = job;
  const source = withOwnWords(job.source);
  const { change, start } = await compareFile(job);
  yield { kind: 'start', change };
  if (change === 'unchanged') return;

  const { format } = source;
  const compression = await compressionOf(file);
  const opened = openFile(file, compression, start);
  const name = Buffer.from(file.name);
  const csv = format.kind === 'csv' && format.names === 'header' ? format : undefined;
  let header = start !== undefined && start.from > 0 ? known?.header : undefined;
  const shapes = new ShapeCollector(source);
  let parse: LineParser | undefined;
  let nextLine = start === undefined ? 1 : (known?.nextLine ?? 1);
  let unfinished: { bytes: number; line: number } | undefined;
  for await (let block of blocksOf(format, opened.chunks, start?.from)) {
    if (!block.isFinished) {
      const bytes = block.kind === 'lines' ? block.bytes.length : block.length;
      unfinished = { bytes, line: nextLine };
    }
    if (csv !== undefined && header == null && block.kind === 'lines') {
      // Unfinished, it is read again from the file's very beginning.
      if (unfinished !== undefined) unfinished.bytes += block.byteOffset;
      const { bytes, ends = [] } = block;
      const record = bytes.subarray(0, ends[0]);
      header = columnNames(record, csv);
      nextLine += lineFeeds(record, 0, record.length);
      block = withoutRecord(block, record.length);
    }
    parse ??= createLineParser(source, header ?? undefined, shapes);
    const encoded = encodeBlock(block, nextLine, name, source, parse, job.mends, allocate);
    nextLine = encoded.nextLine;
    yield { kind: 'block', bytesRead: opened.bytesRead(), ...encoded };
  }
  yield {
    kind: 'end',
    ...opened.digest(),
    unfinishedBytes: compression === undefined ? (unfinished?.bytes ?? 0) : null,
    nextLine: compression === undefined ? (unfinished?.line ?? nextLine) : null,
    header: header ?? null,
    shapes: shapes.shapes,
  };
}

function blocksOf(
  format: SourceFormat,
  chunks: AsyncIterable<Buffer>,
  from?: number,
): AsyncGenerator<LineBlock | OverlongLine> {
  return format.kind === 'csv'
    ? readRecords(chunks, createRecordEnd(format), from)
    : readBlocks(chunks, from);
}

/** A block without its first record, of so many bytes. */
function withoutRecord(block: LineBlock, length: number): LineBlock {
  return {
    ...block,
    bytes: block.bytes.subarray(length),
    ends: (block.ends ?? []).slice(1).map((end) => end - length),
    byteOffset: block.byteOffset + length,
  };
}

/**
 * How a file stands to what is known of it, by its bytes, and where to go on in one that has grown.
 *
 * @throws DaybookError `DATA_UNREADABLE`.
 */
export async function compareFile({
  file,
  known,
  refresh,
}: EncodeJob): Promise<{ change: FileChange; start?: ReadStart }> {
  const hash = known === undefined || refresh === true ? undefined : await knownStart(file, known);
  if (hash === undefined || known === undefined) return { change: 'replace' };
  if (known.bytes === file.bytes) return { change: 'unchanged' };
  return { change: 'append', start: resumption(known, hash) };
}

/** The digest of the known bytes, if the file still begins with them and can be judged by them. */
async function knownStart(
  file: LogFile,
  known: KnownContent,
): Promise<ReadStart['hash'] | undefined> {
  const isGrown = file.bytes > known.bytes && known.unfinishedBytes !== null;
  if (file.bytes !== known.bytes && !isGrown) return undefined;
  const hash = await hashStart(file, known.bytes);
  const isSame = hash?.copy().digest().equals(known.sha256);
  return isSame === true ? hash : undefined;
}

function resumption(known: KnownContent, hash: ReadStart['hash']): ReadStart {
  return { hash, bytes: known.bytes, from: known.bytes - (known.unfinishedBytes ?? 0) };
}
