import type { Source, SourceColumn } from '../sources/source.js';
import type { Reject } from './reject.js';
import { unknownColumn, type Member } from './member.js';
import { createScanner } from './scan-object.js';
import { timestampProblem } from './timestamp.js';

/** A stretch of bytes: most values of an event are still places in the block that was read. */
export interface Slice {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** An accepted line: its columns as text, and what goes into the payload. */
export interface LogEvent {
  /** One value for each column of the source, in order; UTF-8 without quotes or escapes. */
  readonly columns: readonly (Slice | null)[];
  /** The members without a column, each as `"key": value` in JSON, exactly as written. */
  readonly payload: readonly Slice[];
}

/**
 * Turns one line (without its line feed) into an event, or says why not. The event is valid until the
 * next line is parsed.
 */
export type LineParser = (bytes: Uint8Array, start?: number, end?: number) => LogEvent | Reject;

/**
 * The longest value of a text column, in bytes of UTF-8. Columns have indexes, and Postgres refuses a
 * row, and with it the whole file, when an index entry is longer than about 2,700 bytes.
 */
export const maxTextBytes = 1024;

/** Whether a parser's result is a {@link Reject}. */
export function isReject(result: LogEvent | Reject): result is Reject {
  return 'reason' in result;
}

/** The parser of a source's lines. */
export function createLineParser(source: Source): LineParser {
  const { columns } = source;
  const keys = columns.map((column) => Buffer.from(column.field));

  /** The column of a member, as an index; -1 for the payload. */
  const columnOf = (bytes: Uint8Array, member: Member): number => {
    let { keyStart, keyEnd } = member;
    let key = bytes;
    if (member.keyEscaped) {
      key = Buffer.from(decodeString(bytes, keyStart - 1, keyEnd + 1));
      [keyStart, keyEnd] = [0, key.length];
    }
    for (let index = 0; index < keys.length; index += 1) {
      const known = keys[index];
      if (known?.length === keyEnd - keyStart && sameBytes(known, key, keyStart)) return index;
    }
    return -1;
  };

  const scan = createScanner();
  // One event is filled again for each line: with millions of lines, making them costs more than
  // reading them.
  const found = new Array<Member | undefined>(columns.length).fill(undefined);
  const places = columns.map(() => place());
  const values = new Array<Slice | null>(columns.length).fill(null);
  const payloadPlaces: MutableSlice[] = [];
  const payload: Slice[] = [];
  const event: LogEvent = { columns: values, payload };

  return (bytes, start = 0, end = bytes.length) => {
    if (isBlank(bytes, start, end)) return { reason: 'blank_line', message: 'the line is blank' };
    const members = scan(bytes, start, end);
    if (!Array.isArray(members)) return members;

    // As in jsonb, the last of two members with one name counts.
    for (let index = 0; index < found.length; index += 1) found[index] = undefined;
    let count = 0;
    for (const member of members) {
      if (member.column === unknownColumn) member.column = columnOf(bytes, member);
      const index = member.column;
      if (index === -1) {
        const slot = (payloadPlaces[count] ??= place());
        payload[count++] = put(slot, bytes, member.keyStart - 1, member.valueEnd);
      } else found[index] = member;
    }
    if (payload.length !== count) payload.length = count;
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index];
      const slot = places[index];
      if (column === undefined || slot === undefined) continue;
      const value = columnValue(column, bytes, found[index], slot);
      if (value === null || value === slot) values[index] = value;
      else return value as Reject;
    }
    return event;
  };
}

type MutableSlice = { -readonly [Key in keyof Slice]: Slice[Key] };

function place(): MutableSlice {
  return { bytes: nothing, start: 0, end: 0 };
}

const nothing = new Uint8Array();

function put(slot: MutableSlice, bytes: Uint8Array, start: number, end: number): Slice {
  slot.bytes = bytes;
  slot.start = start;
  slot.end = end;
  return slot;
}

function columnValue(
  column: SourceColumn,
  bytes: Uint8Array,
  member: Member | undefined,
  slot: MutableSlice,
): Slice | null | Reject {
  const first = member === undefined ? undefined : bytes[member.valueStart];
  if (member === undefined || first === 0x6e /* null */) {
    if (!column.required) return null;
    const state = member === undefined ? 'missing' : 'null';
    return { reason: 'missing_field', message: `"${column.field}" is ${state}` };
  }
  const { valueStart, valueEnd } = member;
  if (column.type === 'bigint') {
    return isBigint(bytes, valueStart, valueEnd)
      ? put(slot, bytes, valueStart, valueEnd)
      : wrongType(column, 'a whole number of 64 bits', bytes, member);
  }
  if (first !== 0x22) return wrongType(column, 'text', bytes, member);
  if (member.valueEscaped) {
    const text = Buffer.from(decodeString(bytes, valueStart, valueEnd));
    put(slot, text, 0, text.length);
  } else put(slot, bytes, valueStart + 1, valueEnd - 1);
  if (column.type === 'text') {
    if (slot.end - slot.start <= maxTextBytes) return slot;
    return wrongType(column, `text of at most ${maxTextBytes} bytes`, bytes, member);
  }
  const problem = timestampProblem(slot.bytes, slot.start, slot.end);
  if (problem === undefined) return slot;
  return {
    reason: 'invalid_time',
    message: `"${column.field}" ${problem}: ${excerpt(bytes, valueStart, valueEnd)}`,
  };
}

function wrongType(
  column: SourceColumn,
  wanted: string,
  bytes: Uint8Array,
  member: Member,
): Reject {
  const found = excerpt(bytes, member.valueStart, member.valueEnd);
  return { reason: 'invalid_type', message: `"${column.field}" must be ${wanted}: ${found}` };
}

/** JSON's integer in the range of Postgres's bigint; `5.0` and `5e0` are none. */
function isBigint(bytes: Uint8Array, start: number, end: number): boolean {
  const digitsStart = bytes[start] === 0x2d ? start + 1 : start;
  for (let at = digitsStart; at < end; at += 1) {
    const found = bytes[at] ?? 0;
    if (found < 0x30 || found > 0x39) return false;
  }
  const digits = end - digitsStart;
  if (digits < 19) return digits > 0;
  if (digits > 19) return false;
  const value = BigInt(Buffer.from(bytes.subarray(start, end)).toString('latin1'));
  return value === BigInt.asIntN(64, value);
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const found = bytes[at];
    if (found !== 0x20 && found !== 0x09 && found !== 0x0d) return false;
  }
  return true;
}

function sameBytes(expected: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < expected.length; at += 1) {
    if (expected[at] !== bytes[start + at]) return false;
  }
  return true;
}

/** The text of a JSON string that was scanned already; the range includes its quotes. */
function decodeString(bytes: Uint8Array, start: number, end: number): string {
  return JSON.parse(Buffer.from(bytes.subarray(start, end)).toString('utf8')) as string;
}

function excerpt(bytes: Uint8Array, start: number, end: number): string {
  const text = Buffer.from(bytes.subarray(start, Math.min(end, start + 60))).toString('utf8');
  return end - start > 60 ? `${text}…` : text;
}
