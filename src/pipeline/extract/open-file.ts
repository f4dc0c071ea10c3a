import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Transform, pipeline } from 'node:stream';
import * as zlib from 'node:zlib';
import { DaybookError } from '../../errors.js';
import { unreadable, type LogFile } from './find-files.js';

/** An open log: its bytes as they come, and once they were read to the end, what was on disk. */
export interface OpenFile {
  /** The uncompressed bytes. Iteration throws `DATA_UNREADABLE` for a file that breaks off. */
  readonly chunks: AsyncIterable<Buffer>;
  /** Bytes on disk that were read so far, those before the place of resumption among them. */
  bytesRead(): number;
  /** SHA-256 and size of the file as it lies on disk, after {@link chunks} ended. */
  digest(): { sha256: Buffer; bytes: number };
}

/** The beginning of a file that was read before: its digest, and where to go on. */
export interface ReadStart {
  /** The digest of the first {@link bytes}; it is used up. */
  readonly hash: Hash;
  readonly bytes: number;
  /** Where the chunks are to begin, at or before {@link bytes}. */
  readonly from: number;
}

const chunkBytes = 1024 * 1024;

/**
 * Opens a log, plain or compressed by its name. What is hashed is what was read, not what lies there
 * later.
 *
 * @param start - Leaves out what was read before; plain files only.
 * @throws DaybookError `DATA_UNREADABLE` for zstd where this Node cannot read it.
 */
export function openFile(file: LogFile, start?: ReadStart): OpenFile {
  const hash = start?.hash ?? createHash('sha256');
  let bytes = start?.from ?? 0;
  const hashed = start?.bytes ?? 0;
  const hashing = new Transform({
    readableHighWaterMark: chunkBytes,
    writableHighWaterMark: chunkBytes,
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk.subarray(Math.max(0, hashed - bytes)));
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const unpack = decompressor(file);
  const disk = createReadStream(file.path, { highWaterMark: chunkBytes, start: bytes });
  const ignore = (): void => undefined; // The error arrives at whoever reads the last stream.
  const last = unpack ? pipeline(disk, hashing, unpack, ignore) : pipeline(disk, hashing, ignore);
  return {
    chunks: explained(file, last),
    bytesRead: () => bytes,
    digest: () => ({ sha256: hash.digest(), bytes }),
  };
}

/** Whether a file's name says that it is compressed. */
export function isCompressed({ name }: Pick<LogFile, 'name'>): boolean {
  return /\.(gz|zst)$/.test(name);
}

function decompressor(file: LogFile): Transform | undefined {
  if (file.name.endsWith('.gz')) return zlib.createGunzip({ chunkSize: chunkBytes });
  if (!file.name.endsWith('.zst')) return undefined;
  // In Node since 22.15.
  const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform };
  if (createZstdDecompress !== undefined) return createZstdDecompress();
  throw new DaybookError('DATA_UNREADABLE', 'zstd cannot be read by this version of Node', {
    where: file.path,
    hint: 'take Node 22.15 or newer, or compress the file with gzip',
  });
}

async function* explained(file: LogFile, stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* stream;
  } catch (cause) {
    throw unreadable(file.path, cause);
  }
}

/**
 * The digest of a file's first bytes as they lie on disk, to go on with.
 *
 * @returns Undefined when the file is shorter.
 */
export async function hashStart(file: LogFile, bytes: number): Promise<Hash | undefined> {
  const hash = createHash('sha256');
  if (bytes === 0) return hash;
  const disk = createReadStream(file.path, { highWaterMark: chunkBytes, end: bytes - 1 });
  let read = 0;
  for await (const chunk of explained(file, disk)) {
    hash.update(chunk);
    read += chunk.length;
  }
  return read === bytes ? hash : undefined;
}
