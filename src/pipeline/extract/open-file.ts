import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Transform, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { unreadable, type LogFile } from './find-files.js';

/** An open log: its bytes as they come, and once they were read to the end, what was on disk. */
export interface OpenFile {
  /** The uncompressed bytes. Iteration throws `DATA_UNREADABLE` for a file that breaks off. */
  readonly chunks: AsyncIterable<Buffer>;
  /** Bytes on disk that were read so far. */
  bytesRead(): number;
  /** SHA-256 and size of the file as it lies on disk, after {@link chunks} ended. */
  digest(): { sha256: Buffer; bytes: number };
}

const chunkBytes = 1024 * 1024;

/** Opens a log, plain or gzip by its name. What is hashed is what was read, not what lies there later. */
export function openFile(file: LogFile): OpenFile {
  const hash = createHash('sha256');
  let bytes = 0;
  const hashing = new Transform({
    readableHighWaterMark: chunkBytes,
    writableHighWaterMark: chunkBytes,
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const disk = createReadStream(file.path, { highWaterMark: chunkBytes });
  const ignore = (): void => undefined; // The error arrives at whoever reads the last stream.
  const last = file.name.endsWith('.gz')
    ? pipeline(disk, hashing, createGunzip({ chunkSize: chunkBytes }), ignore)
    : pipeline(disk, hashing, ignore);
  return {
    chunks: explained(file, last),
    bytesRead: () => bytes,
    digest: () => ({ sha256: hash.digest(), bytes }),
  };
}

async function* explained(file: LogFile, stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* stream;
  } catch (cause) {
    throw unreadable(file.path, cause);
  }
}

/** The SHA-256 of a file as it lies on disk. */
export async function hashFile(file: LogFile): Promise<Buffer> {
  const hash = createHash('sha256');
  const disk = createReadStream(file.path, { highWaterMark: chunkBytes });
  for await (const chunk of explained(file, disk)) hash.update(chunk);
  return hash.digest();
}
