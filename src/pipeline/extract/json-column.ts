import type { SourceColumn } from '../sources/source.js';
import { createConversion, maxTextBytes } from './convert-text.js';
import { InstantReader } from './instant.js';
import type { Value } from './log-event.js';
import { put, type Place } from './place.js';
import type { Reject } from './reject.js';
import { timestampProblem } from './timestamp.js';
import { isBigint, wholeNumber } from './whole-number.js';

/** A column of lines that are JSON objects. */
export interface JsonColumn {
  /** Of which kind its values are for whoever has a quicker way to read these; `other` can be anything. */
  readonly kind: 'whole number' | 'time' | 'text' | 'other';
  /**
   * Reads a value that was scanned already, from its place to its end: any but null.
   *
   * @param slot - Filled, and given back, for what the column takes.
   */
  readonly read: (bytes: Uint8Array, start: number, end: number, slot: Place) => Value | Reject;
}

/** What reads a column's values: as they are written where that says enough, otherwise decoded. */
export function createJsonColumn(column: SourceColumn): JsonColumn {
  const { type, format, matches } = column;
  if (type === 'jsonb') return { kind: 'other', read: put };
  if (type === 'bigint') {
    return {
      kind: 'whole number',
      read: (bytes, start, end, slot) => {
        slot.number = wholeNumber(bytes, start, end);
        return !Number.isNaN(slot.number) || isBigint(bytes, start, end)
          ? put(bytes, start, end, slot)
          : wrongType(column, 'a whole number of 64 bits', bytes, start, end);
      },
    };
  }
  if (type === 'text' && matches === undefined) {
    return {
      kind: 'text',
      read: (bytes, start, end, slot) => {
        if (!putText(bytes, start, end, slot)) return wrongType(column, 'text', bytes, start, end);
        if (slot.end - slot.start <= maxTextBytes) return slot;
        return wrongType(column, `text of at most ${maxTextBytes} bytes`, bytes, start, end);
      },
    };
  }
  if (type === 'timestamptz' && format === undefined) {
    const instants = new InstantReader();
    return {
      kind: 'time',
      read: (bytes, start, end, slot) => {
        if (!putText(bytes, start, end, slot)) return wrongType(column, 'text', bytes, start, end);
        slot.number = instants.read(slot.bytes, slot.start, slot.end);
        if (!Number.isNaN(slot.number)) return slot;
        const problem = timestampProblem(slot.bytes, slot.start, slot.end);
        if (problem === undefined) return slot;
        const message = `"${fieldName(column)}" ${problem}: ${excerpt(bytes, start, end)}`;
        return { reason: 'invalid_time', message };
      },
    };
  }
  return { kind: 'other', read: createConvertingReader(column) };
}

/** Reads values that have to be decoded. */
function createConvertingReader(column: SourceColumn): JsonColumn['read'] {
  const convert = createConversion(column);
  const wanted = jsonKind(column);
  return (bytes, start, end, slot) => {
    const first = bytes[start] ?? 0;
    const kind = first === quote ? 'text' : isNumberStart(first) ? 'a number' : 'something else';
    if (wanted === 'true or false' ? first !== 0x74 && first !== 0x66 : kind !== wanted) {
      return wrongType(column, wanted, bytes, start, end);
    }
    const converted = convert(
      kind === 'text'
        ? decodeString(bytes, start, end)
        : Buffer.from(bytes.subarray(start, end)).toString('latin1'),
    );
    if ('value' in converted) {
      const value = Buffer.from(converted.value);
      return put(value, 0, value.length, slot);
    }
    const message = `"${fieldName(column)}" ${converted.problem}: ${excerpt(bytes, start, end)}`;
    return { reason: converted.reason, message };
  };
}

/** Fills a slot with the text of a string; false for what is no string. */
function putText(bytes: Uint8Array, start: number, end: number, slot: Place): boolean {
  if (bytes[start] !== quote) return false;
  if (bytes.subarray(start, end).includes(backslash)) {
    const text = Buffer.from(decodeString(bytes, start, end));
    put(text, 0, text.length, slot);
  } else put(bytes, start + 1, end - 1, slot);
  return true;
}

function jsonKind({ type, format }: SourceColumn): 'text' | 'a number' | 'true or false' {
  if (type === 'boolean') return 'true or false';
  if (type === 'timestamptz') return format?.startsWith('unix') === true ? 'a number' : 'text';
  return type === 'text' || type === 'date' ? 'text' : 'a number';
}

function isNumberStart(byte: number): boolean {
  return byte === 0x2d || (byte >= 0x30 && byte <= 0x39);
}

/** The field of a column as messages name it. */
export function fieldName({ from }: SourceColumn): string {
  return from.join('.');
}

function wrongType(
  column: SourceColumn,
  wanted: string,
  bytes: Uint8Array,
  start: number,
  end: number,
): Reject {
  const found = excerpt(bytes, start, end);
  return { reason: 'invalid_type', message: `"${fieldName(column)}" must be ${wanted}: ${found}` };
}

/** The text of a JSON string that was scanned already; the range includes its quotes. */
export function decodeString(bytes: Uint8Array, start: number, end: number): string {
  return JSON.parse(Buffer.from(bytes.subarray(start, end)).toString('utf8')) as string;
}

function excerpt(bytes: Uint8Array, start: number, end: number): string {
  const text = Buffer.from(bytes.subarray(start, Math.min(end, start + 60))).toString('utf8');
  return end - start > 60 ? `${text}…` : text;
}

const quote = 0x22;
const backslash = 0x5c;
