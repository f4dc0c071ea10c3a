// What a model is: its header and query, its materialization (table, view, incremental), its columns and tests.

/** The name of a relation. */
export interface RelationName {
  readonly schema: string;
  readonly name: string;
}

/** The materialization of a model; another one is added here. */
export type Materialization = 'table' | 'view';

/** A test of one column, which must hold for every row. */
export type ColumnTest =
  | { readonly kind: 'not_null' }
  | { readonly kind: 'unique' }
  | { readonly kind: 'accepted_values'; readonly values: readonly (string | number | boolean)[] }
  /** Every value but null exists in a column of another relation. */
  | { readonly kind: 'relationships'; readonly to: RelationName; readonly column: string };

/** A column as the header declares it. */
export interface ModelColumn {
  readonly name: string;
  /** A Postgres type in SQL notation. */
  readonly type: string;
  readonly description: string | undefined;
  readonly tests: readonly ColumnTest[];
}

/** A test of the whole model. */
export type ModelTest =
  /** A query that returns the wrong rows, and its offset in the file. */
  | { readonly kind: 'sql'; readonly name: string; readonly sql: string; readonly offset: number }
  | { readonly kind: 'row_count'; readonly min: number; readonly max: number | undefined }
  /** The newest value of a column is at most this old at the time of the run. */
  | { readonly kind: 'freshness'; readonly column: string; readonly within: string };

/**
 * An incremental model: it is extended by new events instead of being rebuilt from all of them. Its rows are
 * divided into slices, and a row depends on the events of its slice alone; so only slices with new, changed or
 * removed events are rebuilt, however late the events arrive.
 */
export interface Incremental {
  /**
   * The relation of events: a table that is loaded from files, or a view that passes its rows on with their
   * `source_file`.
   */
  readonly from: RelationName;
  /** The unit of slices: a file, or a calendar unit in the report's time zone. */
  readonly by: 'file' | CalendarUnit;
  /** The column of `from` with the time of the event; undefined for slices by file. */
  readonly time: string | undefined;
  /** The model's column with the slice: the file's name, or the first day as a date. */
  readonly slice: string;
  /** The columns that identify a row, the slice included. */
  readonly key: readonly string[];
}

/** A calendar unit of slices. */
export type CalendarUnit = 'day' | 'month' | 'year';

/** The header of a model. */
export interface ModelHeader {
  readonly description: string;
  readonly materialized: Materialization;
  /** Undefined: the model is always built as a whole. */
  readonly incremental: Incremental | undefined;
  /** All columns of the model, in order. */
  readonly columns: readonly ModelColumn[];
  readonly tests: readonly ModelTest[];
  /** The columns of each index. */
  readonly indexes: readonly (readonly string[])[];
}

/** A relation that a query reads, with its position. */
export interface Reference extends RelationName {
  /** The position of the name in the query, in characters from 0. */
  readonly offset: number;
}

/** A parsed `select`. Offsets are characters of {@link sql}, from 0. */
export interface ModelQuery {
  /** Without surrounding comments and the final semicolon. */
  readonly sql: string;
  /** Its offset in the parsed text. */
  readonly start: number;
  /** Equal for queries that differ only in white space, comments and the case of keywords. */
  readonly digest: string;
  /** The relations in the order of their mentions; one may occur several times. */
  readonly reads: readonly Reference[];
  /** Mentions of columns qualified with a schema, as in `gold.month.year`. */
  readonly qualifiers: readonly Reference[];
  /** The functions that are called, without their schema. */
  readonly calls: readonly { readonly name: string; readonly offset: number }[];
  /** The offsets of literals with a word like `now`, which is volatile in a date. */
  readonly timeWords: readonly number[];
}

/** One file of a schema's folder below sql/: a header and one `select`. */
export interface Model extends RelationName, ModelHeader {
  /** `schema.name`. */
  readonly id: string;
  /** The file relative to the project's root, for messages. */
  readonly file: string;
  readonly query: ModelQuery;
  /** The parsed queries of its tests, by their SQL. */
  readonly testQueries: ReadonlyMap<string, ModelQuery>;
  /** The file's text. */
  readonly text: string;
  /** Models and other tables that the query and its tests read, without itself. */
  readonly reads: readonly string[];
}

/**
 * The table of one row that gives models the configuration; the run writes it.
 *
 * @param schema - The schema of loaded tables.
 */
export function reportParameter(schema: string): string {
  return `${schema}.report_parameter`;
}

/** `schema.name` of a relation. */
export function relationId(relation: RelationName): string {
  return `${relation.schema}.${relation.name}`;
}

/** `file:line:column` of an offset, counted from 1. */
export function placeIn(file: string, text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return `${file}:${line}:${offset - before.lastIndexOf('\n')}`;
}
