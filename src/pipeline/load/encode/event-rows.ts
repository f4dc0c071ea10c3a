// Rows of a source's table: columns, payload, file, line number.

import type { LogEvent, Slice, Value } from '../../extract/event/log-event.js';
import { isTextType, type ColumnType, type Source } from '../../definitions/source.js';
import { copyBytes, CopyBinary, viewOf, writeInteger } from './copy-binary.js';

/** Encodes events as rows: columns, payload, file, line number. */
export class EventRows {
  readonly #rows: CopyBinary;
  readonly #types: readonly ColumnType[];
  /** The index of the event time; -1: none. */
  readonly #timeIndex: number;
  /** The file's name as a field. */
  readonly #file: DataView;
  /** Bytes of a row beside its values. */
  readonly #frameBytes: number;
  #newest = -Infinity;
  /** The greatest event time that a double cannot hold. */
  #farthest: bigint | undefined;
  #from: Uint8Array = nothing;
  #fromView = viewOf(nothing);

  /**
   * @param file - The file's name in the warehouse, in UTF-8.
   * @param bytes - The initial memory; it grows on demand.
   */
  constructor({ columns, eventTime }: Source, file: Uint8Array, bytes?: Buffer) {
    this.#rows = new CopyBinary(bytes);
    // A varchar is a text, whose length was checked.
    this.#types = columns.map(({ type }) => (isTextType(type) ? 'text' : type));
    this.#timeIndex = columns.findIndex(({ name }) => name === eventTime);
    const field = new CopyBinary(Buffer.allocUnsafeSlow(file.length + 4));
    field.bytes(file);
    this.#file = viewOf(field.written);
    this.#frameBytes = 12 * columns.length + file.length + 64;
  }

  /** Rows so far. */
  get count(): number {
    return this.#rows.rows;
  }

  /** The written bytes, valid until the next line is added. */
  get written(): Buffer {
    return this.#rows.written;
  }

  /** The greatest event time, in microseconds since 2000-01-01 UTC; null when there is none. */
  get newest(): bigint | null {
    const near = this.#newest === -Infinity ? undefined : BigInt(this.#newest);
    const far = this.#farthest;
    return (near === undefined || (far !== undefined && far > near) ? far : near) ?? null;
  }

  /** @param line - Its number in the file, from 1. */
  add({ columns, payload }: LogEvent, line: number): void {
    const rows = this.#rows;
    const types = this.#types;
    const room = this.#frameBytes + valueBytes(columns) + valueBytes(payload) + payload.length;
    rows.row(types.length + 3, room);
    // Memory is reserved from here on: the position is a local variable, not a field.
    let into = rows.view;
    let at = rows.length;
    for (let index = 0; index < types.length; index += 1) {
      const value = columns[index] ?? null;
      if (value === null) {
        into.setInt32(at, -1);
        at += 4;
      } else if (types[index] === 'text') {
        into.setInt32(at, value.end - value.start);
        at = copyBytes(into, at + 4, this.#viewOf(value.bytes), value.start, value.end);
      } else if (!Number.isNaN(value.number)) {
        at = writeInteger(into, at, value.number);
        if (index === this.#timeIndex && value.number > this.#newest) this.#newest = value.number;
      } else {
        rows.length = at;
        this.#write(index, value);
        rows.reserve(room);
        into = rows.view;
        at = rows.length;
      }
    }
    const payloadAt = at;
    into.setInt16(at + 4, jsonbObject);
    at += 6;
    for (let index = 0; index < payload.length; index += 1) {
      const member = payload[index];
      if (member === undefined) continue;
      if (index > 0) into.setInt8(at++, comma);
      at = copyBytes(into, at, this.#viewOf(member.bytes), member.start, member.end);
    }
    into.setInt8(at++, closeBrace);
    into.setInt32(payloadAt, at - payloadAt - 4);
    at = copyBytes(into, at, this.#file, 0, this.#file.byteLength);
    rows.length = writeInteger(into, at, line);
  }

  /** Most values are in one block. */
  #viewOf(bytes: Uint8Array): DataView {
    if (bytes !== this.#from) {
      this.#from = bytes;
      this.#fromView = viewOf(bytes);
    }
    return this.#fromView;
  }

  /** Writes a value of a rare type. */
  #write(index: number, value: Value): void {
    const rows = this.#rows;
    const type = this.#types[index];
    if (type === 'timestamptz' || type === 'timestamp') {
      rows.digits(value);
      if (index === this.#timeIndex) {
        const time = BigInt(sliceText(value));
        if (this.#farthest === undefined || time > this.#farthest) this.#farthest = time;
      }
    } else if (type === 'jsonb') rows.json(value);
    else if (type === 'bigint') rows.digits(value);
    else if (type === 'numeric') rows.numeric(sliceText(value));
    else if (type === 'integer' || type === 'date') rows.int4(Number(sliceText(value)));
    else if (type === 'smallint') rows.int2(Number(sliceText(value)));
    else if (type === 'real') rows.float4(Number(sliceText(value)));
    else if (type === 'double precision') rows.float8(Number(sliceText(value)));
    else rows.boolean(sliceText(value) === 'true');
  }
}

function valueBytes(values: readonly (Slice | null)[]): number {
  let bytes = 0;
  for (const value of values) if (value !== null) bytes += value.end - value.start;
  return bytes;
}

function sliceText({ bytes, start, end }: Slice): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

const nothing = new Uint8Array();
/** The version of `jsonb`, and the opening brace of an object. */
const jsonbObject = 0x01_7b;
const comma = 0x2c;
const closeBrace = 0x7d;
