import { hashStart, isCompressed, openFile, type ReadStart } from '../extract/open-file.js';
import type { LogFile } from '../extract/find-files.js';
import { createLineParser } from '../extract/parse-line.js';
import { readBlocks } from '../extract/read-blocks.js';
import type { Source } from '../sources/source.js';
import { encodeBlock, unfinishedBytes, type EncodedBlock, type Mends } from './encode-block.js';

/** What an earlier load read of a file. */
export interface KnownContent {
  readonly sha256: Uint8Array;
  readonly bytes: number;
  readonly lines: number;
  /**
   * Bytes of the last line when it had no line feed, 0 when it had. Null: nothing may be appended,
   * because the bytes are compressed.
   */
  readonly unfinishedBytes: number | null;
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
  | ({ readonly kind: 'block'; readonly bytesRead: number } & EncodedBlock)
  | {
      readonly kind: 'end';
      readonly sha256: Uint8Array;
      readonly bytes: number;
      readonly unfinishedBytes: number | null;
    };

/**
 * Reads a file and makes rows of its lines, as much as is new in it.
 *
 * @throws DaybookError `DATA_UNREADABLE`.
 */
export async function* encodeFile(job: EncodeJob): AsyncGenerator<EncodedPart> {
  const { file, source, known } = job;
  const hash =
    known === undefined || job.refresh === true ? undefined : await knownStart(file, known);
  if (hash !== undefined && known?.bytes === file.bytes) {
    yield { kind: 'start', change: 'unchanged' };
    return;
  }
  const start = hash !== undefined && known !== undefined ? resumption(known, hash) : undefined;
  yield { kind: 'start', change: start === undefined ? 'replace' : 'append' };

  const opened = openFile(file, start);
  const parse = createLineParser(source);
  const name = Buffer.from(file.name);
  const resumed =
    start === undefined ? 0 : (known?.lines ?? 0) - (start.from < start.bytes ? 1 : 0);
  let lines = resumed;
  let unfinished = 0;
  for await (const block of readBlocks(opened.chunks, start?.from)) {
    const encoded = encodeBlock(block, lines + 1, name, source, parse, job.mends);
    lines += encoded.lineCount;
    unfinished = unfinishedBytes(block);
    yield { kind: 'block', bytesRead: opened.bytesRead(), ...encoded };
  }
  const unfinishedOrNull = isCompressed(file) ? null : unfinished;
  yield { kind: 'end', ...opened.digest(), unfinishedBytes: unfinishedOrNull };
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
