// Postgres types as TypeScript values: bigint, numeric, date, timestamptz, interval, json, arrays.

import pg from 'pg';

/**
 * How Postgres values arrive in TypeScript. Nothing is lost and no time zone of this process is
 * ever mixed in:
 *
 * | Postgres | TypeScript |
 * |---|---|
 * | bigint | `bigint` |
 * | numeric | `string`, digits as Postgres writes them (`NaN`, `Infinity` included) |
 * | date | `string`, `YYYY-MM-DD` |
 * | timestamptz | `string`, RFC 3339 in UTC, fraction kept to the microsecond when not zero |
 * | timestamp | `string`, `YYYY-MM-DDTHH:MM:SS[.ffffff]`, no zone because it has none |
 * | interval | `string` as Postgres writes it (ISO 8601 in Daybook's own sessions) |
 * | json, jsonb | the value (`JSON.parse`: numbers in it are doubles; see {@link mappingWithJson}) |
 * | point, circle | `string` as Postgres writes them |
 * | arrays of these | arrays of these, nested ones too |
 * | arrays of enums, domains, ranges and other types that `pg` does not know | `string`, `{a,b}` |
 *
 * `infinity` and `-infinity` of the date types stay these words; years before 1 or after 9999,
 * which RFC 3339 cannot write, stay as Postgres writes them. Everything else is as `pg` does it:
 * int2, int4, oid, float4, float8 → `number`, bool → `boolean`, bytea → `Buffer`, the rest → `string`.
 *
 * Given to each pool (`types`), never set globally: other users of `pg` in the process, a
 * notebook's for example, keep their own mapping.
 */
export const valueMapping: pg.CustomTypesConfig = {
  getTypeParser: (id, format) => parserFor(id, format) as never,
};

/**
 * {@link valueMapping} for callers that show or compute with values in json: texts of json and jsonb, also in
 * arrays, are parsed by the given function. `parseExact` changes no number.
 */
export function mappingWithJson(parse: TextParser): pg.CustomTypesConfig {
  const parsers = new Map<number, TextParser>([
    [oid.json, parse],
    [oid.jsonb, parse],
    [oid.jsonArray, arrayParser(parse)],
    [oid.jsonbArray, arrayParser(parse)],
  ]);
  return {
    getTypeParser: (id: number, format?: string) =>
      ((format === 'binary' ? undefined : parsers.get(id)) ?? parserFor(id, format)) as never,
  };
}

/** Parses Postgres's text of a value. */
export type TextParser = (text: string) => unknown;

const oid = {
  int8: 20,
  numeric: 1700,
  date: 1082,
  timestamp: 1114,
  timestamptz: 1184,
  interval: 1186,
  point: 600,
  circle: 718,
  textArray: 1009,
  json: 114,
  jsonb: 3802,
  jsonArray: 199,
  jsonbArray: 3807,
} as const;

const scalars: ReadonlyMap<number, TextParser> = new Map<number, TextParser>([
  [oid.int8, BigInt],
  [oid.numeric, String],
  [oid.date, String],
  [oid.timestamp, toLocalDateTime],
  [oid.timestamptz, toInstant],
  [oid.interval, String],
  // The driver makes objects of doubles of these two, and of no other geometric type.
  [oid.point, String],
  [oid.circle, String],
]);

/** The array type of each scalar type above; see `typarray` in pg_type. */
const arrays: ReadonlyMap<number, number> = new Map([
  [1016, oid.int8],
  [1231, oid.numeric],
  [1182, oid.date],
  [1115, oid.timestamp],
  [1185, oid.timestamptz],
  [1187, oid.interval],
  [1017, oid.point],
]);

// `pg` declares only the oids that it has names for; it takes any.
const standardParser = pg.types.getTypeParser as (id: number, format: string) => TextParser;

function parserFor(id: number, format: string | undefined): TextParser {
  if (format !== 'binary') {
    const scalar = scalars.get(id);
    if (scalar !== undefined) return scalar;
    const element = scalars.get(arrays.get(id) ?? 0);
    if (element !== undefined) return arrayParser(element);
  }
  return standardParser(id, format ?? 'text');
}

/** Whether values of a type, by its oid, arrive as arrays; those of an array type that do not are texts like `{a,b}`. */
export function arrivesAsArray(id: number): boolean {
  // Of arrays alone `{}` is a value.
  if (scalars.has(id)) return false;
  return Array.isArray(parserFor(id, 'text')('{}'));
}

function arrayParser(element: TextParser): TextParser {
  const parseTexts = standardParser(oid.textArray, 'text');
  const map = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(map) : typeof value === 'string' ? element(value) : value;
  return (text) => map(parseTexts(text));
}

function toLocalDateTime(text: string): string {
  return /^\d{4}-\d{2}-\d{2} [\d:.]+$/.test(text) ? text.replace(' ', 'T') : text;
}

/** `2019-03-01 07:00:00.5+05:30` to `2019-03-01T01:30:00.5Z`. */
function toInstant(text: string): string {
  const parts =
    /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(\.\d+)?([+-])(\d{2})(?::(\d{2}))?(?::(\d{2}))?$/.exec(
      text,
    );
  if (parts === null) return text;
  const [, day = '', time = '', fraction = '', sign, hours, minutes = '0', seconds = '0'] = parts;
  const offset = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  if (offset === 0) return `${day}T${time}${fraction}Z`;
  // Whole seconds are shifted with Date, which is exact; the fraction is kept.
  const shifted = Date.parse(`${day}T${time}Z`) - (sign === '-' ? -offset : offset) * 1000;
  const shown = new Date(shifted).toISOString();
  return shown.length === 24 ? `${shown.slice(0, 19)}${fraction}Z` : text;
}

/**
 * A value for a parameter of type jsonb. NUL and lone surrogates, which jsonb refuses, become U+FFFD: failing rows
 * and error messages may contain them.
 *
 * @returns Null for undefined and null.
 */
export function jsonb(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return JSON.stringify(value).replace(
    /\\(?:(u0000|ud[89a-f][0-9a-f]{2})|.)/g,
    (escape, refused?: string) => (refused === undefined ? escape : '\ufffd'),
  );
}
