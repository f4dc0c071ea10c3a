// The bytes of a file wherever it is: in the data folder, or an object of a store.

import { open } from 'node:fs/promises';
import { readObject, type ByteRange } from '../../../storage/read-object.js';
import type { LogFile } from './find-files.js';

/** The size of chunks. */
export const chunkBytes = 1024 * 1024;

/**
 * A range of a file's bytes. Fewer come where the file is shorter.
 *
 * @param memory - Gives the memory of each chunk. Default: one for all, so a chunk is valid until the next is asked
 *   for.
 * @param onVersion - Called with the version of an object that has one.
 */
export function readBytes(
  file: LogFile,
  range: ByteRange,
  memory = oneChunk(),
  onVersion?: (version: string) => void,
): AsyncGenerator<Buffer> {
  return file.object === undefined
    ? readFolder(file.path, range, memory)
    : readObject(file.object, range, memory, onVersion);
}

/** New memory for each chunk would cost page faults and garbage collection. */
function oneChunk(): () => Buffer {
  let chunk: Buffer | undefined;
  return () => (chunk ??= Buffer.allocUnsafeSlow(chunkBytes));
}

async function* readFolder(
  path: string,
  { start, end = Infinity }: ByteRange,
  memory: () => Buffer,
): AsyncGenerator<Buffer> {
  const disk = await open(path);
  try {
    for (let at = start; at < end;) {
      const chunk = memory();
      const { bytesRead } = await disk.read(chunk, 0, Math.min(chunk.length, end - at), at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await disk.close();
  }
}
