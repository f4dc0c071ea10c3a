import { Decompress } from 'fzstd';
import { Xxh64 } from './xxh64.js';

/** The largest window that is read, in bytes: as much as `zstd -d` takes without `--long`. */
const mostWindowBytes = 128 * 1024 * 1024;

/**
 * Unpacks zstd (RFC 8878), a block of at most 128 KiB at a time, however much its few bytes become. Node's own
 * decompressor passes frames that break off (22), and what follows the first one (22 to 26). The blocks themselves are read by a library that knows nothing of checksums; frames are taken apart
 * here, so that each is held against its own.
 *
 * @throws Error for a frame that breaks off, is damaged, or has something behind it that is none.
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
      // A copy: the library goes on with what it has given.
      yield Buffer.from(part);
    }
  };
  for (let isLast = false; !isLast;) {
    const start = await whole(input, 3);
    const word = start.readUIntLE(0, 3);
    isLast = (word & 1) === 1;
    // A block of one byte that is repeated (type 1) holds it once.
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

/** What stands between a frame's magic number and its first block (RFC 8878, 3.1.1.1). */
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
/** Of frames that are to be skipped, without the last half byte. */
const skippedMagic = 0x184d2a5;

/** Bytes that arrive in chunks, taken in other portions. */
export class ByteQueue {
  readonly #chunks: AsyncIterator<Buffer>;
  #chunk: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /**
   * The next so many bytes, in memory of their own.
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

  /** Passes over so many bytes, as far as there are any. Returns how many. */
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

  /** Says that no more is wanted. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
