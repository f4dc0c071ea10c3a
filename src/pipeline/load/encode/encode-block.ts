import { blankLines } from '../../extract/lines/blank-lines.js';
import { isReject, type LineParser } from '../../extract/event/log-event.js';
import {
  maxKeptBytes,
  maxLineBytes,
  type LineBlock,
  type OverlongLine,
} from '../../extract/lines/read-blocks.js';
import type { RejectedLine } from '../../../history/reject.js';
import type { Source } from '../../definitions/source.js';
import { EventRows } from './event-rows.js';
import type { RepairedLines } from '../../../history/repaired-lines.js';

/** Gives memory for at least so many bytes, which nobody else uses. */
export type Allocate = (bytes: number) => Buffer;

/** A part of a block ready to be sent: accepted lines as rows of a binary COPY, the others beside. */
export interface EncodedBlock {
  readonly rows: Buffer;
  readonly lineCount: number;
  /** The number of the line behind it. */
  readonly nextLine: number;
  readonly loadedCount: number;
  readonly rejectedCount: number;
  readonly rejects: readonly RejectedLine[];
  /** Of the accepted lines' event times the greatest, in microseconds since 2000-01-01 UTC. */
  readonly newest: bigint | null;
}

/** Where in a block its next line is. */
export interface BlockPlace {
  /** Byte of the block. */
  readonly start: number;
  /** Records before it. */
  readonly record: number;
  /** The line's number in the file, from 1. */
  readonly line: number;
}

/** A row of blank lines at the end of what was parsed, to which the lines behind it may belong. */
export type OpenBlanks = RejectedLine;

/** What encoding the lines of a file takes. */
export interface BlockEncoding {
  /** The file's name as the warehouse knows it, UTF-8. */
  readonly file: Uint8Array;
  readonly source: Source;
  readonly parse: LineParser;
  readonly repairs?: RepairedLines | undefined;
  readonly allocate?: Allocate | undefined;
}

const newMemory: Allocate = (bytes) => Buffer.allocUnsafeSlow(bytes);

/** Rejected lines that are held as objects at once: a block may hold half a million lines. */
const mostRejects = 2000;
/** Memory to begin with for the rows behind many rejected lines: there may be none. */
const laterBytes = 64 * 1024;
/** What is held of them, in bytes. */
const mostRejectBytes = 4 * 1024 * 1024;

/**
 * Parses the lines of a block, up to its end or to as many rejected ones as are held at once. Pure, so that it
 * can move to another thread with its block.
 *
 * @param from - Where to begin; the block's first line.
 * @param mostLines - Lines to parse at most.
 * @param open - The long row of blank lines right before, whose entry is among none yet.
 * @returns What was parsed, where to go on if the block is not at its end, and the long row of blank lines in
 *   which it ends, whose entry is left out.
 */
export function encodeBlock(
  block: LineBlock | OverlongLine,
  from: BlockPlace,
  { file, source, parse, repairs, allocate = newMemory }: BlockEncoding,
  mostLines = Infinity,
  open?: OpenBlanks,
): {
  readonly part: EncodedBlock;
  readonly next: BlockPlace | undefined;
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
          // A copy: the block's memory must not live as long as one rejected line of it.
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

/** Rejected lines; a long row of blank ones is one entry, since they hold nothing but their number. */
class Rejects {
  readonly #lines: RejectedLine[] = [];
  #bytes = 0;
  /** Of blank lines that follow each other: where the next one would be, and how many there are. */
  #blankLine = 0;
  #blankLines = 0;

  /** @param open - The long row of blank lines right before. */
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

  /** Whether a blank line would be one more of many before it. */
  isJoinedBy(line: number): boolean {
    return line === this.#blankLine && this.#blankLines >= ownEntries;
  }

  /** Adds so many blank lines to those before. */
  join(count: number): void {
    this.#blankLine += count;
    this.#blankLines += count;
  }

  /** All entries, but for that of a long row of blank lines which may go on at a line. */
  end(line: number): { lines: readonly RejectedLine[]; open: OpenBlanks | undefined } {
    const isOpen = this.isJoinedBy(line);
    this.#endBlank();
    const open = isOpen ? this.#lines.pop() : undefined;
    return { lines: this.#lines, open };
  }

  /** The last entry of a row of blank lines stands for those that have none of their own. */
  #endBlank(): void {
    const last = this.#lines.at(-1);
    const lineCount = this.#blankLines - ownEntries + 1;
    this.#blankLines = 0;
    if (lineCount < 2 || last === undefined) return;
    const message = `${lineCount} blank lines`;
    this.#lines[this.#lines.length - 1] = { ...last, lineCount, message };
  }
}

/** So many of the blank lines that follow each other have an entry each. */
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
