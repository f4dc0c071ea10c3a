import { isReject, type LineParser } from '../extract/log-event.js';
import {
  maxKeptBytes,
  maxLineBytes,
  type LineBlock,
  type OverlongLine,
} from '../extract/read-blocks.js';
import type { Reject } from '../extract/reject.js';
import type { Source } from '../sources/source.js';
import { EventRows } from './event-rows.js';

/** A line that stays outside, with its place and its bytes. */
export interface RejectedLine extends Reject {
  /** From 1. */
  readonly lineNumber: number;
  /** Where the line begins in the uncompressed file, from 0. */
  readonly byteOffset: number;
  /** The line without its line feed, byte for byte. */
  readonly raw: Buffer;
}

/** Gives memory for at least so many bytes, which nobody else uses. */
export type Allocate = (bytes: number) => Buffer;

/** A block ready to be sent: accepted lines as rows of a binary COPY, the others beside. */
export interface EncodedBlock {
  readonly rows: Buffer;
  readonly lineCount: number;
  /** The number of the line behind the block. */
  readonly nextLine: number;
  readonly loadedCount: number;
  readonly rejects: readonly RejectedLine[];
  /** Of the accepted lines' event times the greatest, in microseconds since 2000-01-01 UTC. */
  readonly newest: bigint | null;
}

/** Lines that were mended by hand, by their number: they stand for the line with these bytes. */
export type Mends = ReadonlyMap<number, { readonly raw: Uint8Array; readonly mended: Uint8Array }>;

/**
 * Parses every line of a block. Pure, so that it can move to another thread with its block.
 *
 * @param firstLine - The number of the block's first line, from 1.
 * @param file - The file's name as the warehouse knows it, UTF-8.
 */
export function encodeBlock(
  block: LineBlock | OverlongLine,
  firstLine: number,
  file: Uint8Array,
  source: Source,
  parse: LineParser,
  mends?: Mends,
  allocate: Allocate = (size) => Buffer.allocUnsafeSlow(size),
): EncodedBlock {
  if (block.kind === 'overlong') {
    const reject = overlong(block.length, firstLine, block.byteOffset, block.head);
    const nextLine = firstLine + 1;
    const counts = { lineCount: 1, nextLine, loadedCount: 0, newest: null };
    return { rows: Buffer.alloc(0), rejects: [reject], ...counts };
  }
  const { bytes, byteOffset, ends } = block;
  // Lengths and the file's name make rows of short lines longer than the lines.
  const rows = new EventRows(source, file, allocate(Math.ceil(bytes.length * 1.25) + 256));
  const rejects: RejectedLine[] = [];
  let [lineNumber, lineCount] = [firstLine, 0];
  for (let start = 0; start < bytes.length;) {
    const known = ends?.[lineCount];
    const next = known ?? (bytes.indexOf(0x0a, start) + 1 || bytes.length);
    const end = bytes[next - 1] === 0x0a ? next - 1 : next;
    if (end - start > maxLineBytes) {
      const head = bytes.subarray(start, Math.min(end, start + maxKeptBytes));
      rejects.push(overlong(end - start, lineNumber, byteOffset + start, head));
    } else {
      const result = parse(bytes, start, end);
      if (!isReject(result)) rows.add(result, lineNumber);
      else {
        // A copy: the block's memory must not live as long as one rejected line of it.
        const raw = Buffer.from(bytes.subarray(start, end));
        const mend = mends?.get(lineNumber);
        const again = mend !== undefined && raw.equals(mend.raw) ? parse(mend.mended) : result;
        if (!isReject(again)) rows.add(again, lineNumber);
        else rejects.push({ ...result, lineNumber, byteOffset: byteOffset + start, raw });
      }
    }
    lineNumber += known === undefined ? 1 : 1 + lineFeeds(bytes, start, end);
    lineCount += 1;
    start = next;
  }
  return {
    rows: rows.written,
    lineCount,
    nextLine: lineNumber,
    loadedCount: rows.count,
    rejects,
    newest: rows.newest,
  };
}

function overlong(
  length: number,
  lineNumber: number,
  byteOffset: number,
  head: Buffer,
): RejectedLine {
  const kept = length > head.length ? `; its first ${head.length} are kept` : '';
  const message = `the line has ${length} bytes, more than ${maxLineBytes}${kept}`;
  return { reason: 'line_too_long', message, lineNumber, byteOffset, raw: Buffer.from(head) };
}

/** Line feeds in a stretch of bytes: a record may hold some. */
export function lineFeeds(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  for (
    let at = bytes.indexOf(0x0a, start);
    at !== -1 && at < end;
    at = bytes.indexOf(0x0a, at + 1)
  ) {
    count += 1;
  }
  return count;
}
