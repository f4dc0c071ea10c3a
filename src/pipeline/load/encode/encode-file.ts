// Reading of a log file as rows for COPY: unpacking, decoding, parsing.

import { DaybookError } from '../../../errors.js';
import { checkHeader } from '../../extract/event/check-header.js';
import { columnNames, createRecordEnd } from '../../extract/text/csv-record.js';
import type { LogFile } from '../../extract/files/find-files.js';
import {
  hashStart,
  openFile,
  type OpenFile,
  type ReadStart,
} from '../../extract/files/open-file.js';
import { ShapeCollector, type LineShapes } from '../../extract/event/line-shapes.js';
import { peek } from '../../extract/files/peek.js';
import {
  documentLayout,
  readElements,
  type DocumentLayout,
} from '../../extract/lines/read-elements.js';
import { openText, type FileText } from '../../extract/files/open-text.js';
import { withoutFuture } from '../../extract/event/future-time.js';
import { createLineParser } from '../../extract/lines/parse-line.js';
import {
  readBlocks,
  readRecords,
  type LineBlock,
  type OverlongLine,
} from '../../extract/lines/read-blocks.js';
import { mostPreambleBytes, readPreamble } from '../../extract/files/read-preamble.js';
import { createLineDecoder } from '../../extract/files/text-encoding.js';
import { internSource } from '../../definitions/source.js';
import { lineFeeds, type Allocate, type EncodedBlock } from './encode-block.js';
import { LineEncoder } from './encode-lines.js';
import type { KnownContent } from '../../../history/files/ledger.js';
import type { EncodeJob, FileChange } from '../../plan/file-decision.js';

/** Rows of some lines of a file, and the rejected lines. */
export interface FileBlock extends EncodedBlock {
  /** Bytes on disk that were read so far. */
  readonly bytesRead: number;
  /** Must be called when the rows were sent, so that their memory is reused. */
  readonly release?: () => void;
}

/** The results for a whole file. */
export interface FileEnd {
  readonly sha256: Uint8Array;
  readonly bytes: number;
  /** The version of an object, in a bucket that keeps versions. */
  readonly version?: string | undefined;
  readonly unfinishedBytes: number | null;
  readonly nextLine: number | null;
  readonly header: readonly string[] | null;
  readonly shapes: LineShapes;
}

/** A file in work: its change since the last load and, unless it is unchanged, its new content. */
export type EncodedFile =
  | { readonly change: 'unchanged' }
  | {
      readonly change: Exclude<FileChange, 'unchanged'>;
      readonly blocks: AsyncIterator<FileBlock, FileEnd>;
      /** Must be called in any case, also before the last block. */
      readonly close: () => Promise<void>;
    };

/**
 * Reads a file and encodes its new lines.
 *
 * @param allocate - Allocates the memory of rows.
 * @throws DaybookError `DATA_UNREADABLE`, as its blocks do.
 */
export async function encodeFile(job: EncodeJob, allocate?: Allocate): Promise<EncodedFile> {
  const { change, start } = await compareFile(job);
  if (change === 'unchanged') return { change };
  const opened = await openFile(job.file, start);
  const blocks = encodeContent(job, { opened, start, allocate });
  return { change, blocks, close: () => opened.close() };
}

/** The blocks of an open file, and their end. */
async function* encodeContent(
  job: EncodeJob,
  {
    opened,
    start,
    allocate,
  }: {
    readonly opened: OpenFile;
    readonly start: ReadStart | undefined;
    readonly allocate: Allocate | undefined;
  },
): AsyncGenerator<FileBlock, FileEnd> {
  const { file, known } = job;
  const { compression } = opened;
  const source = internSource(job.source);
  const { format } = source;
  const name = Buffer.from(file.name);
  const csv = format.kind === 'csv' && format.names === 'header' ? format : undefined;
  const isContinued = start !== undefined && start.from > 0;
  const text = isContinued
    ? { chunks: opened.chunks, isAsStored: true, bytes: start.from, lines: 0, layout: undefined }
    : await beginning(opened.chunks, job);
  let header = isContinued ? known?.header : undefined;
  const shapes = new ShapeCollector(source);
  let encoder: LineEncoder | undefined;
  let nextLine = start === undefined ? 1 : (known?.nextLine ?? 1);
  nextLine += text.lines;
  // A file that ends before its first record is read from its beginning when it has grown.
  let unfinished = isContinued || text.bytes === 0 ? undefined : { bytes: text.bytes, line: 1 };
  for await (let block of blocksOf(job, text)) {
    unfinished = undefined;
    if (!block.isFinished) {
      const bytes = block.kind === 'lines' ? block.bytes.length : block.length;
      unfinished = { bytes, line: nextLine };
    }
    if (csv !== undefined && header == null && block.kind === 'lines') {
      // An unfinished file is read from its beginning again.
      if (unfinished !== undefined)
        unfinished = { bytes: unfinished.bytes + block.byteOffset, line: 1 };
      const { bytes, ends = [] } = block;
      const record = bytes.subarray(0, ends[0]);
      header = columnNames(record, csv, createLineDecoder(source.encoding));
      // Its writer may not have finished.
      if (unfinished === undefined || compression !== undefined) {
        checkHeader(header, source, file.path);
      }
      nextLine += lineFeeds(record, 0, record.length);
      block = withoutRecord(block, record.length);
    }
    encoder ??= new LineEncoder(
      { file: name, source, repairs: job.repairs, allocate },
      (match) =>
        withoutFuture(
          createLineParser(source, header ?? undefined, shapes, file.name, match),
          source,
          job.latest ?? Infinity,
        ),
      file.path,
    );
    for (const encoded of encoder.encode(block, nextLine)) {
      nextLine = encoded.nextLine;
      yield { bytesRead: opened.bytesRead(), ...encoded };
      // Iterating over bytes in memory does not yield to the event loop, where signals are handled.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const rejects = encoder?.finish() ?? [];
  if (rejects.length > 0) {
    const counts = { lineCount: 0, nextLine, loadedCount: 0, rejectedCount: 0, newest: null };
    const none = { rows: Buffer.allocUnsafeSlow(0), bytesRead: opened.bytesRead() };
    yield { ...none, rejects, ...counts };
  }
  const isPlain = compression === undefined && text.isAsStored;
  return {
    ...opened.digest(),
    unfinishedBytes: isPlain ? (unfinished?.bytes ?? 0) : null,
    nextLine: isPlain ? (unfinished?.line ?? nextLine) : null,
    header: header ?? null,
    shapes: shapes.shapes,
  };
}

/**
 * The text of a file from its beginning, after the preamble of a CSV.
 *
 * @returns With its position in the file, in bytes and lines.
 */
async function beginning(
  content: AsyncIterable<Buffer>,
  { file, source: { name, format, encoding } }: EncodeJob,
): Promise<TextFrom> {
  const text = await openText(file, content, encoding);
  if (format.kind === 'json') {
    const { head, chunks } = await peek(text.chunks, layoutBytes);
    const layout = documentLayout(head, format.path);
    const isAsStored = text.isAsStored && layout === undefined;
    return { chunks, isAsStored, layout, bytes: 0, lines: 0 };
  }
  if (format.kind !== 'csv') return { ...text, bytes: 0, lines: 0 };
  const { delimiter, names, skip = 0 } = format;
  const preamble = await readPreamble(text.chunks, skip, names === 'header');
  if (preamble === undefined) {
    const what = `its first ${mostPreambleBytes} bytes are no line or blank ones`;
    throw new DaybookError('DATA_SHAPE', what, { where: file.path });
  }
  if (preamble.delimiter !== undefined && preamble.delimiter !== delimiter) {
    const found = `its first line says sep=${preamble.delimiter}`;
    const what = `${found}, and its source says that ${JSON.stringify(delimiter)} stands between fields`;
    const hint = `declare format: {csv: {delimiter: '${preamble.delimiter}'}} in sql/sources/${name}.yaml, or give the file a source of its own`;
    throw new DaybookError('DATA_SHAPE', what, { where: file.path, hint });
  }
  return { ...text, ...preamble };
}

function blocksOf(
  { file, source: { format } }: EncodeJob,
  { chunks, bytes, layout }: TextFrom,
): AsyncGenerator<LineBlock | OverlongLine> {
  if (layout !== undefined) return explained(file, readElements(chunks, layout));
  return format.kind === 'csv'
    ? readRecords(chunks, createRecordEnd(format), bytes)
    : readBlocks(chunks, bytes);
}

async function* explained<Part>(file: LogFile, parts: AsyncGenerator<Part>): AsyncGenerator<Part> {
  try {
    yield* parts;
  } catch (cause) {
    if (cause instanceof DaybookError || !(cause instanceof Error)) throw cause;
    const hint = 'mend it: JSON of several lines is read as a whole, so nothing of it was loaded';
    throw new DaybookError('DATA_SHAPE', cause.message, { where: file.path, hint });
  }
}

/** The text of a file from a position on. */
interface TextFrom extends FileText {
  readonly bytes: number;
  /** Lines before it. */
  readonly lines: number;
  /** For JSON that is not one object a line. */
  readonly layout?: DocumentLayout | undefined;
}

/** The bytes from which the layout of a JSON file is determined: blank lines may come first. */
const layoutBytes = 4096;

/** A block without its first record, which has so many bytes. */
function withoutRecord(block: LineBlock, length: number): LineBlock {
  return {
    ...block,
    bytes: block.bytes.subarray(length),
    ends: (block.ends ?? []).slice(1).map((end) => end - length),
    byteOffset: block.byteOffset + length,
  };
}

/**
 * The change of a file since its last load, by its bytes, and where to continue in one that has grown.
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

/** The digest of the known bytes, if the file still begins with them. */
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
