// Parsing of JSON lines (NDJSON) into events.

import type { Source, SourceColumn } from '../../definitions/source.js';
import { arrayElement } from './array-element.js';
import { createJsonColumn, decodeString, fieldName } from './json-column.js';
import { LineLayouts } from './line-layouts.js';
import {
  isReject,
  type LineParser,
  type LogEvent,
  type Value,
  newSlot,
  fillSlot,
} from '../event/log-event.js';
import { jsonTypeAt, jsonTypes, type ShapeCollector } from '../event/line-shapes.js';
import type { Match } from '../values/match.js';
import type { Reject } from '../../../history/rejects/reject.js';
import { createScanner, type Member } from './scan-object.js';

/**
 * The parser of JSON objects.
 *
 * @param file - The name of the file that is read.
 */
export function createJsonParser(
  { columns }: Pick<Source, 'columns'>,
  shapes?: ShapeCollector,
  file?: string,
  match?: Match,
): LineParser {
  // The outer member of a nested field stays in the payload.
  const keys = columns.map(({ from }) =>
    from.length === 1 ? Buffer.from(String(from[0])) : undefined,
  );
  const findNested = createNestedFinder(columns);
  const readers = columns.map((column) => createJsonColumn(column, file, match));
  const layouts = new LineLayouts(readers, shapes);

  /** The index of a member's column; -1 for the payload. */
  const columnOf = (bytes: Uint8Array, member: Member): number => {
    let { keyStart, keyEnd } = member;
    let key = bytes;
    if (member.keyEscaped) {
      key = Buffer.from(decodeString(bytes, keyStart - 1, keyEnd + 1));
      [keyStart, keyEnd] = [0, key.length];
    }
    return keys.findIndex(
      (known) => known?.length === keyEnd - keyStart && sameBytes(known, key, keyStart),
    );
  };

  const scan = createScanner();
  const found = new Array<Pick<Member, 'valueStart' | 'valueEnd'> | undefined>(columns.length);
  /** Columns whose path ends in a null or behind the last element: other lines may have the value. */
  const openEnds = new Array<boolean>(columns.length).fill(false);
  const places = columns.map(() => newSlot());
  const columnsOf: number[] = [];

  const readInFull = (bytes: Uint8Array, start: number, end: number): LogEvent | Reject => {
    if (isBlank(bytes, start, end)) return { reason: 'blank_line', message: 'the line is blank' };
    const members = scan(bytes, start, end);
    if (!Array.isArray(members)) return members;

    // As in jsonb, the last of two members with one name counts.
    found.fill(undefined);
    columnsOf.length = 0;
    const payload: Value[] = [];
    for (const member of members) {
      const index = columnOf(bytes, member);
      columnsOf.push(index);
      if (index !== -1) found[index] = member;
      else {
        payload.push(fillSlot(bytes, member.keyStart - 1, member.valueEnd, newSlot()));
        const type = jsonTypeAt[bytes[member.valueStart] ?? 0] ?? 0;
        const key = decodeString(bytes, member.keyStart - 1, member.keyEnd + 1);
        shapes?.field(key, jsonTypes[type] ?? '');
      }
    }
    openEnds.fill(false);
    findNested?.(bytes, members, found, openEnds);
    shapes?.present(found);
    if (findNested !== undefined) shapes?.present(openEnds);
    const values: (Value | null)[] = [];
    for (const [index, column] of columns.entries()) {
      const member = found[index];
      if (member === undefined || bytes[member.valueStart] === 0x6e /* null */) {
        if (column.required) return missing(column, member);
        values.push(null);
      } else {
        const slot = places[index] ?? newSlot();
        const value = readers[index]?.read(bytes, member.valueStart, member.valueEnd, slot);
        if (value !== slot) return value as Reject;
        values.push(value);
      }
    }
    layouts.learn(bytes, start, end, members, columnsOf);
    return { columns: values, payload };
  };

  return (bytes, start = 0, end = bytes.length) => {
    const known = layouts.read(bytes, start, end);
    if (known !== undefined) {
      shapes?.line(known.columns);
      return known;
    }
    const event = readInFull(bytes, start, end);
    if (!isReject(event)) shapes?.line(event.columns);
    return event;
  };
}

/** Finds the members of nested columns; undefined when there is none. */
function createNestedFinder(columns: readonly SourceColumn[]) {
  const paths = columns.flatMap(({ from }, index) => (from.length > 1 ? [{ index, from }] : []));
  if (paths.length === 0) return undefined;
  const scanInside = createScanner();
  type Found = Pick<Member, 'valueStart' | 'valueEnd'> | undefined;
  const named = (bytes: Uint8Array, members: readonly Member[], key: string | number): Found =>
    members.findLast(
      ({ keyStart, keyEnd }) => decodeString(bytes, keyStart - 1, keyEnd + 1) === key,
    );
  const inside = (bytes: Uint8Array, outer: Found, key: string | number): Found => {
    if (outer === undefined) return undefined;
    const { valueStart, valueEnd } = outer;
    if (typeof key === 'number') {
      const element =
        bytes[valueStart] === 0x5b ? arrayElement(bytes, valueStart, valueEnd, key) : undefined;
      return element && { valueStart: element.start, valueEnd: element.end };
    }
    const members = bytes[valueStart] === 0x7b ? scanInside(bytes, valueStart, valueEnd) : [];
    return Array.isArray(members) ? named(bytes, members, key) : undefined;
  };
  return (
    bytes: Uint8Array,
    members: readonly Member[],
    found: Found[],
    openEnds: boolean[],
  ): void => {
    for (const { index, from } of paths) {
      let member = named(bytes, members, from[0] ?? '');
      for (const key of from.slice(1)) {
        const first = bytes[member?.valueStart ?? -1];
        if (first === 0x6e || (first === 0x5b && typeof key === 'number')) openEnds[index] = true;
        member = inside(bytes, member, key);
      }
      // The scanner reuses its members.
      found[index] = member && { ...member };
    }
  };
}

function missing(column: SourceColumn, member: object | undefined): Reject {
  const state = member === undefined ? 'missing' : 'null';
  return { reason: 'missing_field', message: `"${fieldName(column)}" is ${state}` };
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
