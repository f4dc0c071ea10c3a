import { isReject, type LineParser } from '../extract/parse-line.js';
import { maxLineBytes, type LineBlock, type OverlongLine } from '../extract/read-blocks.js';
import type { Reject } from '../extract/reject.js';
import { CopyText, writeEvent } from './copy-text.js';

/** A line that stays outside, with its place and its bytes. */
export interface RejectedLine extends Reject {
  /** From 1. */
  readonly lineNumber: number;
  /** Where the line begins in the uncompressed file, from 0. */
  readonly byteOffset: number;
  /** The line without its line feed, byte for byte. */
  readonly raw: Buffer;
}

/** A block ready to be sent: accepted lines as COPY text, the others beside. */
export interface EncodedBlock {
  readonly rows: Buffer;
  readonly lineCount: number;
  readonly loadedCount: number;
  readonly rejects: readonly RejectedLine[];
}

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
  parse: LineParser,
): EncodedBlock {
  if (block.kind === 'overlong') {
    const reject = overlong(block.length, firstLine, block.byteOffset, block.head);
    return { rows: Buffer.alloc(0), lineCount: 1, loadedCount: 0, rejects: [reject] };
  }
  const { bytes, byteOffset } = block;
  // Escapes and the file's name make rows longer than lines; a quarter more seldom has to grow.
  const rows = new CopyText(Math.ceil(bytes.length * 1.25) + 256);
  const rejects: RejectedLine[] = [];
  let lineNumber = firstLine;
  for (let start = 0; start < bytes.length; lineNumber += 1) {
    const lineFeed = bytes.indexOf(0x0a, start);
    const end = lineFeed === -1 ? bytes.length : lineFeed;
    if (end - start > maxLineBytes) {
      const head = bytes.subarray(start, start + maxLineBytes);
      rejects.push(overlong(end - start, lineNumber, byteOffset + start, head));
    } else {
      const result = parse(bytes, start, end);
      if (isReject(result)) {
        // A copy: the block's memory must not live as long as one rejected line of it.
        const raw = Buffer.from(bytes.subarray(start, end));
        rejects.push({ ...result, lineNumber, byteOffset: byteOffset + start, raw });
      } else {
        writeEvent(rows, result, file, lineNumber);
      }
    }
    start = end + 1;
  }
  const lineCount = lineNumber - firstLine;
  return { rows: rows.bytes, lineCount, loadedCount: rows.rows, rejects };
}

function overlong(
  length: number,
  lineNumber: number,
  byteOffset: number,
  head: Buffer,
): RejectedLine {
  const message = `the line has ${length} bytes, more than ${maxLineBytes}; its beginning is kept`;
  return { reason: 'line_too_long', message, lineNumber, byteOffset, raw: Buffer.from(head) };
}
