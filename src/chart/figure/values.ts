// The values of data arrays.

import { type Json, isJsonObject } from '../../nbformat/notebook.js';

/** A value of a series: a cell of a table, a position on an axis. */
export type Value = string | number | null;

const readers: Readonly<Record<string, (view: DataView, at: number) => number>> = {
  i1: (view, at) => view.getInt8(at),
  u1: (view, at) => view.getUint8(at),
  i2: (view, at) => view.getInt16(at, true),
  u2: (view, at) => view.getUint16(at, true),
  i4: (view, at) => view.getInt32(at, true),
  u4: (view, at) => view.getUint32(at, true),
  f4: (view, at) => view.getFloat32(at, true),
  f8: (view, at) => view.getFloat64(at, true),
};

/** plotly's long names of array types. */
const longNames: Readonly<Record<string, string>> = {
  ...{ int8: 'i1', uint8: 'u1', uint8c: 'u1', uint8clamped: 'u1', u1c: 'u1', int16: 'i2' },
  ...{ uint16: 'u2', int32: 'i4', uint32: 'u4', float32: 'f4', float64: 'f8' },
};

const decimal = /^[+-]?\d{1,60}(?:\.\d+)?$/;

/** A number, or numeric text as Postgres writes `numeric`; undefined for everything else. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && decimal.test(value) ? Number(value) : undefined;
}

/**
 * The values of a trace's data array: a list, or plotly's packed form `{ dtype, bdata }` (base64, little-endian).
 *
 * @returns Undefined when it is neither, or a list of lists.
 */
export function readValues(array: Json | undefined): readonly Value[] | undefined {
  if (Array.isArray(array)) {
    if (array.some((item) => Array.isArray(item))) return undefined;
    return array.map((item) => {
      if (typeof item === 'string' || typeof item === 'number' || item === null) return item;
      return typeof item === 'boolean' ? String(item) : null;
    });
  }
  return isJsonObject(array) && array['shape'] === undefined ? unpack(array) : undefined;
}

/** The rows of a two-dimensional data array; undefined for any other. */
export function readGrid(array: Json | undefined): readonly (readonly Value[])[] | undefined {
  if (Array.isArray(array)) {
    const rows = array.map((row) => readValues(row));
    return rows.every((row) => row !== undefined) ? rows : undefined;
  }
  if (!isJsonObject(array) || typeof array['shape'] !== 'string') return undefined;
  const [height = 0, width = 0] = array['shape'].split(',').map(Number);
  const flat = unpack(array);
  if (flat?.length !== height * width) return undefined;
  return Array.from({ length: height }, (_, row) => flat.slice(row * width, (row + 1) * width));
}

function unpack(array: Record<string, Json>): number[] | undefined {
  const { dtype: name, bdata } = array;
  if (typeof name !== 'string' || typeof bdata !== 'string') return undefined;
  const dtype = (Object.hasOwn(longNames, name) ? longNames[name] : undefined) ?? name;
  const read = Object.hasOwn(readers, dtype) ? readers[dtype] : undefined;
  if (read === undefined) return undefined;
  const bytes = bytesOf(bdata);
  const view = new DataView(bytes.buffer);
  const size = Number(dtype.slice(1));
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, index) =>
    read(view, index * size),
  );
}

/** Base64 of either alphabet as bytes; other characters are passed over. The page's script reads it, too. */
function bytesOf(base64: string): Uint8Array {
  const digits = base64
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/[^A-Za-z0-9+/]/g, '');
  // A single digit is less than a byte.
  const text = atob(digits.length % 4 === 1 ? digits.slice(0, -1) : digits);
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
