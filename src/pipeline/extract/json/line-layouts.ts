// The fast path for JSON lines with a known layout.

import { InstantReader } from '../time/instant.js';
import { decodeString, type JsonColumn } from './json-column.js';
import { jsonTypeAt, jsonTypes, type ShapeCollector } from '../event/line-shapes.js';
import { type LogEvent, type Value, newSlot, fillSlot, type Slot } from '../event/log-event.js';
import { plainBytesOf, plainTextEnd, plainValueEnd, type PlainBytes } from './plain-value.js';
import type { Member } from './scan-object.js';
import { exactDigits } from '../values/numbers.js';

/** The layout of a line, and the event that is filled for each line of that layout. */
interface LineLayout {
  /** The constant parts of these lines: one before each field, and one after the last. */
  readonly text: DataView;
  /** The end of each part in {@link text}. */
  readonly ends: readonly number[];
  readonly fields: readonly LayoutField[];
  readonly event: LogEvent;
}

/** A variable value of a layout. */
interface LayoutField {
  readonly kind: JsonColumn['kind'] | 'payload';
  readonly slot: Slot;
  readonly read: JsonColumn['read'];
  readonly instants: InstantReader;
  /** For the payload: its name, and the bytes up to the value. */
  readonly key: string;
  readonly lead: number;
  /** For the payload: the JSON types of its values so far, as bits. */
  types: number;
}

/** The most layouts at a time: a program writes few kinds of lines. */
const mostLayouts = 8;
/** How many layouts are learnt while none of them fits a line. */
const maxUnusedLayouts = 32;

/**
 * Parses lines by the layouts of earlier ones. Log lines come from a few `printf`s: keys, their order and the
 * blanks between them are constant, and comparing them takes a third of the time of a complete parse. Only simple
 * values are supported: text without escapes, short numbers, words. For any other line the result is undefined,
 * and the caller parses it completely; for supported lines the result equals that of a complete parse.
 */
export class LineLayouts {
  readonly #columns: readonly JsonColumn[];
  readonly #instants: readonly InstantReader[];
  readonly #shapes: ShapeCollector | undefined;
  readonly #layouts: LineLayout[] = [];
  /** The layout that fitted last. */
  #last = 0;
  #bytes: Uint8Array = nothing;
  #view = viewOf(nothing);
  #plain = plainBytesOf(nothing);
  #fitted = 0;
  #learnt = 0;

  /** @param shapes - Notes new types of the payload's fields. */
  constructor(columns: readonly JsonColumn[], shapes?: ShapeCollector) {
    this.#columns = columns;
    this.#instants = columns.map(() => new InstantReader());
    this.#shapes = shapes;
  }

  /**
   * @param bytes - A block with the line; the same object must keep the same content.
   * @returns The line's event, valid until the next call; undefined when no layout fits.
   */
  read(bytes: Uint8Array, start: number, end: number): LogEvent | undefined {
    const layouts = this.#layouts;
    this.#lookAt(bytes);
    // Usually a line has the layout of the previous one.
    for (let tried = 0; tried < layouts.length; tried += 1) {
      const index = (this.#last + tried) % layouts.length;
      const layout = layouts[index];
      if (layout === undefined || !this.#fits(layout, bytes, start, end)) continue;
      this.#note(layout.fields, bytes);
      this.#last = index;
      this.#fitted += 1;
      return layout.event;
    }
    return undefined;
  }

  /**
   * Learns the layout of a line that was parsed completely and accepted.
   *
   * @param columnsOf - The index of each member's column; -1 for the payload.
   */
  learn(
    bytes: Uint8Array,
    start: number,
    end: number,
    members: readonly Member[],
    columnsOf: readonly number[],
  ): void {
    // When nearly every line has a layout of its own, learning is not worth it.
    if (this.#learnt >= maxUnusedLayouts + this.#fitted / 64) return;
    const named = columnsOf.filter((index) => index !== -1);
    if (new Set(named).size < named.length) return;
    this.#lookAt(bytes);
    for (const { valueStart, valueEnd } of members) {
      if (plainValueEnd(bytes, valueStart, valueEnd, this.#plain) !== valueEnd) return;
    }
    this.#layouts[this.#learnt % mostLayouts] = this.#layoutOf(
      bytes,
      start,
      end,
      members,
      columnsOf,
    );
    this.#learnt += 1;
  }

  #lookAt(bytes: Uint8Array): void {
    if (this.#bytes === bytes) return;
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#plain = plainBytesOf(bytes);
  }

  #layoutOf(
    bytes: Uint8Array,
    start: number,
    end: number,
    members: readonly Member[],
    columnsOf: readonly number[],
  ): LineLayout {
    const parts: Uint8Array[] = [];
    const fields: LayoutField[] = [];
    const values = new Array<Value | null>(this.#columns.length).fill(null);
    const payload: Value[] = [];
    let from = start;
    for (const [nth, { keyStart, keyEnd, valueStart, valueEnd }] of members.entries()) {
      const index = columnsOf[nth] ?? -1;
      const column = this.#columns[index];
      // A null column is a constant part of the layout.
      if (column !== undefined && bytes[valueStart] === letterN) continue;
      const slot = newSlot();
      if (column === undefined) payload.push(slot);
      else values[index] = slot;
      fields.push({
        kind: column?.kind ?? 'payload',
        slot,
        read: column?.read ?? fillSlot,
        instants: this.#instants[index] ?? new InstantReader(),
        key: decodeString(bytes, keyStart - 1, keyEnd + 1),
        lead: valueStart - keyStart + 1,
        types: 0,
      });
      parts.push(bytes.subarray(from, valueStart));
      from = valueEnd;
    }
    parts.push(bytes.subarray(from, end));
    let length = 0;
    const ends = parts.map((part) => (length += part.length));
    return {
      text: viewOf(Buffer.concat(parts)),
      ends,
      fields,
      event: { columns: values, payload },
    };
  }

  /** Whether a line has a layout; if so, its values are in their slots. */
  #fits(layout: LineLayout, bytes: Uint8Array, start: number, limit: number): boolean {
    const { text, ends, fields } = layout;
    const view = this.#view;
    // The constant parts must fit in any case, so nothing below reads beyond the limit.
    let at = start;
    let from = 0;
    for (let index = 0; ; index += 1) {
      const to = ends[index] ?? 0;
      const shift = at - from;
      if (to + shift > limit) return false;
      for (; from + 4 <= to; from += 4) {
        if (view.getInt32(from + shift, true) !== text.getInt32(from, true)) return false;
      }
      for (; from < to; from += 1) {
        if (view.getUint8(from + shift) !== text.getUint8(from)) return false;
      }
      at = to + shift;
      const field = fields[index];
      if (field === undefined) return at === limit;
      at = this.#value(field, bytes, at, limit);
      if (at === -1) return false;
    }
  }

  /** Reads the value at `at`; returns its end, or -1 for a value that needs a complete parse. */
  #value(field: LayoutField, bytes: Uint8Array, at: number, limit: number): number {
    const { kind, slot } = field;
    if (kind === 'text') {
      if (at >= limit || bytes[at] !== quote) return -1;
      const end = plainTextEnd(bytes, at + 1, limit, this.#plain);
      if (end === -1) return -1;
      fillSlot(bytes, at + 1, end, slot);
      return end + 1;
    }
    if (kind === 'time') return readTime(field, bytes, at, limit, this.#plain);
    if (kind === 'whole number') return readWholeNumber(slot, bytes, at, limit);
    const end = plainValueEnd(bytes, at, limit, this.#plain);
    if (end === -1) return -1;
    if (kind === 'other') {
      return bytes[at] !== letterN && field.read(bytes, at, end, slot) === slot ? end : -1;
    }
    fillSlot(bytes, at - field.lead, end, slot);
    return end;
  }

  /** Notes the types of the payload's fields in a line that fits. */
  #note(fields: readonly LayoutField[], bytes: Uint8Array): void {
    for (const field of fields) {
      if (field.kind !== 'payload') continue;
      const type = jsonTypeAt[bytes[field.slot.start + field.lead] ?? 0] ?? 0;
      if ((field.types & (1 << type)) !== 0) continue;
      field.types |= 1 << type;
      this.#shapes?.field(field.key, jsonTypes[type] ?? '');
    }
  }
}

function readTime(
  { slot, instants }: LayoutField,
  bytes: Uint8Array,
  at: number,
  limit: number,
  plain: PlainBytes,
): number {
  if (at >= limit || bytes[at] !== quote) return -1;
  // Times mostly have the length of the previous one, and contain no quote.
  let end = at + 1 + instants.length;
  let number = end < limit && bytes[end] === quote ? instants.read(bytes, at + 1, end) : Number.NaN;
  if (Number.isNaN(number)) {
    end = plainTextEnd(bytes, at + 1, limit, plain);
    if (end === -1) return -1;
    number = instants.read(bytes, at + 1, end);
    if (Number.isNaN(number)) return -1;
  }
  fillSlot(bytes, at + 1, end, slot);
  slot.number = number;
  return end + 1;
}

function readWholeNumber(slot: Slot, bytes: Uint8Array, start: number, limit: number): number {
  const isNegative = start < limit && bytes[start] === 0x2d;
  const digits = isNegative ? start + 1 : start;
  let value = 0;
  let at = digits;
  for (; at < limit; at += 1) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  const count = at - digits;
  if (count === 0 || count > mostDigits || (count > 1 && bytes[digits] === 0x30)) return -1;
  fillSlot(bytes, start, at, slot);
  slot.number = count > exactDigits ? Number.NaN : isNegative ? -value : value;
  return at;
}

const nothing = new Uint8Array();
const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const quote = 0x22;
/** The first letter of `null`, and of no other value. */
const letterN = 0x6e;
/** Numbers of so many digits fit in 64 bits. */
const mostDigits = 18;
