import type { LogEvent, Slice } from '../extract/parse-line.js';

const tab = 0x09;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const backslash = 0x5c;

/**
 * Collects rows in the text format of Postgres's COPY. Every value's backslashes, tabs and line ends
 * are escaped here and nowhere else, so no input can end a row, become null or end the data.
 */
export class CopyText {
  #bytes: Buffer;
  #length = 0;
  #rowStarted = false;
  /** Rows that were ended. */
  rows = 0;

  /** @param capacity - Bytes to begin with; it grows by itself. */
  constructor(capacity = 64 * 1024) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  /** What was written, valid until the next write. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** The next field of the row, UTF-8; null is COPY's `\N`. */
  field(value: Uint8Array | string | null): void {
    this.#separate();
    if (value === null) this.#raw(nullMark, 0, nullMark.length);
    else this.#escaped(typeof value === 'string' ? Buffer.from(value) : value);
  }

  /** The next field as a stretch of UTF-8. */
  slice(value: Slice): void {
    this.#separate();
    this.#escaped(value.bytes, value.start, value.end);
  }

  /** The next field as a whole number from 0. */
  integer(value: number): void {
    this.#separate();
    this.#reserve(maxDigits);
    let at = this.#length + 1;
    for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) at += 1;
    this.#length = at;
    for (let rest = value; at === this.#length || rest > 0; rest = Math.floor(rest / 10)) {
      this.#bytes[--at] = 0x30 + (rest % 10);
    }
  }

  /** The next field as a JSON object of members that are JSON already. */
  jsonObject(members: readonly Slice[]): void {
    this.#separate();
    this.#raw(braces, 0, 1);
    for (let index = 0; index < members.length; index += 1) {
      const member = members[index];
      if (member === undefined) continue;
      if (index > 0) this.#raw(commaMark, 0, 1);
      this.#escaped(member.bytes, member.start, member.end);
    }
    this.#raw(braces, 1, 2);
  }

  /** The next field as a `bytea`. */
  bytea(value: Uint8Array): void {
    this.field(`\\x${Buffer.from(value.buffer, value.byteOffset, value.length).toString('hex')}`);
  }

  endRow(): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = lineFeed;
    this.#rowStarted = false;
    this.rows += 1;
  }

  #separate(): void {
    if (this.#rowStarted) {
      this.#reserve(1);
      this.#bytes[this.#length++] = tab;
    }
    this.#rowStarted = true;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }

  #raw(bytes: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start);
    for (let at = start; at < end; at += 1) this.#bytes[this.#length++] = bytes[at] ?? 0;
  }

  #escaped(bytes: Uint8Array, start = 0, end = bytes.length): void {
    this.#reserve(2 * (end - start));
    const into = this.#bytes;
    let to = this.#length;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      const letter = byte > carriageReturn && byte !== backslash ? 0 : escapeLetter(byte);
      if (letter !== 0) into[to++] = backslash;
      into[to++] = letter === 0 ? byte : letter;
    }
    this.#length = to;
  }
}

/** Digits of the greatest safe integer. */
const maxDigits = 16;
const nullMark = Buffer.from('\\N');
const braces = Buffer.from('{}');
const commaMark = Buffer.from(',');

function escapeLetter(byte: number): number {
  if (byte === backslash) return backslash;
  if (byte === tab) return 0x74;
  if (byte === lineFeed) return 0x6e;
  return byte === carriageReturn ? 0x72 : 0;
}

/** Adds one accepted line: its columns, its payload, its file and its line number. */
export function writeEvent(rows: CopyText, event: LogEvent, file: Uint8Array, line: number): void {
  for (const value of event.columns) {
    if (value === null) rows.field(null);
    else rows.slice(value);
  }
  rows.jsonObject(event.payload);
  rows.field(file);
  rows.integer(line);
  rows.endRow();
}
