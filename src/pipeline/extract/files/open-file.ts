// Reading of log files, plain or packed: gzip, zstd. Support for another compression (packing) is added here.

import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DaybookError } from '../../../errors.js';
import { unreadable, type LogFile } from './find-files.js';
import { unpackZstd } from './unpack-zstd.js';

/** An open log: its uncompressed bytes and, at the end, the digest of the file on disk. */
export interface OpenFile {
  /**
   * The uncompressed bytes; a chunk is valid until the next is asked for. Iteration throws `DATA_UNREADABLE` for a
   * truncated file.
   */
  readonly chunks: AsyncIterable<Buffer>;
  /** Stops reading. */
  close(): Promise<void>;
  /** Bytes on disk that were read so far, skipped ones included. */
  bytesRead(): number;
  /** SHA-256 and size of the file on disk, after {@link chunks} ended. */
  digest(): { sha256: Buffer; bytes: number };
}

/** The known beginning of a file: its digest, and where to continue. */
export interface ReadStart {
  /** The digest of the first {@link bytes}; it is consumed. */
  readonly hash: Hash;
  readonly bytes: number;
  /** The offset of the first chunk, at or before {@link bytes}. */
  readonly from: number;
}

const chunkBytes = 1024 * 1024;

/**
 * Opens a log, plain or compressed. The digest is of the bytes that were read, not of later ones.
 *
 * @param compression - By {@link compressionOf}.
 * @param start - Skips what was read before; plain files only.
 */
export function openFile(
  file: LogFile,
  compression: Compression | undefined,
  start?: ReadStart,
): OpenFile {
  const hash = start?.hash ?? createHash('sha256');
  let bytes = start?.from ?? 0;
  const hashed = start?.bytes ?? 0;
  async function* hashing(memory: () => Buffer): AsyncGenerator<Buffer> {
    for await (const chunk of readFrom(file.path, bytes, memory)) {
      hash.update(chunk.subarray(Math.max(0, hashed - bytes)));
      bytes += chunk.length;
      yield chunk;
    }
  }
  const unpacking = unpacked(compression, hashing);
  const chunks = explained(
    file,
    compression === undefined ? unpacking : bounded(unpacking, () => bytes),
  );
  return {
    chunks,
    close: async () => {
      await chunks.return(undefined);
    },
    bytesRead: () => bytes,
    digest: () => ({ sha256: hash.digest(), bytes }),
  };
}

/** A file's bytes from an offset on, each chunk in the given memory. */
async function* readFrom(
  path: string,
  start: number,
  memory: () => Buffer,
): AsyncGenerator<Buffer> {
  const disk = await open(path);
  try {
    for (let at = start; ;) {
      const chunk = memory();
      const { bytesRead } = await disk.read(chunk, 0, chunk.length, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await disk.close();
  }
}

function unpacked(
  compression: Compression | undefined,
  read: (memory: () => Buffer) => AsyncGenerator<Buffer>,
): AsyncIterable<Buffer> {
  if (compression !== undefined) {
    const packed = read(() => Buffer.allocUnsafeSlow(chunkBytes));
    if (compression === 'zstd') return unpackZstd(packed);
    return gunzipped(packed);
  }
  // New memory for each chunk costs page faults and garbage collection.
  const chunk = Buffer.allocUnsafeSlow(chunkBytes);
  return read(() => chunk);
}

/** Unpacks gzip on demand: an error before the first read would be unhandled, and end the process. */
async function* gunzipped(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const ignore = (): void => undefined; // The error arrives at whoever reads the last stream.
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  yield* pipeline(Readable.from(packed), gunzip, ignore) as AsyncIterable<Buffer>;
}

/** The compression of a file. */
export type Compression = 'gzip' | 'zstd';

/**
 * The compression of a file by its first bytes (RFC 1952 and RFC 8878), whatever its name.
 *
 * @returns Undefined for a plain file.
 * @throws DaybookError `DATA_UNREADABLE`.
 */
export async function compressionOf(file: LogFile): Promise<Compression | undefined> {
  const disk = createReadStream(file.path, { end: 3 });
  let magic = Buffer.alloc(0);
  for await (const chunk of explained(file, disk)) magic = Buffer.concat([magic, chunk]);
  if (magic.length >= 2 && magic.readUInt16BE() === 0x1f8b) return 'gzip';
  if (magic.length < 4) return undefined;
  const number = magic.readUInt32LE();
  // A frame, or a skippable frame before it.
  return number === 0xfd2fb528 || number >>> 4 === 0x184d2a5 ? 'zstd' : undefined;
}

/** The unpacked size in bytes from which on the ratio is checked. */
const mostUnpackedBytes = 1024 ** 3;
/** The largest ratio beyond that size; logs have ratios of 10 to 100. */
const mostGrowth = 500;

/**
 * Limits the unpacked size: a decompression bomb of a few bytes can stand for terabytes.
 *
 * @param packedBytes - The packed bytes that were read so far.
 */
async function* bounded(
  unpacked: AsyncIterable<Buffer>,
  packedBytes: () => number,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of unpacked) {
    bytes += chunk.length;
    if (bytes > mostUnpackedBytes && bytes > packedBytes() * mostGrowth) {
      throw new Error(
        `${packedBytes()} bytes of it become more than ${bytes - chunk.length}, which no log does`,
      );
    }
    yield chunk;
  }
}

async function* explained(file: LogFile, stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* stream;
  } catch (cause) {
    throw cause instanceof DaybookError ? cause : unreadable(file.path, cause);
  }
}

/**
 * The digest of a file's first bytes on disk, to be continued.
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
