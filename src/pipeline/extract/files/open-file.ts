// Reading of log files, plain or packed: gzip, zstd. Support for another compression (packing) is added here.

import { createHash, type Hash } from 'node:crypto';
import { Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DaybookError } from '../../../errors.js';
import { unreadable, type LogFile } from './find-files.js';
import { chunkBytes, readBytes } from './read-bytes.js';
import { peek } from './peek.js';
import { unpackZstd } from './unpack-zstd.js';

/** An open log: its uncompressed bytes and, at the end, the digest of the file on disk. */
export interface OpenFile {
  /**
   * The uncompressed bytes; a chunk is valid until the next is asked for. Iteration throws `DATA_UNREADABLE` for a
   * truncated file.
   */
  readonly chunks: AsyncIterable<Buffer>;
  /** By its first bytes; undefined: a plain file. */
  readonly compression: Compression | undefined;
  /** Stops reading. */
  close(): Promise<void>;
  /** Bytes on disk that were read so far, skipped ones included. */
  bytesRead(): number;
  /** SHA-256 and size of the file as it is stored, and the version of an object, after {@link chunks} ended. */
  digest(): { sha256: Buffer; bytes: number; version: string | undefined };
}

/** The known beginning of a file: its digest, and where to continue. */
export interface ReadStart {
  /** The digest of the first {@link bytes}; it is consumed. */
  readonly hash: Hash;
  readonly bytes: number;
  /** The offset of the first chunk, at or before {@link bytes}. */
  readonly from: number;
}

/**
 * Opens a log, plain or compressed. The digest is of the bytes that were read, not of later ones.
 *
 * @param start - Skips what was read before; plain files only.
 * @throws DaybookError `DATA_UNREADABLE`, as the chunks do.
 */
export async function openFile(file: LogFile, start?: ReadStart): Promise<OpenFile> {
  const hash = start?.hash ?? createHash('sha256');
  let bytes = start?.from ?? 0;
  const hashed = start?.bytes ?? 0;
  let version: string | undefined;
  // New memory for each chunk costs page faults and garbage collection; what is packed is read ahead of its use.
  let chunk: Buffer | undefined;
  let isPacked = false;
  const memory = (): Buffer => {
    if (isPacked) return Buffer.allocUnsafeSlow(chunkBytes);
    return (chunk ??= Buffer.allocUnsafeSlow(chunkBytes));
  };
  async function* hashing(): AsyncGenerator<Buffer> {
    const range = { start: bytes };
    for await (const part of readBytes(file, range, memory, (read) => (version = read))) {
      hash.update(part.subarray(Math.max(0, hashed - bytes)));
      bytes += part.length;
      yield part;
    }
  }
  const stored = explained(file, hashing());
  const { head, chunks: content } = await peek(stored, magicBytes);
  const compression = (start?.from ?? 0) === 0 ? compressionOf(head) : undefined;
  isPacked = compression !== undefined;
  const chunks =
    compression === undefined
      ? content
      : explained(
          file,
          bounded(unpacked(compression, content), () => bytes),
        );
  return {
    chunks,
    compression,
    close: async () => {
      await stored.return(undefined);
    },
    bytesRead: () => bytes,
    digest: () => ({ sha256: hash.digest(), bytes, version }),
  };
}

function unpacked(compression: Compression, packed: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  return compression === 'zstd' ? unpackZstd(packed) : gunzipped(packed);
}

/** Unpacks gzip on demand: an error before the first read would be unhandled, and end the process. */
async function* gunzipped(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const ignore = (): void => undefined; // The error arrives at whoever reads the last stream.
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  yield* pipeline(Readable.from(packed), gunzip, ignore) as AsyncIterable<Buffer>;
}

/** The compression of a file. */
export type Compression = 'gzip' | 'zstd';

/** Bytes that show the compression. */
const magicBytes = 4;

/** The compression of a file by its first bytes (RFC 1952 and RFC 8878), whatever its name; undefined: a plain one. */
function compressionOf(head: Buffer): Compression | undefined {
  if (head.length >= 2 && head.readUInt16BE() === 0x1f8b) return 'gzip';
  if (head.length < magicBytes) return undefined;
  const number = head.readUInt32LE();
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
  let read = 0;
  for await (const chunk of explained(file, readBytes(file, { start: 0, end: bytes }))) {
    hash.update(chunk);
    read += chunk.length;
  }
  return read === bytes ? hash : undefined;
}
