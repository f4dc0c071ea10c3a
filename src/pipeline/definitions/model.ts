/** A relation as SQL names it. */
export interface RelationName {
  readonly schema: string;
  readonly name: string;
}

/** How a model lives in the warehouse. */
export type Materialization = 'table' | 'view';

/** A condition on one column; each must hold for every row. */
export type ColumnTest =
  | { readonly kind: 'not_null' }
  | { readonly kind: 'unique' }
  | { readonly kind: 'accepted_values'; readonly values: readonly (string | number | boolean)[] }
  /** Every value but null is in a column of another relation. */
  | { readonly kind: 'relationships'; readonly to: RelationName; readonly column: string };

/** A column as the header declares it. */
export interface ModelColumn {
  readonly name: string;
  /** A Postgres type as it is written in SQL. */
  readonly type: string;
  readonly description: string | undefined;
  readonly tests: readonly ColumnTest[];
}

/** A condition on the whole model. */
export type ModelTest =
  /** A query that returns the rows which are wrong, and where it stands in the file. */
  | { readonly kind: 'sql'; readonly name: string; readonly sql: string; readonly offset: number }
  | { readonly kind: 'row_count'; readonly min: number; readonly max: number | undefined }
  /** The newest value of a column is no older than that, at the time of the run. */
  | { readonly kind: 'freshness'; readonly column: string; readonly within: string };

/**
 * How a model grows with the events that it is made of, instead of being built from all of them. Its
 * rows fall into slices, and a row is made of nothing but the events of its slice: so only the slices
 * are built again in which there are new, changed or removed events, however late these come.
 */
export interface Incremental {
  /**
   * The relation of events: a table that is loaded from files, or a view that passes its rows on with
   * their `source_file`.
   */
  readonly from: RelationName;
  /** What makes a slice: a file, or a calendar unit in the report's time zone. */
  readonly by: 'file' | CalendarUnit;
  /** The column of `from` that says when an event happened; undefined when slices are files. */
  readonly time: string | undefined;
  /** The model's column that holds the slice: the file's name, or the first day as a date. */
  readonly slice: string;
  /** The columns that identify a row; the slice is one of them. */
  readonly key: readonly string[];
}

/** A unit of the calendar that slices can have. */
export type CalendarUnit = 'day' | 'month' | 'year';

/** What a model's header says. */
export interface ModelHeader {
  readonly description: string;
  readonly materialized: Materialization;
  /** Undefined: the model is built as a whole. */
  readonly incremental: Incremental | undefined;
  /** All columns of the model, in order. */
  readonly columns: readonly ModelColumn[];
  readonly tests: readonly ModelTest[];
  /** Columns of each index. */
  readonly indexes: readonly (readonly string[])[];
}

/** A relation that a query reads, and where it is named. */
export interface Reference extends RelationName {
  /** Where the name begins in the query, in characters from 0. */
  readonly offset: number;
}

/** One `select` as Postgres's parser reads it. Places are characters of {@link sql}, from 0. */
export interface ModelQuery {
  /** Without what stands before and behind it: comments, the final semicolon. */
  readonly sql: string;
  /** Where it begins in the text that was parsed. */
  readonly start: number;
  /** The same for queries that differ only in white space, comments and the case of keywords. */
  readonly digest: string;
  /** The relations, in the order in which they are named; one may be named often. */
  readonly reads: readonly Reference[];
  /** Columns named with their relation's schema, `gold.month.year`: where these names begin. */
  readonly qualifiers: readonly Reference[];
  /** Functions that are called, by their names without schema. */
  readonly calls: readonly { readonly name: string; readonly offset: number }[];
  /** Where literals begin that hold a word like `now`: they ask for the time if they are dates. */
  readonly timeWords: readonly number[];
}

/** One file of a schema's folder below sql/: a header and one `select`. */
export interface Model extends RelationName, ModelHeader {
  /** `schema.name`, by which everybody else knows it. */
  readonly id: string;
  /** The file below the project's root, for messages. */
  readonly file: string;
  readonly query: ModelQuery;
  /** The queries of its own tests, by their SQL. */
  readonly testQueries: ReadonlyMap<string, ModelQuery>;
  /** The file's text. */
  readonly text: string;
  /** Models and other tables of the warehouse that the query and its tests read, but not itself. */
  readonly reads: readonly string[];
}

/**
 * The one row that models know of the configuration; the run writes it.
 *
 * @param schema - The one that the lines are loaded into.
 */
export function reportParameter(schema: string): string {
  return `${schema}.report_parameter`;
}

/** `schema.name` of a relation. */
export function relationId(relation: RelationName): string {
  return `${relation.schema}.${relation.name}`;
}

/** `file:line:column` of a place in a text, counted from 1. */
export function placeIn(file: string, text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return `${file}:${line}:${offset - before.lastIndexOf('\n')}`;
}
