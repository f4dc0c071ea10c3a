// What a source is: its files, format, columns and their types, and limits.

import type { LineLimit } from '../../config/environment/limits.js';

/** The Postgres types of a source's columns; a new one is declared here. */
export const columnTypes = [
  'text',
  'varchar',
  'smallint',
  'integer',
  'bigint',
  'numeric',
  'real',
  'double precision',
  'boolean',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'jsonb',
] as const;

/** One of {@link columnTypes}. */
export type ColumnType = (typeof columnTypes)[number];

/** Whether values of a type are texts as written. */
export function isTextType(type: ColumnType): boolean {
  return type === 'text' || type === 'varchar';
}

/** A column of a {@link Source}. */
export interface SourceColumn {
  /** The column's name in the source's table. */
  readonly name: string;
  readonly description?: string | undefined;
  /**
   * The path of keys to the value, outermost first: one key for a field of a JSON object, a column of a CSV or a
   * group of a pattern. A number is an index of an array, from 0.
   */
  readonly from: readonly (string | number)[];
  /**
   * Numbers and `boolean` are JSON numbers and booleans, not texts that look like one, unless {@link coerce}
   * allows it. `jsonb`: any JSON.
   */
  readonly type: ColumnType;
  /** The most characters of a `varchar`. */
  readonly length?: number | undefined;
  /** The most digits of a `numeric`, and its decimals. Default: any. */
  readonly precision?: number | undefined;
  readonly scale?: number | undefined;
  /** A line without it is rejected as `missing_field`; otherwise the column is null. */
  readonly required: boolean;
  /**
   * Whether a CSV may lack it in its header, and JSON in all lines of a file; otherwise such a file fails. Default
   * false.
   */
  readonly mayBeAbsent?: boolean | undefined;
  /**
   * The format of a time or date: undefined for RFC 3339 (a date: `YYYY-MM-DD`), `unix`, `unix_ms`, `unix_us`,
   * `unix_ns`, or strftime directives, see `time-format.ts`.
   */
  readonly format?: string | undefined;
  /** The year of dates without one: a number, or that of the file's name. */
  readonly year?: number | 'file_name' | undefined;
  /** The decimal separator; default `.`. */
  readonly decimal?: '.' | ',' | undefined;
  /** The thousands separator; default none. */
  readonly thousands?: string | undefined;
  /** Units before or behind a number: `€`, `%`, `km`. */
  readonly unit?: readonly string[] | undefined;
  /** Converts values of another JSON type by their text. */
  readonly coerce?: boolean | undefined;
  /** Trims blanks around a text. */
  readonly trim?: boolean | undefined;
  /** The zone of times without one: an IANA name or an offset like `-05:00`. */
  readonly zone?: string | undefined;
  /** A regular expression for whole texts; others are rejected as `invalid_value`. */
  readonly matches?: string | undefined;
  /** The expected values: others are loaded, and reported as drift. `seen`: those of earlier runs. Default: any. */
  readonly values?: 'seen' | readonly string[] | undefined;
}

/** How a file is split into lines, and a line into fields. */
export type SourceFormat =
  /** One JSON object a line, or JSON documents. */
  | {
      readonly kind: 'json';
      /** The keys that lead to an array of records in each file. Default: recognised from the file. */
      readonly path?: readonly string[] | undefined;
    }
  /** RFC 4180. */
  | {
      readonly kind: 'csv';
      /** One ASCII character. */
      readonly delimiter: string;
      /** `header`: the first record has the column names. Otherwise their names, in order. */
      readonly names: 'header' | readonly string[];
      /** Unquoted fields that mean null. */
      readonly nulls: readonly string[];
      /** Lines before the header or the first record that are skipped. Default 0. */
      readonly skip?: number | undefined;
    }
  /** Lines that a regular expression matches. */
  | {
      readonly kind: 'pattern';
      /** With named groups. */
      readonly pattern: string;
      /** Groups that mean null. */
      readonly nulls: readonly string[];
    };

/**
 * A kind of input, declared by a file of sql/sources: which files of the data folder belong to it, and how their
 * lines become rows. Names of fields are known from declarations only.
 */
export interface Source {
  /** The file's name, and that of the source's table. */
  readonly name: string;
  /** The schema of that table: the first of the project's. */
  readonly schema: string;
  readonly description?: string | undefined;
  /** Names of its files, or paths relative to the data folder if they contain `/`; `*` stands for anything. */
  readonly files: readonly string[];
  readonly format: SourceFormat;
  /** `load`: files with equal bytes are loaded each, rather than skipped as duplicates. */
  readonly copies?: 'load' | undefined;
  /** The encoding of the files; undefined for UTF-8. */
  readonly encoding?: string | undefined;
  /** The table also has {@link ownColumns}. */
  readonly columns: readonly SourceColumn[];
  /** The column with the time of the event, if any: `data through` of a run is its greatest value. */
  readonly eventTime: string | null;
  /** The distribution column on a Citus cluster. */
  readonly distributeBy?: string | undefined;
  /** Limits on what a run may lose of it. */
  readonly limits?: DeclaredLimits | undefined;
}

/** Declared limits; undefined: the default. */
export interface DeclaredLimits {
  /** Rejected lines of each file, and of all files together. */
  readonly fileRejects?: LineLimit | undefined;
  readonly sourceRejects?: LineLimit | undefined;
  /** Loaded lines that a run may remove. */
  readonly removal?: LineLimit | undefined;
  /** How far an event may lie ahead of the run, in milliseconds; Infinity: any. */
  readonly futureMs?: number | undefined;
  /** The age of its newest event from which on a run gives a notice, in milliseconds. */
  readonly ageMs?: number | undefined;
}

/** The columns of every source's table, after the declared ones. */
export const ownColumns = [
  {
    name: 'payload',
    type: 'jsonb',
    description: 'The fields of the line that have no column of their own',
  },
  { name: 'source_file', type: 'text', description: 'Path of the file below the data folder' },
  { name: 'line_number', type: 'bigint', description: 'Line in that file, from 1' },
] as const;

/** The name of a source's table in models. */
export function sourceTable({ schema, name }: Pick<Source, 'schema' | 'name'>): string {
  return `${schema}.${name}`;
}

/**
 * A source with interned strings and columns of one shape. Strings from YAML or another thread are compared letter
 * by letter, and objects of several shapes are accessed slowly: parsing would take half as long again.
 */
export function internSource(source: Source): Source {
  const columns = source.columns.map((column): Required<SourceColumn> => ({
    name: column.name,
    description: column.description,
    from: column.from,
    type: columnTypes.find((type) => type === column.type) ?? column.type,
    length: column.length,
    precision: column.precision,
    scale: column.scale,
    required: column.required,
    mayBeAbsent: column.mayBeAbsent,
    format: column.format,
    zone: column.zone,
    year: column.year,
    decimal: column.decimal,
    thousands: column.thousands,
    unit: column.unit,
    coerce: column.coerce,
    trim: column.trim,
    matches: column.matches,
    values: column.values,
  }));
  const time = columns.find(({ name }) => name === source.eventTime);
  return { ...source, columns, eventTime: time?.name ?? null };
}
