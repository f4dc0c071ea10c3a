import type { Source, SourceColumn } from '../sources/source.js';
import { createConversion, maxTextBytes, type Conversion } from './convert-text.js';
import { InstantReader } from './instant.js';
import type { LineParser, LogEvent, Slice, Value } from './log-event.js';
import { jsonTypeAt, jsonTypes, type ShapeCollector } from './line-shapes.js';
import { unknownColumn, type Member } from './member.js';
import type { Reject } from './reject.js';
import { createScanner } from './scan-object.js';
import { timestampProblem } from './timestamp.js';
import { isBigint, wholeNumber } from './whole-number.js';

/** The parser of lines that are JSON objects. */
export function createJsonParser(
  { columns }: Pick<Source, 'columns'>,
  shapes?: ShapeCollector,
): LineParser {
  // Nested fields are looked for afterwards: their member stays in the payload.
  const keys = columns.map(({ from }) =>
    from.length === 1 ? Buffer.from(from[0] ?? '') : undefined,
  );
  const findNested = createNestedFinder(columns);
  const conversions = columns.map((column) => {
    if (hasFastWay(column)) return undefined;
    return column.type === 'jsonb' ? ('as it is' as const) : createConversion(column);
  });

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
  const instants = columns.map(() => new InstantReader());
  const values = new Array<Value | null>(columns.length).fill(null);
  const payloadPlaces: Place[] = [];
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
        const type = jsonTypeAt[bytes[member.valueStart] ?? 0] ?? 0;
        if ((member.types & (1 << type)) === 0) {
          member.types |= 1 << type;
          shapes?.field(
            decodeString(bytes, member.keyStart - 1, member.keyEnd + 1),
            jsonTypes[type] ?? '',
          );
        }
      } else found[index] = member;
    }
    if (payload.length !== count) payload.length = count;
    findNested?.(bytes, members, found);
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index];
      const slot = places[index];
      if (column === undefined || slot === undefined) continue;
      const convert = conversions[index];
      const value =
        convert === undefined
          ? columnValue(column, bytes, found[index], slot, instants[index])
          : convertedValue(column, convert, bytes, found[index], slot);
      if (value === null || value === slot) values[index] = value;
      else return value as Reject;
    }
    shapes?.line(values);
    return event;
  };
}

/** Columns whose values need not be decoded; for others there is a {@link Conversion}. */
function hasFastWay({ type, format, matches }: SourceColumn): boolean {
  if (type === 'timestamptz') return format === undefined;
  return type === 'bigint' || (type === 'text' && matches === undefined);
}

/** Finds the members of columns that lie deeper; undefined when there is no such column. */
function createNestedFinder(columns: readonly SourceColumn[]) {
  const paths = columns.flatMap(({ from }, index) => (from.length > 1 ? [{ index, from }] : []));
  if (paths.length === 0) return undefined;
  const scanInside = createScanner();
  const named = (bytes: Uint8Array, members: readonly Member[], key: string) =>
    members.findLast(
      ({ keyStart, keyEnd }) => decodeString(bytes, keyStart - 1, keyEnd + 1) === key,
    );
  return (bytes: Uint8Array, members: readonly Member[], found: (Member | undefined)[]): void => {
    for (const { index, from } of paths) {
      let member = named(bytes, members, from[0] ?? '');
      for (const key of from.slice(1)) {
        const inside =
          member !== undefined && bytes[member.valueStart] === 0x7b
            ? scanInside(bytes, member.valueStart, member.valueEnd)
            : [];
        member = Array.isArray(inside) ? named(bytes, inside, key) : undefined;
      }
      // The scanner uses its members again.
      found[index] = member && { ...member };
    }
  };
}

type Place = { -readonly [Key in keyof Value]: Value[Key] };

function place(): Place {
  return { bytes: nothing, start: 0, end: 0, number: Number.NaN };
}

const nothing = new Uint8Array();

function put(slot: Place, bytes: Uint8Array, start: number, end: number): Value {
  slot.bytes = bytes;
  slot.start = start;
  slot.end = end;
  return slot;
}

function columnValue(
  column: SourceColumn,
  bytes: Uint8Array,
  member: Member | undefined,
  slot: Place,
  instants: InstantReader | undefined,
): Value | null | Reject {
  const first = member === undefined ? undefined : bytes[member.valueStart];
  if (member === undefined || first === 0x6e /* null */) return missing(column, member);
  const { valueStart, valueEnd } = member;
  if (column.type === 'bigint') {
    slot.number = wholeNumber(bytes, valueStart, valueEnd);
    return !Number.isNaN(slot.number) || isBigint(bytes, valueStart, valueEnd)
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
  slot.number = instants?.read(slot.bytes, slot.start, slot.end) ?? Number.NaN;
  if (!Number.isNaN(slot.number)) return slot;
  const problem = timestampProblem(slot.bytes, slot.start, slot.end);
  return problem === undefined ? slot : wrongTime(column, problem, bytes, member);
}

function missing(column: SourceColumn, member: Member | undefined): Reject | null {
  if (!column.required) return null;
  const state = member === undefined ? 'missing' : 'null';
  return { reason: 'missing_field', message: `"${fieldName(column)}" is ${state}` };
}

function wrongTime(
  column: SourceColumn,
  problem: string,
  bytes: Uint8Array,
  { valueStart, valueEnd }: Member,
): Reject {
  const found = excerpt(bytes, valueStart, valueEnd);
  return { reason: 'invalid_time', message: `"${fieldName(column)}" ${problem}: ${found}` };
}

/** A value that has to be decoded, or for jsonb any. */
function convertedValue(
  column: SourceColumn,
  convert: Conversion | 'as it is',
  bytes: Uint8Array,
  member: Member | undefined,
  slot: Place,
): Value | null | Reject {
  const first = member === undefined ? 0 : (bytes[member.valueStart] ?? 0);
  if (member === undefined || first === 0x6e /* null */) return missing(column, member);
  const { valueStart, valueEnd } = member;
  if (convert === 'as it is') return put(slot, bytes, valueStart, valueEnd);
  const kind = first === 0x22 ? 'text' : isNumberStart(first) ? 'a number' : 'something else';
  const wanted = jsonKind(column);
  if (wanted === 'true or false' ? first !== 0x74 && first !== 0x66 : kind !== wanted) {
    return wrongType(column, wanted, bytes, member);
  }
  const text =
    kind === 'text'
      ? decodeString(bytes, valueStart, valueEnd)
      : Buffer.from(bytes.subarray(valueStart, valueEnd)).toString('latin1');
  const converted = convert(text);
  if ('value' in converted) {
    const value = Buffer.from(converted.value);
    return put(slot, value, 0, value.length);
  }
  const found = excerpt(bytes, valueStart, valueEnd);
  const message = `"${fieldName(column)}" ${converted.problem}: ${found}`;
  return { reason: converted.reason, message };
}

function jsonKind({ type, format }: SourceColumn): 'text' | 'a number' | 'true or false' {
  if (type === 'boolean') return 'true or false';
  if (type === 'timestamptz') return format?.startsWith('unix') === true ? 'a number' : 'text';
  return type === 'text' || type === 'date' ? 'text' : 'a number';
}

function isNumberStart(byte: number): boolean {
  return byte === 0x2d || (byte >= 0x30 && byte <= 0x39);
}

function fieldName({ from }: SourceColumn): string {
  return from.join('.');
}

function wrongType(
  column: SourceColumn,
  wanted: string,
  bytes: Uint8Array,
  member: Member,
): Reject {
  const found = excerpt(bytes, member.valueStart, member.valueEnd);
  return { reason: 'invalid_type', message: `"${fieldName(column)}" must be ${wanted}: ${found}` };
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
