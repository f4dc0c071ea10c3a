// Columns of Arrow for Postgres's types.

import type { Data, DataType } from 'apache-arrow';
import pg from 'pg';
import { DaybookError } from '../../errors.js';
import { arrivesAsArray } from '../../warehouse/query/value-mapping.js';
import { daysOf, microsecondsOf } from './arrow-instants.js';

/** The library, which only projects that ask for it have. */
export type Arrow = typeof import('apache-arrow');

/** A value as Postgres writes it; of an array, its elements. */
export type TextValue = string | null | readonly TextValue[];

/** How a column of Postgres becomes one of Arrow. */
export interface ArrowColumn {
  readonly type: DataType;
  /** The values of a batch. */
  data(values: readonly TextValue[]): Data;
}

/** Elements of the arrays that are not lists of text, by the array's oid. */
const elements: ReadonlyMap<number, number> = new Map([
  [1000, 16],
  [1001, 17],
  [1005, 21],
  [1007, 23],
  [1016, 20],
  [1021, 700],
  [1022, 701],
  [1028, 26],
  [1115, 1114],
  [1182, 1082],
  [1185, 1184],
]);

/** Reads the text of a Postgres array. */
const parseArray = (pg.types.getTypeParser as (id: number) => (text: string) => TextValue[])(1009);

/** The column of Arrow for a type of Postgres by its oid; what Arrow has no type for is text. */
export function arrowColumn(arrow: Arrow, name: string, oid: number): ArrowColumn {
  if (!arrivesAsArray(oid)) return scalarColumn(arrow, oid);
  const element = scalarColumn(arrow, elements.get(oid) ?? 0);
  const type = new arrow.List(new arrow.Field('item', element.type, true));
  return {
    type,
    data(values) {
      const lists = values.map((value) =>
        typeof value === 'string' ? parseArray(value) : (value ?? []),
      );
      const items = lists.flat();
      if (items.some(Array.isArray)) throw nested(name);
      const valueOffsets = offsetsOf(lists.map(({ length }) => length));
      const child = element.data(items);
      return arrow.makeData({ type, ...validity(values), valueOffsets, child });
    },
  };
}

function nested(name: string): DaybookError {
  return new DaybookError(
    'QUERY_FAILED',
    `${name} holds arrays of arrays, which no type of Postgres tells apart`,
    { hint: `to_json(${name})::text is text that has them` },
  );
}

function scalarColumn(arrow: Arrow, oid: number): ArrowColumn {
  const { Bool, Int16, Int32, Int64, Uint32, Float32, Float64, DateDay } = arrow;
  switch (oid) {
    case 16:
      return { type: new Bool(), data: (values) => booleans(arrow, values) };
    case 17:
      return bytesColumn(arrow, new arrow.Binary(), (text) => Buffer.from(text.slice(2), 'hex'));
    case 20:
      return fixedColumn(arrow, new Int64(), BigInt64Array, BigInt);
    case 21:
      return fixedColumn(arrow, new Int16(), Int16Array, Number);
    case 23:
      return fixedColumn(arrow, new Int32(), Int32Array, Number);
    case 26:
      return fixedColumn(arrow, new Uint32(), Uint32Array, Number);
    case 700:
      return fixedColumn(arrow, new Float32(), Float32Array, Number);
    case 701:
      return fixedColumn(arrow, new Float64(), Float64Array, Number);
    case 1082:
      return fixedColumn(arrow, new DateDay(), Int32Array, daysOf);
    case 1114:
      return fixedColumn(arrow, new arrow.TimestampMicrosecond(), BigInt64Array, microsecondsOf);
    case 1184: {
      const type = new arrow.TimestampMicrosecond('UTC');
      return fixedColumn(arrow, type, BigInt64Array, microsecondsOf);
    }
    default:
      return bytesColumn(arrow, new arrow.Utf8(), (text) => Buffer.from(text, 'utf8'));
  }
}

/** An array of numbers that a column of fixed width is kept in. */
type NumberArray<Item> = Record<number, Item>;

function fixedColumn<Item>(
  { makeData }: Arrow,
  type: DataType,
  Values: new (length: number) => NumberArray<Item>,
  parse: (text: string) => Item,
): ArrowColumn {
  return {
    type,
    data(values) {
      const data = new Values(values.length);
      for (const [index, value] of values.entries())
        if (value !== null) data[index] = parse(value as string);
      return makeData({ type, ...validity(values), data } as Parameters<typeof makeData>[0]);
    },
  };
}

function booleans({ makeData, Bool }: Arrow, values: readonly TextValue[]): Data {
  const data = bits(values, (value) => value === 't');
  return makeData({ type: new Bool(), ...validity(values), data });
}

function bytesColumn(
  { makeData }: Arrow,
  type: DataType,
  encode: (text: string) => Uint8Array,
): ArrowColumn {
  return {
    type,
    data(values) {
      const parts = values.map((value) => (value === null ? empty : encode(value as string)));
      const valueOffsets = offsetsOf(parts.map(({ length }) => length));
      const data = Buffer.concat(parts);
      const given = { type, ...validity(values), valueOffsets, data };
      return makeData(given as Parameters<typeof makeData>[0]);
    },
  };
}

const empty = new Uint8Array();

/** Which values are there: a bit for each. */
function validity(values: readonly TextValue[]): {
  readonly length: number;
  readonly nullCount: number;
  readonly nullBitmap: Uint8Array;
} {
  return {
    length: values.length,
    nullCount: values.filter((value) => value === null).length,
    nullBitmap: bits(values, (value) => value !== null),
  };
}

/** A bit for each value, the first one lowest. */
function bits(values: readonly TextValue[], isSet: (value: TextValue) => boolean): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(values.length / 8));
  for (const [index, value] of values.entries())
    if (isSet(value)) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (1 << (index & 7));
  return bytes;
}

/** Where each of several parts begins, and the last one ends. */
function offsetsOf(lengths: readonly number[]): Int32Array {
  const offsets = new Int32Array(lengths.length + 1);
  for (const [index, length] of lengths.entries())
    offsets[index + 1] = (offsets[index] ?? 0) + length;
  return offsets;
}
