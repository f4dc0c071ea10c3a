// Splitting of JSON documents (arrays, indented objects) into records.

import { maxKeptBytes, maxLineBytes, type LineBlock, type OverlongLine } from './read-blocks.js';

/**
 * The layout of a JSON file that is not one object a line: an array of records, to which keys lead from the
 * outermost object; or (undefined) consecutive values over several lines.
 */
export interface DocumentLayout {
  readonly path: readonly string[] | undefined;
}

/**
 * The layout of a JSON file by its beginning: an array, or an object whose brace has a line of its own, as in
 * indented JSON.
 *
 * @param path - As declared: then the file is one document.
 * @returns Undefined for one object a line.
 */
export function documentLayout(
  head: Buffer,
  path: readonly string[] | undefined,
): DocumentLayout | undefined {
  if (path !== undefined) return { path };
  const start = head
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  if (start.startsWith('[')) return { path: [] };
  return /^\{[ \t\r]*\n/.test(start) ? { path: undefined } : undefined;
}

/**
 * Splits JSON documents into blocks of whole records. Only the current record is held; one that is longer than the
 * bound is skipped except for its beginning.
 *
 * @throws Error for a truncated document, or one that does not have its layout. Errors inside a record are left to
 *   its parser.
 */
export async function* readElements(
  chunks: AsyncIterable<Buffer>,
  { path }: DocumentLayout,
  longest = maxLineBytes,
  kept = maxKeptBytes,
): AsyncGenerator<LineBlock | OverlongLine> {
  const scanner = new ElementScanner(path);
  /** Bytes from the end of the last record on, and their offset in the file. */
  let rest: Buffer = Buffer.alloc(0);
  let byteOffset = 0;
  let isStart = true;
  let overlong: { head: Buffer; length: number; byteOffset: number; lineFeeds: number } | undefined;
  for await (const chunk of chunks) {
    let scanned = rest.length;
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (isStart && bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark)) {
      byteOffset = byteOrderMark.length;
      bytes = bytes.subarray(byteOrderMark.length);
    }
    isStart = false;
    if (overlong !== undefined) {
      const end = scanner.scan(bytes, 0, byteOffset, 1).ends[0] ?? -1;
      const part = bytes.subarray(0, end === -1 ? bytes.length : end);
      const head = part.subarray(0, Math.max(0, kept - overlong.head.length));
      overlong.head = Buffer.concat([overlong.head, head]);
      overlong.length += part.length;
      overlong.lineFeeds += countLineFeeds(part);
      byteOffset += part.length;
      rest = Buffer.alloc(0);
      if (end === -1) continue;
      yield { kind: 'overlong', isFinished: true, ...overlong };
      overlong = undefined;
      bytes = bytes.subarray(end);
      scanned = 0;
    }
    const { starts, ends } = scanner.scan(bytes, scanned, byteOffset);
    const end = ends.at(-1) ?? 0;
    if (end > 0) {
      const block = bytes.subarray(0, end);
      yield { kind: 'lines', bytes: block, starts, ends, byteOffset, isFinished: true };
    }
    byteOffset += end;
    // Bytes between records need not be held.
    const open = scanner.openAt === -1 ? bytes.length : scanner.openAt;
    const between = bytes.subarray(end, open);
    rest = Buffer.from(bytes.subarray(end));
    if (scanner.openAt === -1 && between.length > longest) {
      throw new Error(`nothing but blanks for ${between.length} bytes`);
    }
    scanner.moveBy(end);
    if (scanner.openAt !== -1 && rest.length - scanner.openAt > longest) {
      const head = rest.subarray(scanner.openAt, scanner.openAt + kept);
      overlong = {
        head: Buffer.from(head),
        length: rest.length - scanner.openAt,
        byteOffset: byteOffset + scanner.openAt,
        lineFeeds: countLineFeeds(rest),
      };
      byteOffset += rest.length;
      rest = Buffer.alloc(0);
      scanner.openAt = 0;
    }
  }
  scanner.finish();
}

function countLineFeeds(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) count += 1;
  return count;
}

/** Scans JSON only for the boundaries of records. */
class ElementScanner {
  /** The start of the incomplete record in the scanned bytes; -1: between records. */
  openAt = -1;
  readonly #path: readonly string[];
  /** The depth of records; deeper values are inside one. */
  readonly #base: number;
  #phase: 'seek' | 'elements' | 'rest';
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  /** The record is a number or a word, which ends with the next other token. */
  #isBare = false;
  /** The number of path keys found, and whether the next value is theirs. */
  #found = 0;
  #isOnPath = true;
  #isKey = true;
  #key: number[] = [];

  constructor(path: readonly string[] | undefined) {
    this.#path = path ?? [];
    this.#base = path === undefined ? 0 : path.length + 1;
    this.#phase = path === undefined ? 'elements' : 'seek';
  }

  /**
   * Finds the records that end in some bytes.
   *
   * @param from - Bytes before it were scanned already.
   * @param byteOffset - The offset of the bytes in the file, for messages.
   * @param most - The most records to find.
   */
  scan(
    bytes: Buffer,
    from: number,
    byteOffset: number,
    most = Infinity,
  ): { starts: number[]; ends: number[] } {
    const starts: number[] = [];
    const ends: number[] = [];
    for (let at = from; at < bytes.length && ends.length < most; at += 1) {
      const byte = bytes[at] ?? 0;
      let end = -1;
      if (this.#isInString) {
        if (this.#endsString(byte) && this.#isRecord()) end = at + 1;
      } else {
        if (this.#isBare && endsBare.has(byte)) {
          starts.push(this.openAt);
          ends.push(at);
          this.openAt = -1;
          this.#isBare = false;
        }
        if (this.#phase === 'elements') end = this.#inElements(byte, at);
        else if (this.#phase === 'seek') this.#seek(byte, byteOffset + at);
        else this.#inRest(byte, byteOffset + at);
      }
      if (end === -1) continue;
      starts.push(this.openAt);
      ends.push(end);
      this.openAt = -1;
    }
    return { starts, ends };
  }

  /** Shifts offsets: the next bytes begin so many bytes later. */
  moveBy(bytes: number): void {
    if (this.openAt !== -1) this.openAt -= bytes;
  }

  /** @throws Error when the document is incomplete. */
  finish(): void {
    if (this.#phase === 'seek') throw new Error(`there is no array at ${this.#place()}`);
    const isWhole = this.#phase === 'rest' || this.#base === 0;
    if (!isWhole || this.#depth !== 0 || this.#isInString || this.openAt !== -1) {
      throw new Error('it breaks off before its end');
    }
  }

  #isRecord(): boolean {
    return this.#phase === 'elements' && this.#depth === this.#base && this.openAt !== -1;
  }

  /** @returns Whether the string ends here. */
  #endsString(byte: number): boolean {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === backslash) this.#isEscaped = true;
    else if (byte === quote) {
      this.#isInString = false;
      return true;
    }
    if (this.#phase === 'seek' && this.#key.length < longestKey) this.#key.push(byte);
    return false;
  }

  /** @returns The end of a record; -1: none ends here. */
  #inElements(byte: number, at: number): number {
    const isNew = this.#depth === this.#base && this.openAt === -1;
    if (byte === quote) this.#isInString = true;
    else if (byte === openBrace || byte === openBracket) this.#depth += 1;
    else if (byte === closeBrace || byte === closeBracket) {
      this.#depth -= 1;
      if (this.#isRecord()) return at + 1;
      if (this.#depth < 0) throw new Error('a bracket closes that was never opened');
      if (this.#depth < this.#base) this.#phase = 'rest';
      return -1;
    } else if (between.has(byte)) return -1;
    else this.#isBare ||= isNew;
    if (isNew) this.openAt = at;
    return -1;
  }

  #seek(byte: number, at: number): void {
    if (between.has(byte) && byte !== comma) return;
    const isOuter = this.#depth === this.#found + 1;
    if (this.#isOnPath && byte !== openBrace && byte !== openBracket) {
      throw new Error(`byte ${at + 1}: there is no array at ${this.#place()}`);
    }
    if (byte === quote) {
      this.#isInString = true;
      this.#key = [];
    } else if (byte === openBrace || byte === openBracket) {
      if (this.#isOnPath) {
        const isThere = this.#found === this.#path.length;
        if (isThere !== (byte === openBracket)) {
          throw new Error(`byte ${at + 1}: there is no array at ${this.#place()}`);
        }
        if (isThere) this.#phase = 'elements';
        this.#isOnPath = false;
        this.#isKey = true;
      }
      this.#depth += 1;
    } else if (byte === closeBrace || byte === closeBracket) {
      this.#depth -= 1;
      if (this.#depth <= this.#found) throw new Error(`there is no array at ${this.#place()}`);
    } else if (byte === comma && isOuter) this.#isKey = true;
    else if (byte === colon && isOuter && this.#isKey) {
      this.#isKey = false;
      if (keyText(this.#key) !== this.#path[this.#found]) return;
      this.#found += 1;
      this.#isOnPath = true;
    }
  }

  #inRest(byte: number, at: number): void {
    const isBlank = between.has(byte) && byte !== comma;
    if (this.#depth === 0 && !isBlank) {
      throw new Error(`byte ${at + 1}: something follows the document`);
    }
    if (byte === quote) this.#isInString = true;
    else if (byte === openBrace || byte === openBracket) this.#depth += 1;
    else if (byte === closeBrace || byte === closeBracket) this.#depth -= 1;
  }

  #place(): string {
    return this.#path.length === 0 ? 'its beginning' : this.#path.join('.');
  }
}

function keyText(bytes: readonly number[]): unknown {
  try {
    return JSON.parse(`"${Buffer.from(bytes).toString('utf8')}"`);
  } catch {
    return undefined;
  }
}

/** The compared bytes of a key; longer keys are in no path. */
const longestKey = 1024;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
/** The bytes between records, which also end a number or a word. */
const between = new Set([0x20, 0x09, 0x0a, 0x0d, comma]);
const endsBare = new Set([...between, closeBrace, closeBracket]);
