import { InstantReader } from '../time/instant.js';
import { decodeString, type JsonColumn } from './json-column.js';
import { jsonTypeAt, jsonTypes, type ShapeCollector } from '../event/line-shapes.js';
import { type LogEvent, type Value, newSlot, fillSlot, type Slot } from '../event/log-event.js';
import { plainBytesOf, plainTextEnd, plainValueEnd, type PlainBytes } from './plain-value.js';
import type { Member } from './scan-object.js';
import { exactDigits } from '../values/numbers.js';

/** How a line is written, and the event that is filled again for each line that is written so. */
interface LineLayout {
  /** What is the same in all of these lines, one part after the other: a part before each field, and one behind the last. */
  readonly text: DataView;
  /** Where the parts end in {@link text}. */
  readonly ends: readonly number[];
  readonly fields: readonly LayoutField[];
  readonly event: LogEvent;
}

/** A value that differs from line to line, and where it goes. */
interface LayoutField {
  readonly kind: JsonColumn['kind'] | 'payload';
  readonly slot: Slot;
  readonly read: JsonColumn['read'];
  readonly instants: InstantReader;
  /** Of the payload: its name, and the bytes from there to the value. */
  readonly key: string;
  readonly lead: number;
  /** Of the payload: the JSON types of its values so far, as bits. */
  types: number;
}

/** Layouts that are known at once: a program writes few kinds of lines. */
const mostLayouts = 8;
/** Layouts that are learnt without one of them having fitted any line. */
const learntInVain = 32;

/**
 * Reads lines that are written like one before them. Log lines come from a few `printf`s: keys, their order
 * and the blanks between them are always the same, and to compare them and go from value to value takes a
 * third of the time of reading a line in full. Only plain values are read: text without escapes, short
 * numbers, words. What is said of any other line is nothing, so that whoever asks reads it in full;
 * what is said of the others is what reading in full would say.
 */
export class LineLayouts {
  readonly #columns: readonly JsonColumn[];
  readonly #instants: readonly InstantReader[];
  readonly #shapes: ShapeCollector | undefined;
  readonly #layouts: LineLayout[] = [];
  /** Which of them fitted last. */
  #last = 0;
  #bytes: Uint8Array = nothing;
  #view = viewOf(nothing);
  #plain = plainBytesOf(nothing);
  #fitted = 0;
  #learnt = 0;

  /** @param shapes - Is told of new types of the payload's fields. */
  constructor(columns: readonly JsonColumn[], shapes?: ShapeCollector) {
    this.#columns = columns;
    this.#instants = columns.map(() => new InstantReader());
    this.#shapes = shapes;
  }

  /**
   * @param bytes - A block with the line in it; what it holds must not change as long as it is the same object.
   * @returns The line's event, valid until the next call; undefined when nothing can be said of it.
   */
  read(bytes: Uint8Array, start: number, end: number): LogEvent | undefined {
    const layouts = this.#layouts;
    this.#lookAt(bytes);
    // Most often it is written like the one before.
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
   * Remembers how a line is written that was read in full and accepted.
   *
   * @param columnsOf - The column of each member, as an index; -1 for the payload.
   */
  learn(
    bytes: Uint8Array,
    start: number,
    end: number,
    members: readonly Member[],
    columnsOf: readonly number[],
  ): void {
    // Lines that are each written in their own way are not worth remembering.
    if (this.#learnt >= learntInVain + this.#fitted / 64) return;
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
      // A column without a value has no value in any of these lines: its null belongs to how they are written.
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

  /** Whether a line is written so; its values are in their slots then. */
  #fits(layout: LineLayout, bytes: Uint8Array, start: number, limit: number): boolean {
    const { text, ends, fields } = layout;
    const view = this.#view;
    // What lies outside of the values must fit in any case, so nothing below looks behind the limit.
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

  /** Reads the value that begins at `at`. Returns where it ends, or -1 where it has to be read in full. */
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
  // Times are mostly as long as the one before, and what is a time holds no quote.
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
/** `null` begins with it, and no other value. */
const letterN = 0x6e;
/** So many digits are in the range of 64 bits. */
const mostDigits = 18;
