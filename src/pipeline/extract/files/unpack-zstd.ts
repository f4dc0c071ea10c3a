// Decompression of zstd.

import { Decompress } from 'fzstd';
import { Xxh64 } from './xxh64.js';

/** The largest window, in bytes: as much as `zstd -d` accepts without `--long`. */
const mostWindowBytes = 128 * 1024 * 1024;

/**
 * Unpacks zstd (RFC 8878) in blocks of at most 128 KiB, so memory stays bounded. Node's own decompressor accepts
 * truncated frames (22), and content after the first one (22 to 26). Blocks are read by a library without
 * checksums; frames are parsed here, so that each is verified against its own.
 *
 * @throws Error for a frame that is truncated, damaged, or followed by anything else.
 */
export async function* unpackZstd(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const input = new ByteQueue(chunks);
  try {
    for (;;) {
      const magic = await input.take(4);
      if (magic.length === 0) return;
      const number = magic.length < 4 ? 0 : magic.readUInt32LE();
      if (number === frameMagic) yield* unpackFrame(magic, input);
      else if (number >>> 4 === skippedMagic) {
        const size = (await whole(input, 4)).readUInt32LE();
        if ((await input.skip(size)) < size) throw brokenOff();
      } else throw new Error('something that is no zstd frame follows the last one');
    }
  } finally {
    await input.close();
  }
}

async function* unpackFrame(magic: Buffer, input: ByteQueue): AsyncGenerator<Buffer> {
  const { bytes: head, hasChecksum } = await frameHead(input);
  const unpacked: Uint8Array[] = [];
  const decompress = new Decompress((bytes) => unpacked.push(bytes));
  const hash = hasChecksum ? new Xxh64() : undefined;
  let waiting: Buffer[] = [magic, head];
  const push = function* (bytes: Uint8Array, isLast: boolean): Generator<Buffer> {
    decompress.push(bytes, isLast);
    for (const part of unpacked.splice(0)) {
      if (part.length === 0) continue;
      hash?.update(part);
      // A copy: the library keeps using the memory.
      yield Buffer.from(part);
    }
  };
  for (let isLast = false; !isLast;) {
    const start = await whole(input, 3);
    const word = start.readUIntLE(0, 3);
    isLast = (word & 1) === 1;
    // A block of one repeated byte (type 1) contains it once.
    const size = ((word >>> 1) & 3) === 1 ? 1 : word >>> 3;
    const block = Buffer.concat([...waiting, start, await whole(input, size)]);
    waiting = [];
    yield* push(block, false);
  }
  const checksum = hasChecksum ? await whole(input, 4) : Buffer.alloc(0);
  yield* push(checksum, true);
  if (hash !== undefined && hash.low32() !== checksum.readUInt32LE()) {
    throw new Error('its content does not match its checksum');
  }
}

/** The header between a frame's magic number and its first block (RFC 8878, 3.1.1.1). */
async function frameHead(input: ByteQueue): Promise<{ bytes: Buffer; hasChecksum: boolean }> {
  const descriptor = await whole(input, 1);
  const flags = descriptor[0] ?? 0;
  const isSingleSegment = (flags & 0x20) !== 0;
  const sizeFlag = flags >>> 6;
  const sizeBytes = sizeFlag === 0 ? (isSingleSegment ? 1 : 0) : 1 << sizeFlag;
  const dictionaryBytes = [0, 1, 2, 4][flags & 3] ?? 0;
  const rest = await whole(input, (isSingleSegment ? 0 : 1) + dictionaryBytes + sizeBytes);
  const window = rest[0] ?? 0;
  const windowBytes = isSingleSegment
    ? sizeBytes === 8
      ? Number(rest.readBigUInt64LE(dictionaryBytes))
      : rest.readUIntLE(dictionaryBytes, sizeBytes)
    : 2 ** (10 + (window >>> 3)) * (1 + (window & 7) / 8);
  if (windowBytes > mostWindowBytes) {
    throw new Error(`a frame asks for a window of ${windowBytes} bytes, more than 128 MiB`);
  }
  if (dictionaryBytes > 0 && rest.readUIntLE(isSingleSegment ? 0 : 1, dictionaryBytes) !== 0) {
    throw new Error('it was packed with a dictionary, which only whoever packed it has');
  }
  return { bytes: Buffer.concat([descriptor, rest]), hasChecksum: (flags & 4) !== 0 };
}

async function whole(input: ByteQueue, length: number): Promise<Buffer> {
  const bytes = await input.take(length);
  if (bytes.length < length) throw brokenOff();
  return bytes;
}

function brokenOff(): Error {
  return new Error('it breaks off in the middle of a zstd frame');
}

const frameMagic = 0xfd2fb528;
/** The magic number of skippable frames, without the last half byte. */
const skippedMagic = 0x184d2a5;

/** A byte stream that is read in portions of any length. */
export class ByteQueue {
  readonly #chunks: AsyncIterator<Buffer>;
  #chunk: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /**
   * The next bytes, in memory of their own.
   *
   * @returns Fewer only at the end.
   */
  async take(length: number): Promise<Buffer> {
    const taken = Buffer.allocUnsafe(length);
    let at = 0;
    while (at < length && (await this.#isFilled())) {
      const part = this.#chunk.subarray(0, length - at);
      taken.set(part, at);
      at += part.length;
      this.#chunk = this.#chunk.subarray(part.length);
    }
    return taken.subarray(0, at);
  }

  /** Skips bytes; returns how many there were. */
  async skip(length: number): Promise<number> {
    let left = length;
    while (left > 0 && (await this.#isFilled())) {
      const part = Math.min(left, this.#chunk.length);
      this.#chunk = this.#chunk.subarray(part);
      left -= part;
    }
    return length - left;
  }

  async #isFilled(): Promise<boolean> {
    while (this.#chunk.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return false;
      this.#chunk = next.value;
    }
    return true;
  }

  /** Stops reading. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
