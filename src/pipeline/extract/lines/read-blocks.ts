// Splitting of a byte stream into lines.

import { blankLines } from './blank-lines.js';
import type { RecordEnd } from '../text/csv-record.js';

/** Whole lines of a file with their position. */
export interface LineBlock {
  readonly kind: 'lines';
  /** Lines with their line feeds; only a file's last line may lack it. */
  readonly bytes: Buffer;
  /** The end of each line in {@link bytes}, behind its line feed. Undefined: at each line feed. */
  readonly ends?: readonly number[];
  /** The start of each line, where something is between them. */
  readonly starts?: readonly number[];
  /** The offset of {@link bytes} in the uncompressed file, from 0. */
  readonly byteOffset: number;
  /** False: the file ended in the middle of this block, so appended bytes would change its lines. */
  readonly isFinished: boolean;
}

/** A line too long to be held: its beginning and its length. */
export interface OverlongLine {
  readonly kind: 'overlong';
  /** The line's first bytes, up to the bound. */
  readonly head: Buffer;
  readonly byteOffset: number;
  /** Bytes of the line without its line feed. */
  readonly length: number;
  /** Line feeds up to its end, of a record over several lines. Default 1. */
  readonly lineFeeds?: number;
  /** False: the file ended in the middle of it. */
  readonly isFinished: boolean;
}

/** The longest line that is loaded, in bytes without its line feed. */
export const maxLineBytes = 8 * 1024 * 1024;
/** The part of a line that is kept in quarantine, in bytes; it has to fit in memory a few times. */
export const maxKeptBytes = 64 * 1024 * 1024;

/**
 * After so many records with a leading blank, a run of blank lines is searched for, which becomes a block of its
 * own.
 */
const manyBlankLines = 1000;
const lineFeed = 0x0a;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Splits a byte stream into blocks of whole lines, about as large as the incoming chunks, without a byte order
 * mark at the start. Only the incomplete last line of a chunk is carried over, up to the bound, so memory does not
 * grow with the file. Chunks and blocks are valid until the next one is asked for.
 *
 * @param from - The offset of the first chunk in the uncompressed file; a byte order mark counts at 0 only.
 * @param longest - The bound for a line that is loaded, in bytes.
 * @param kept - The bound for what is kept of a longer one.
 */
export async function* readBlocks(
  chunks: AsyncIterable<Buffer>,
  from = 0,
  longest = maxLineBytes,
  kept = maxKeptBytes,
): AsyncGenerator<LineBlock | OverlongLine> {
  /** The start of the incomplete line at the end of the chunk. */
  let byteOffset = from;
  let carried = new CarriedLine(longest, kept);
  for await (const chunk of joinShortStart(chunks)) {
    let rest = chunk;
    if (byteOffset === 0 && carried.length === 0 && startsWithMark(chunk)) {
      byteOffset = byteOrderMark.length;
      rest = chunk.subarray(byteOrderMark.length);
    }
    if (carried.length > 0) {
      const end = rest.indexOf(lineFeed) + 1;
      carried.add(end === 0 ? rest : rest.subarray(0, end));
      if (end === 0) continue;
      yield carried.finish(byteOffset);
      byteOffset += carried.length;
      carried = new CarriedLine(longest, kept);
      rest = rest.subarray(end);
    }
    const end = rest.lastIndexOf(lineFeed) + 1;
    if (end > 0) {
      yield { kind: 'lines', bytes: rest.subarray(0, end), byteOffset, isFinished: true };
    }
    byteOffset += end;
    carried.add(rest.subarray(end));
  }
  if (carried.length > 0) yield carried.finish(byteOffset);
}

/**
 * Splits a byte stream into blocks of whole records that may contain line feeds; otherwise like {@link
 * readBlocks}.
 *
 * @param recordEnd - Finds the end of a record. It must bound its search, except in a first line.
 */
export async function* readRecords(
  chunks: AsyncIterable<Buffer>,
  recordEnd: RecordEnd,
  from = 0,
  longest = maxLineBytes,
  kept = maxKeptBytes,
): AsyncGenerator<LineBlock | OverlongLine> {
  let byteOffset = from;
  let rest: Buffer = Buffer.alloc(0);
  /** A line too long to search for fields. */
  let overlong: CarriedLine | undefined;
  const take = (end: number, more: Pick<LineBlock, 'ends' | 'isFinished'>): LineBlock => {
    const block: LineBlock = { kind: 'lines', bytes: rest.subarray(0, end), byteOffset, ...more };
    byteOffset += end;
    rest = rest.subarray(end);
    return block;
  };
  /** Consecutive records with a leading blank. */
  let blankStarts = 0;
  const cut = function* (isLast: boolean): Generator<LineBlock> {
    let ends: number[] = [];
    for (let at = 0; at < rest.length;) {
      blankStarts = isBlank(rest[at]) ? blankStarts + 1 : 0;
      const blanks = blankStarts > manyBlankLines ? blankLines(rest, at, longest) : none;
      if (blankStarts > manyBlankLines && blanks.count === 0) blankStarts = 0;
      if (blanks.count > 0) {
        if (ends.length > 0) yield take(at, { ends, isFinished: true });
        // Without quotes a record ends with its line.
        yield take(blanks.end - at, { isFinished: true });
        [ends, at] = [[], 0];
        continue;
      }
      at = recordEnd(rest, at, isLast);
      if (at === -1) break;
      ends.push(at);
    }
    const end = ends.at(-1);
    if (end !== undefined) yield take(end, { ends, isFinished: !isLast });
  };
  for await (const chunk of joinShortStart(chunks)) {
    let bytes = chunk;
    if (byteOffset === 0 && rest.length === 0 && overlong === undefined && startsWithMark(chunk)) {
      byteOffset = byteOrderMark.length;
      bytes = chunk.subarray(byteOrderMark.length);
    }
    if (overlong !== undefined) {
      const end = bytes.indexOf(lineFeed) + 1;
      overlong.add(end === 0 ? bytes : bytes.subarray(0, end));
      if (end === 0) continue;
      yield overlong.finish(byteOffset);
      byteOffset += overlong.length;
      overlong = undefined;
      bytes = bytes.subarray(end);
    }
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    yield* cut(false);
    if (rest.length <= longest) {
      rest = Buffer.from(rest);
      continue;
    }
    overlong = new CarriedLine(longest, kept);
    overlong.add(rest);
    rest = Buffer.alloc(0);
  }
  if (overlong !== undefined) yield overlong.finish(byteOffset);
  else yield* cut(true);
}

/** A line that arrives in several chunks. */
class CarriedLine {
  readonly #longest: number;
  readonly #kept: number;
  readonly #parts: Buffer[] = [];
  #held = 0;
  #endsInLineFeed = false;
  /** Bytes so far, its line feed included. */
  length = 0;

  constructor(longest: number, kept: number) {
    this.#longest = longest;
    this.#kept = kept;
  }

  add(part: Buffer): void {
    if (part.length === 0) return;
    this.length += part.length;
    this.#endsInLineFeed = part.at(-1) === lineFeed;
    // One byte more than the bound: a line of exactly that length has its line feed there.
    const held = part.subarray(0, Math.max(0, this.#kept + 1 - this.#held));
    this.#held += held.length;
    // A copy: the chunk's memory is used for the next one.
    if (held.length > 0) this.#parts.push(Buffer.from(held));
  }

  finish(byteOffset: number): LineBlock | OverlongLine {
    const bytes = Buffer.concat(this.#parts);
    const length = this.length - (this.#endsInLineFeed ? 1 : 0);
    return length > this.#longest
      ? {
          kind: 'overlong',
          head: bytes.subarray(0, Math.min(length, this.#kept)),
          byteOffset,
          length,
          isFinished: this.#endsInLineFeed,
        }
      : { kind: 'lines', bytes, byteOffset, isFinished: this.#endsInLineFeed };
  }
}

const none = { count: 0, end: 0 };

function isBlank(byte: number | undefined): boolean {
  return byte === lineFeed || byte === 0x20 || byte === 0x09 || byte === 0x0d;
}

function startsWithMark(chunk: Buffer): boolean {
  return chunk.subarray(0, byteOrderMark.length).equals(byteOrderMark);
}

/** Extends a short first chunk, so that a byte order mark is complete. */
async function* joinShortStart(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let start: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (start === undefined) {
      yield chunk;
      continue;
    }
    start = Buffer.concat([start, chunk]);
    if (start.length < byteOrderMark.length) continue;
    yield start;
    start = undefined;
  }
  if (start !== undefined && start.length > 0) yield start;
}
