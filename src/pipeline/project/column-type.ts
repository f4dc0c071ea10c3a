// Types of a source's columns as they are declared: names, sizes, aliases.

import { mustBeOneOf } from './declaration-message.js';
import { columnTypes, type ColumnType, type SourceColumn } from '../definitions/source.js';

/** The type of a column with its size. */
export type TypeOfColumn = Pick<SourceColumn, 'type' | 'length' | 'precision' | 'scale'>;

/** The declarable types. */
const written = columnTypes.flatMap((type) =>
  type === 'varchar' ? ['varchar(n)'] : type === 'numeric' ? ['numeric', 'numeric(p,s)'] : [type],
);

/** Aliases of types. */
const meanings: Readonly<Record<string, string>> = {
  ...{ string: 'text', varchar: 'text', int: 'integer', int4: 'integer', int8: 'bigint' },
  ...{ int2: 'smallint', number: 'numeric', decimal: 'numeric', bool: 'boolean', json: 'jsonb' },
  ...{ float: 'double precision', double: 'double precision', float8: 'double precision' },
  ...{ float4: 'real', datetime: 'timestamptz', 'timestamp with time zone': 'timestamptz' },
  ...{ 'time without time zone': 'time', 'timestamp without time zone': 'timestamp' },
  'character varying': 'text',
};

/** Postgres types that are misleading, and what to use instead. */
const refusals: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:char|character|bpchar|nchar)\b(?! varying)/,
    'char(n) fills a text with blanks up to its length: take varchar(n) or text',
  ],
  [
    /^(?:timetz|time with time zone)\b/,
    'an offset without a date says nothing where clocks change: take time, or timestamptz with the date',
  ],
];

/**
 * Reads a declared type: `varchar(20)`, `numeric(10,2)`.
 *
 * @returns The type, or the problem.
 */
export function readColumnType(declared: unknown): TypeOfColumn | { readonly problem: string } {
  const text = typeof declared === 'string' ? declared.trim() : '';
  if ((columnTypes as readonly string[]).includes(text) && text !== 'varchar') {
    return { type: text as ColumnType };
  }
  const [, name = text, first = '', second] =
    /^([^(]*?)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)$/.exec(text) ?? [];
  const [size, scale] = [Number(first), Number(second ?? 0)];
  if (first !== '' && name === 'varchar' && second === undefined) {
    const isRight = size >= 1 && size <= mostCharacters;
    return isRight
      ? { type: 'varchar', length: size }
      : { problem: `the length of a varchar is 1 to ${mostCharacters}` };
  }
  if (first !== '' && name === 'numeric') {
    return size >= 1 && size <= mostDigits && scale <= size
      ? { type: 'numeric', precision: size, scale }
      : {
          problem: `a numeric has 1 to ${mostDigits} digits, and at most all of them behind the point`,
        };
  }
  const refusal = refusals.find(([shape]) => shape.test(text.toLowerCase()))?.[1];
  if (refusal !== undefined) return { problem: refusal };
  const bracketed = bracketedMeanings[name.toLowerCase()];
  if (first !== '' && bracketed !== undefined) {
    return { problem: mustBeOneOf(written, text, { [text.toLowerCase()]: bracketed }) };
  }
  return {
    problem: mustBeOneOf(written, typeof declared === 'string' ? text : declared, meanings),
  };
}

/** Aliases of types with a size. */
const bracketedMeanings: Readonly<Record<string, string>> = {
  ...{ 'character varying': 'varchar(n)', nvarchar: 'varchar(n)', varchar2: 'varchar(n)' },
  ...{ decimal: 'numeric(p,s)', number: 'numeric(p,s)', dec: 'numeric(p,s)' },
};

/** Postgres's names of types with a shorter name here. */
const longNames: Partial<Record<ColumnType, string>> = {
  time: 'time without time zone',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
};

/** A column's type in Postgres's notation. */
export function typeSql({ type, length, precision, scale = 0 }: TypeOfColumn): string {
  if (length !== undefined) return `character varying(${length})`;
  return precision === undefined ? (longNames[type] ?? type) : `numeric(${precision},${scale})`;
}

/** Postgres's limits. */
const mostCharacters = 10_485_760;
const mostDigits = 1000;
