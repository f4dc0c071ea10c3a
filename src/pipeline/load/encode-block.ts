import { isReject, type LineParser, type LogEvent } from '../extract/parse-line.js';
import {
  maxKeptBytes,
  maxLineBytes,
  type LineBlock,
  type OverlongLine,
} from '../extract/read-blocks.js';
import type { Reject } from '../extract/reject.js';
import type { Source } from '../sources/source.js';
import { CopyBinary } from './copy-binary.js';

/** A line that stays outside, with its place and its bytes. */
export interface RejectedLine extends Reject {
  /** From 1. */
  readonly lineNumber: number;
  /** Where the line begins in the uncompressed file, from 0. */
  readonly byteOffset: number;
  /** The line without its line feed, byte for byte. */
  readonly raw: Buffer;
}

/** A block ready to be sent: accepted lines as rows of a binary COPY, the others beside. */
export interface EncodedBlock {
  readonly rows: Buffer;
  readonly lineCount: number;
  readonly loadedCount: number;
  readonly rejects: readonly RejectedLine[];
  /** Of the accepted lines' event times the greatest, in microseconds since 2000-01-01 UTC. */
  readonly newest: number | null;
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
): EncodedBlock {
  if (block.kind === 'overlong') {
    const reject = overlong(block.length, firstLine, block.byteOffset, block.head);
    return { rows: Buffer.alloc(0), lineCount: 1, loadedCount: 0, rejects: [reject], newest: null };
  }
  const { bytes, byteOffset } = block;
  // Lengths and the file's name make rows of short lines longer than the lines.
  const rows = new CopyBinary(Math.ceil(bytes.length * 1.25) + 256);
  const rejects: RejectedLine[] = [];
  let lineNumber = firstLine;
  let newest = -Infinity;
  for (let start = 0; start < bytes.length; lineNumber += 1) {
    const lineFeed = bytes.indexOf(0x0a, start);
    const end = lineFeed === -1 ? bytes.length : lineFeed;
    if (end - start > maxLineBytes) {
      const head = bytes.subarray(start, Math.min(end, start + maxKeptBytes));
      rejects.push(overlong(end - start, lineNumber, byteOffset + start, head));
    } else {
      const result = encodeLine(rows, source, parse(bytes, start, end), file, lineNumber);
      if (typeof result === 'number') newest = Math.max(newest, result);
      else {
        // A copy: the block's memory must not live as long as one rejected line of it.
        const raw = Buffer.from(bytes.subarray(start, end));
        const mend = mends?.get(lineNumber);
        const again =
          mend !== undefined && raw.equals(mend.raw)
            ? encodeLine(rows, source, parse(mend.mended), file, lineNumber)
            : result;
        if (typeof again === 'number') newest = Math.max(newest, again);
        else rejects.push({ ...result, lineNumber, byteOffset: byteOffset + start, raw });
      }
    }
    start = end + 1;
  }
  const lineCount = lineNumber - firstLine;
  return {
    rows: rows.written,
    lineCount,
    loadedCount: rows.rows,
    rejects,
    newest: newest === -Infinity ? null : newest,
  };
}

/**
 * Adds one line, if it is accepted, and otherwise says why it is not.
 *
 * @returns The event's time, -Infinity when it has none.
 */
export function encodeLine(
  rows: CopyBinary,
  source: Source,
  result: LogEvent | Reject,
  file: Uint8Array,
  line: number,
): Reject | number {
  return isReject(result) ? result : writeEvent(rows, source, result, file, line);
}

/**
 * Adds one accepted line: its columns, its payload, its file and its line number.
 *
 * @returns The event's time, -Infinity when it has none.
 */
function writeEvent(
  rows: CopyBinary,
  { columns, eventTime }: Source,
  event: LogEvent,
  file: Uint8Array,
  line: number,
): number {
  let time = -Infinity;
  rows.row(columns.length + 3);
  for (let index = 0; index < columns.length; index += 1) {
    const value = event.columns[index] ?? null;
    const column = columns[index];
    if (value === null) rows.null();
    else if (column?.type === 'bigint') rows.digits(value);
    else if (column?.type === 'timestamptz') {
      const instant = rows.instant(value);
      if (column.name === eventTime) time = instant;
    } else rows.bytes(value.bytes, value.start, value.end);
  }
  rows.jsonObject(event.payload);
  rows.bytes(file);
  rows.integer(line);
  return time;
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

/** Bytes of a block's last line if it lacks its line feed, else 0. */
export function unfinishedBytes(block: LineBlock | OverlongLine): number {
  if (block.kind === 'overlong') return block.isFinished ? 0 : block.length;
  return block.bytes.length - (block.bytes.lastIndexOf(0x0a) + 1);
}
