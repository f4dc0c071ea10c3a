import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable, Transform, pipeline } from 'node:stream';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { unreadable, type LogFile } from './find-files.js';

/** An open log: its bytes as they come, and once they were read to the end, what was on disk. */
export interface OpenFile {
  /**
   * The uncompressed bytes; a chunk is valid until the next is asked for. Iteration throws
   * `DATA_UNREADABLE` for a file that breaks off.
   */
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
 * Opens a log, plain or compressed. What is hashed is what was read, not what lies there later.
 *
 * @param compression - What {@link compressionOf} says of it.
 * @param start - Leaves out what was read before; plain files only.
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
  return {
    chunks: explained(file, unpacked(compression, hashing)),
    bytesRead: () => bytes,
    digest: () => ({ sha256: hash.digest(), bytes }),
  };
}

/** A file's bytes from a place on, each chunk in the memory that is given for it. */
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
  const unpack = decompressor(compression);
  const newMemory = (): Buffer => Buffer.allocUnsafeSlow(chunkBytes);
  if (unpack !== undefined) {
    const ignore = (): void => undefined; // The error arrives at whoever reads the last stream.
    return pipeline(Readable.from(read(newMemory)), unpack, ignore);
  }
  // New memory for each chunk costs its first touch, and collecting it.
  const chunk = newMemory();
  return read(() => chunk);
}

/** How a file is compressed. */
export type Compression = 'gzip' | 'zstd';

/**
 * How a file is compressed, by its first bytes (RFC 1952 and RFC 8878), whatever its name says.
 *
 * @returns Undefined for a file that is not.
 * @throws DaybookError `DATA_UNREADABLE`.
 */
export async function compressionOf(file: LogFile): Promise<Compression | undefined> {
  const disk = createReadStream(file.path, { end: 3 });
  let magic = Buffer.alloc(0);
  for await (const chunk of explained(file, disk)) magic = Buffer.concat([magic, chunk]);
  if (magic.length >= 2 && magic.readUInt16BE() === 0x1f8b) return 'gzip';
  if (magic.length < 4) return undefined;
  const number = magic.readUInt32LE();
  // A frame, or one that is to be skipped before it.
  return number === 0xfd2fb528 || number >>> 4 === 0x184d2a5 ? 'zstd' : undefined;
}

function decompressor(compression: Compression | undefined): Transform | undefined {
  if (compression === 'gzip') return zlib.createGunzip({ chunkSize: chunkBytes });
  if (compression === undefined) return undefined;
  // In Node since 22.15.
  const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform };
  return createZstdDecompress?.() ?? zstdDecompress();
}

/** How much is unpacked in one go: what a few bytes may become has to fit in memory. */
const zstdSliceBytes = 16 * 1024;

/** Reads zstd where Node cannot. It checks the format, but not the checksums at the ends of frames. */
function zstdDecompress(): Transform {
  const unpacked: Uint8Array[] = [];
  const decompress = new Decompress((bytes) => {
    unpacked.push(Buffer.from(bytes));
  });
  return new Transform({
    readableHighWaterMark: chunkBytes,
    transform(chunk: Buffer, _encoding, done) {
      try {
        for (let at = 0; at < chunk.length; at += zstdSliceBytes) {
          decompress.push(chunk.subarray(at, at + zstdSliceBytes));
          for (const bytes of unpacked.splice(0)) this.push(bytes);
        }
        done();
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done) {
      try {
        decompress.push(new Uint8Array(0), true);
        for (const bytes of unpacked.splice(0)) if (bytes.length > 0) this.push(bytes);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
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
