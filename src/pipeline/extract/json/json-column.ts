// Conversion of JSON values to the types of columns.

import { isTextType, type SourceColumn } from '../../definitions/source.js';
import { createConversion } from '../values/convert-text.js';
import { epochDigits } from '../time/epoch.js';
import { type Value, fillSlot, type Slot } from '../event/log-event.js';
import type { Match } from '../values/match.js';
import type { Reject } from '../../../history/rejects/reject.js';
import { createInstantReader } from '../time/time-text.js';
import { isBigint, wholeNumber } from '../values/numbers.js';

/** A column of lines that are JSON objects. */
export interface JsonColumn {
  /** The kind of its values, for faster readers of these; `other` can be anything. */
  readonly kind: 'whole number' | 'time' | 'text' | 'other';
  /**
   * Converts a scanned value other than null.
   *
   * @param slot - Filled and returned for an accepted value.
   */
  readonly read: (bytes: Uint8Array, start: number, end: number, slot: Slot) => Value | Reject;
}

/**
 * The converter of a column's values: their bytes where these suffice, otherwise decoded.
 *
 * @param file - The name of the file that is read.
 */
export function createJsonColumn(column: SourceColumn, file?: string, match?: Match): JsonColumn {
  const { type, format, matches, trim, coerce = false } = column;
  if (type === 'jsonb') return { kind: 'other', read: fillSlot };
  if (type === 'bigint') {
    const readText = takesText(column) ? createConvertingReader(column, file, match) : undefined;
    return {
      kind: 'whole number',
      read: (bytes, start, end, slot) => {
        if (readText !== undefined && bytes[start] === quote) {
          return readText(bytes, start, end, slot);
        }
        slot.number = wholeNumber(bytes, start, end);
        return !Number.isNaN(slot.number) || isBigint(bytes, start, end)
          ? fillSlot(bytes, start, end, slot)
          : wrongType(column, 'a whole number of 64 bits', bytes, start, end);
      },
    };
  }
  if (type === 'text' && matches === undefined && trim !== true) {
    return {
      kind: 'text',
      read: (bytes, start, end, slot) => {
        if (fillText(bytes, start, end, slot)) return slot;
        return coerce
          ? fillSlot(bytes, start, end, slot)
          : wrongType(column, 'text', bytes, start, end);
      },
    };
  }
  if (type === 'timestamptz' && format === undefined) {
    const read = createInstantReader();
    return {
      kind: 'time',
      read: (bytes, start, end, slot) => {
        if (!fillText(bytes, start, end, slot)) return wrongType(column, 'text', bytes, start, end);
        const reading = read(slot.bytes, slot.start, slot.end);
        if ('problem' in reading) {
          const message = `"${fieldName(column)}" ${reading.problem}: ${excerpt(bytes, start, end)}`;
          return { reason: 'invalid_time', message };
        }
        const { value } = reading;
        slot.number = typeof value === 'number' ? value : Number.NaN;
        return typeof value === 'number' ? slot : putDecoded(String(value), slot);
      },
    };
  }
  return { kind: 'other', read: createConvertingReader(column, file, match) };
}

/** Converts values that have to be decoded. */
function createConvertingReader(
  column: SourceColumn,
  file?: string,
  match?: Match,
): JsonColumn['read'] {
  const convert = createConversion(column, file, match);
  const wanted = jsonKind(column);
  const isFree = column.coerce === true;
  const isTextTaken = takesText(column);
  return (bytes, start, end, slot) => {
    const kind = kindOf(bytes[start] ?? 0);
    if (kind !== wanted && !isFree && !(isTextTaken && kind === 'text')) {
      return wrongType(column, wanted, bytes, start, end);
    }
    const converted = convert(
      kind === 'text'
        ? decodeString(bytes, start, end)
        : Buffer.from(bytes.subarray(start, end)).toString('utf8'),
    );
    if ('value' in converted) {
      slot.number = converted.number ?? Number.NaN;
      return putDecoded(converted.value, slot);
    }
    const message = `"${fieldName(column)}" ${converted.problem}: ${excerpt(bytes, start, end)}`;
    return { reason: converted.reason, message };
  };
}

/** Fills a slot with the text of a string; false for another value. */
function fillText(bytes: Uint8Array, start: number, end: number, slot: Slot): boolean {
  if (bytes[start] !== quote) return false;
  if (bytes.subarray(start, end).includes(backslash)) {
    putDecoded(decodeString(bytes, start, end), slot);
  } else fillSlot(bytes, start + 1, end - 1, slot);
  return true;
}

function putDecoded(text: string, slot: Slot): Value {
  const bytes = Buffer.from(text);
  return fillSlot(bytes, 0, bytes.length, slot);
}

type JsonKind = 'text' | 'a number' | 'true or false';

/** The JSON type of a column's values. */
function jsonKind({ type, format = '' }: SourceColumn): JsonKind {
  if (type === 'boolean') return 'true or false';
  if (type === 'timestamptz') return format in epochDigits ? 'a number' : 'text';
  const isWritten = isTextType(type) || type === 'date' || type === 'time' || type === 'timestamp';
  return isWritten ? 'text' : 'a number';
}

/** Whether a text is accepted in place of a number: as people write them, and of a time since 1970. */
function takesText({ coerce, decimal, thousands, unit, format = '' }: SourceColumn): boolean {
  const isWritten = decimal !== undefined || thousands !== undefined || unit !== undefined;
  return coerce === true || isWritten || format in epochDigits;
}

/** The type of a JSON value, by its first byte. */
function kindOf(first: number): JsonKind | 'something else' {
  if (first === quote) return 'text';
  if (first === 0x2d || (first >= 0x30 && first <= 0x39)) return 'a number';
  return first === 0x74 || first === 0x66 ? 'true or false' : 'something else';
}

/** The name of a column's field in messages. */
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
  const kind = kindOf(bytes[start] ?? 0);
  const isScalar = kind !== 'something else' && isTextType(column.type) !== (kind === 'text');
  const advice =
    isScalar && column.coerce !== true ? ' (coerce: true takes it as it is written)' : '';
  const message = `"${fieldName(column)}" must be ${wanted}${advice}: ${found}`;
  return { reason: 'invalid_type', message };
}

/** The text of a scanned JSON string; the range includes its quotes. */
export function decodeString(bytes: Uint8Array, start: number, end: number): string {
  return JSON.parse(Buffer.from(bytes.subarray(start, end)).toString('utf8')) as string;
}

function excerpt(bytes: Uint8Array, start: number, end: number): string {
  const text = Buffer.from(bytes.subarray(start, Math.min(end, start + 60))).toString('utf8');
  return end - start > 60 ? `${text}…` : text;
}

const quote = 0x22;
const backslash = 0x5c;
