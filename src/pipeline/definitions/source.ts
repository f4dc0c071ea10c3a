// What a source is: its files, format, columns and their types, and limits.

import type { LineLimit } from '../../config/limits.js';

/** The Postgres types that a column of a source can have. */
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

/** Whether a type is that of texts: what is written is the value. */
export function isTextType(type: ColumnType): boolean {
  return type === 'text' || type === 'varchar';
}

/** How a column of a {@link Source} is read. */
export interface SourceColumn {
  /** The column's name in the source's table. */
  readonly name: string;
  readonly description?: string | undefined;
  /**
   * The keys that lead to the value, from the outermost: one for a field of a JSON object, a column of
   * a CSV or a group of a pattern. A number is an element of an array, from 0.
   */
  readonly from: readonly (string | number)[];
  /**
   * Numbers and `boolean`: in JSON a number or boolean, not text that looks like one, unless {@link coerce}
   * allows it. `jsonb`: any JSON.
   */
  readonly type: ColumnType;
  /** Of a `varchar`: the most characters that it has. */
  readonly length?: number | undefined;
  /** Of a `numeric`: the most digits that it has, and how many of them stand behind the point. Default: any. */
  readonly precision?: number | undefined;
  readonly scale?: number | undefined;
  /** A line without it is rejected as `missing_field`; otherwise the column is null. */
  readonly required: boolean;
  /** A CSV may lack it in its header, and JSON in all lines of a file; otherwise such a file fails. Default false. */
  readonly mayBeAbsent?: boolean | undefined;
  /**
   * How a time or date is written: undefined for RFC 3339 (a date: `YYYY-MM-DD`), `unix`, `unix_ms`,
   * `unix_us`, `unix_ns`, or directives of strftime, see `time-format.ts`.
   */
  readonly format?: string | undefined;
  /** Of dates that are written without one: that year, or the one that the file's name says. */
  readonly year?: number | 'file_name' | undefined;
  /** What stands before a number's fraction; default `.`. */
  readonly decimal?: '.' | ',' | undefined;
  /** What stands between groups of three digits of a number; default: nothing does. */
  readonly thousands?: string | undefined;
  /** What may stand before or behind a number: `€`, `%`, `km`. */
  readonly unit?: readonly string[] | undefined;
  /** Take values of another JSON type by their text. */
  readonly coerce?: boolean | undefined;
  /** Of a text: blanks around it are no part of it. */
  readonly trim?: boolean | undefined;
  /** The zone of times that are written without one: an IANA name or an offset like `-05:00`. */
  readonly zone?: string | undefined;
  /** A regular expression for the whole of a text; others are rejected as `invalid_value`. */
  readonly matches?: string | undefined;
  /**
   * Which values are expected: others are loaded, and reported as drift. `seen`: those that were seen
   * before. Default: any.
   */
  readonly values?: 'seen' | readonly string[] | undefined;
}

/** How a file of a source is cut into lines and a line into fields. */
export type SourceFormat =
  /** One JSON object a line, or documents of JSON. */
  | {
      readonly kind: 'json';
      /** The keys that lead to an array of records in each file. Default: the file itself says what it is. */
      readonly path?: readonly string[] | undefined;
    }
  /** RFC 4180. */
  | {
      readonly kind: 'csv';
      /** One ASCII character. */
      readonly delimiter: string;
      /** `header`: the first record names the columns. Otherwise their names, in order. */
      readonly names: 'header' | readonly string[];
      /** Fields without quotes that stand for null. */
      readonly nulls: readonly string[];
      /** Lines before the header, or before the first record, that are no records. Default 0. */
      readonly skip?: number | undefined;
    }
  /** Lines that a regular expression takes apart. */
  | {
      readonly kind: 'pattern';
      /** With named groups. */
      readonly pattern: string;
      /** What stands for null in a group. */
      readonly nulls: readonly string[];
    };

/**
 * One kind of input, as a file of sql/sources declares it: which files of the data folder belong to it
 * and how their lines become rows. The engine knows no field's name outside such a declaration.
 */
export interface Source {
  /** The file's name, and that of the table that takes the lines. */
  readonly name: string;
  /** The schema of that table: the first of the project's. */
  readonly schema: string;
  readonly description?: string | undefined;
  /** Names of its files, or paths below the data folder if there is a `/`; `*` stands for anything. */
  readonly files: readonly string[];
  readonly format: SourceFormat;
  /** `load`: files with the same bytes are no copies of each other, but happen to be alike. */
  readonly copies?: 'load' | undefined;
  /** The files' encoding; undefined for UTF-8. */
  readonly encoding?: string | undefined;
  /** Besides these the table has {@link ownColumns}. */
  readonly columns: readonly SourceColumn[];
  /**
   * The column that says when the event happened, if one does: `data through` of a run is its greatest
   * value.
   */
  readonly eventTime: string | null;
  /** The column that distributes the table where the warehouse is a Citus cluster. */
  readonly distributeBy?: string | undefined;
  /** What a run may lose of it before it fails. */
  readonly limits?: DeclaredLimits | undefined;
}

/** Limits as a declaration says them; what is undefined has a default. */
export interface DeclaredLimits {
  /** Rejected lines of each file, and of all files together. */
  readonly fileRejects?: LineLimit | undefined;
  readonly sourceRejects?: LineLimit | undefined;
  /** Loaded lines that one run may take out. */
  readonly removal?: LineLimit | undefined;
  /** How far an event may lie ahead of the run, in milliseconds; Infinity: as far as it likes. */
  readonly futureMs?: number | undefined;
  /** How old its newest event may be before a run says so, in milliseconds. */
  readonly ageMs?: number | undefined;
}

/** The columns that every source's table has, behind those that are declared. */
export const ownColumns = [
  {
    name: 'payload',
    type: 'jsonb',
    description: 'The fields of the line that have no column of their own',
  },
  { name: 'source_file', type: 'text', description: 'Path of the file below the data folder' },
  { name: 'line_number', type: 'bigint', description: 'Line in that file, from 1' },
] as const;

/** The table of a source as models name it. */
export function sourceTable({ schema, name }: Pick<Source, 'schema' | 'name'>): string {
  return `${schema}.${name}`;
}

/**
 * A source with interned strings and columns of one shape. Strings from YAML or another thread are compared
 * letter by letter, and columns of several shapes are looked up slowly: parsing would take half as long again.
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
