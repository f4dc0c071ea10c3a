// Parsing of a block of lines into rows and rejected lines.

import { blankLines } from '../../extract/lines/blank-lines.js';
import { isReject, type LineParser } from '../../extract/event/log-event.js';
import {
  maxKeptBytes,
  maxLineBytes,
  type LineBlock,
  type OverlongLine,
} from '../../extract/lines/read-blocks.js';
import type { RejectedLine } from '../../../history/rejects/reject.js';
import type { Source } from '../../definitions/source.js';
import { EventRows } from './event-rows.js';
import type { RepairedLines } from '../../../history/rejects/repaired-lines.js';

/** Allocates memory of at least so many bytes. */
export type Allocate = (bytes: number) => Buffer;

/** A part of a block: accepted lines as rows of a binary COPY, and the rejected ones. */
export interface EncodedBlock {
  readonly rows: Buffer;
  readonly lineCount: number;
  /** The number of the next line. */
  readonly nextLine: number;
  readonly loadedCount: number;
  readonly rejectedCount: number;
  readonly rejects: readonly RejectedLine[];
  /** The greatest event time of the accepted lines, in microseconds since 2000-01-01 UTC. */
  readonly newest: bigint | null;
}

/** The position of the next line in a block. */
export interface BlockPosition {
  /** The byte offset in the block. */
  readonly start: number;
  /** Records before it. */
  readonly record: number;
  /** The line's number in the file, from 1. */
  readonly line: number;
}

/** A run of blank lines at the end of a block, which the next lines may continue. */
export type OpenBlanks = RejectedLine;

/** What encoding a file's lines needs. */
export interface BlockEncoding {
  /** The file's name in the warehouse, in UTF-8. */
  readonly file: Uint8Array;
  readonly source: Source;
  readonly parse: LineParser;
  readonly repairs?: RepairedLines | undefined;
  readonly allocate?: Allocate | undefined;
}

const newMemory: Allocate = (bytes) => Buffer.allocUnsafeSlow(bytes);

/** The most rejected lines that are held as objects: a block may have half a million lines. */
const mostRejects = 2000;
/** Initial memory for rows after many rejected lines: there may be none. */
const laterBytes = 64 * 1024;
/** The most bytes of rejected lines that are held. */
const mostRejectBytes = 4 * 1024 * 1024;

/**
 * Parses the lines of a block, up to its end or to the limit of rejected lines. Pure, so it can run in another
 * thread.
 *
 * @param from - Where to begin; default the first line.
 * @param mostLines - The most lines to parse.
 * @param open - The run of blank lines right before, which has no entry yet.
 * @returns The result, where to continue if the block is not at its end, and the run of blank lines at its end,
 *   which has no entry yet.
 */
export function encodeBlock(
  block: LineBlock | OverlongLine,
  from: BlockPosition,
  { file, source, parse, repairs, allocate = newMemory }: BlockEncoding,
  mostLines = Infinity,
  open?: OpenBlanks,
): {
  readonly part: EncodedBlock;
  readonly next: BlockPosition | undefined;
  readonly open?: OpenBlanks | undefined;
} {
  if (block.kind === 'overlong') {
    const reject = overlong(block.length, from.line, block.byteOffset, block.head);
    const counts = { lineCount: 1, loadedCount: 0, rejectedCount: 1, newest: null };
    const part = {
      rows: Buffer.alloc(0),
      rejects: open === undefined ? [reject] : [open, reject],
      nextLine: from.line + (block.lineFeeds ?? 1),
      ...counts,
    };
    return { part, next: undefined };
  }
  const { bytes, byteOffset, ends, starts } = block;
  // Lengths and the file's name make rows of short lines longer than the lines.
  const isNew = from.start === 0 && open === undefined;
  const size = isNew ? Math.ceil(bytes.length * 1.25) + 256 : laterBytes;
  const rows = new EventRows(source, file, allocate(size));
  const rejects = new Rejects(open);
  const canSkip = ends === undefined && (repairs === undefined || repairs.size === 0);
  let { start, record, line } = from;
  let lineCount = 0;
  while (start < bytes.length && lineCount < mostLines && !rejects.isFull) {
    if (canSkip && rejects.isJoinedBy(line)) {
      const skipped = blankLines(bytes, start, maxLineBytes, mostLines - lineCount);
      if (skipped.count > 0) {
        rejects.join(skipped.count);
        [line, lineCount, start] = [line + skipped.count, lineCount + skipped.count, skipped.end];
        continue;
      }
    }
    const known = ends?.[record];
    const first = starts?.[record];
    if (first !== undefined) {
      line += lineFeeds(bytes, start, first);
      start = first;
    }
    const next = known ?? (bytes.indexOf(0x0a, start) + 1 || bytes.length);
    const end = first === undefined && bytes[next - 1] === 0x0a ? next - 1 : next;
    if (end - start > maxLineBytes) {
      const head = bytes.subarray(start, Math.min(end, start + maxKeptBytes));
      rejects.add(overlong(end - start, line, byteOffset + start, head));
    } else {
      const result = parse(bytes, start, end);
      if (!isReject(result)) rows.add(result, line);
      else {
        const raw = bytes.subarray(start, end);
        const repair = repairs?.get(line)?.findLast((known) => {
          const isThere = first === undefined || known.byteOffset === byteOffset + start;
          return isThere && raw.equals(known.raw);
        });
        const again = repair === undefined ? result : parse(repair.repaired);
        if (!isReject(again)) rows.add(again, line);
        else if (result.reason === 'blank_line' && rejects.isJoinedBy(line)) rejects.join(1);
        else {
          // A copy, so that a rejected line does not keep its block in memory.
          const place = { lineNumber: line, lineCount: 1, byteOffset: byteOffset + start };
          rejects.add({ ...result, ...place, raw: Buffer.from(raw) });
        }
      }
    }
    if (first === undefined) line += 1;
    if (known !== undefined) line += lineFeeds(bytes, start, end);
    lineCount += 1;
    record += 1;
    start = next;
  }
  const ended = rejects.end(line);
  const part = {
    rows: rows.written,
    lineCount,
    nextLine: line,
    loadedCount: rows.count,
    rejectedCount: lineCount - rows.count,
    rejects: ended.lines,
    newest: rows.newest,
  };
  const next = start < bytes.length ? { start, record, line } : undefined;
  return { part, next, open: ended.open };
}

/** Rejected lines; a long run of blank ones is one entry, since only their number matters. */
class Rejects {
  readonly #lines: RejectedLine[] = [];
  #bytes = 0;
  /** The run of blank lines in work: the next line number, and their count. */
  #blankLine = 0;
  #blankLines = 0;

  /** @param open - The run of blank lines right before. */
  constructor(open: OpenBlanks | undefined) {
    if (open === undefined) return;
    this.#lines.push(open);
    this.#blankLine = open.lineNumber + open.lineCount;
    this.#blankLines = ownEntries - 1 + open.lineCount;
  }

  get isFull(): boolean {
    const isSlow = this.#lines.at(-1)?.reason === 'pattern_timeout';
    return isSlow || this.#lines.length >= mostRejects || this.#bytes >= mostRejectBytes;
  }

  add(line: RejectedLine): void {
    const isNext = line.reason === 'blank_line' && line.lineNumber === this.#blankLine;
    if (!isNext) this.#endBlank();
    this.#lines.push(line);
    this.#bytes += line.raw.length;
    this.#blankLine = line.reason === 'blank_line' ? line.lineNumber + 1 : 0;
    this.#blankLines = isNext ? this.#blankLines + 1 : 1;
  }

  /** Whether a blank line continues the run. */
  isJoinedBy(line: number): boolean {
    return line === this.#blankLine && this.#blankLines >= ownEntries;
  }

  /** Adds blank lines to the run. */
  join(count: number): void {
    this.#blankLine += count;
    this.#blankLines += count;
  }

  /** All entries, except that of a run of blank lines which may continue at a line. */
  end(line: number): { lines: readonly RejectedLine[]; open: OpenBlanks | undefined } {
    const isOpen = this.isJoinedBy(line);
    this.#endBlank();
    const open = isOpen ? this.#lines.pop() : undefined;
    return { lines: this.#lines, open };
  }

  /** The last entry of a run stands for the lines without an entry of their own. */
  #endBlank(): void {
    const last = this.#lines.at(-1);
    const lineCount = this.#blankLines - ownEntries + 1;
    this.#blankLines = 0;
    if (lineCount < 2 || last === undefined) return;
    const message = `${lineCount} blank lines`;
    this.#lines[this.#lines.length - 1] = { ...last, lineCount, message };
  }
}

/** Blank lines of a run that have an entry each. */
const ownEntries = 100;

function overlong(
  length: number,
  lineNumber: number,
  byteOffset: number,
  head: Buffer,
): RejectedLine {
  const kept = length > head.length ? `; its first ${head.length} are kept` : '';
  const message = `the line has ${length} bytes, more than ${maxLineBytes}${kept}`;
  const place = { lineNumber, lineCount: 1, byteOffset };
  return { reason: 'line_too_long', message, ...place, raw: Buffer.from(head) };
}

/** Line feeds in a range of bytes: a record may contain some. */
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
