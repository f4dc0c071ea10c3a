/** How a column of a {@link Source} is read from its JSON field. */
export interface SourceColumn {
  /** The column's name in the source's table. */
  readonly name: string;
  /** The field of the JSON object, at its top level. */
  readonly field: string;
  /**
   * `bigint`: a whole JSON number of 64 bits. `timestamptz`: text after RFC 3339 with its offset, see
   * `extract/timestamp.ts`. `text`: a JSON string of at most 1,024 bytes.
   */
  readonly type: 'bigint' | 'timestamptz' | 'text';
  /** A line without it is rejected as `missing_field`; otherwise the column is null. */
  readonly required: boolean;
}

/**
 * One kind of input: which files of the data folder belong to it and which column each JSON field
 * becomes. The engine knows no field's name outside such a declaration.
 */
export interface Source {
  readonly name: string;
  /** The table that takes its lines. Besides the columns below it has source_file and line_number. */
  readonly table: { readonly schema: 'bronze'; readonly name: string };
  /** Names of its files; `*` stands for anything. Names that end in `.gz` are read as gzip. */
  readonly files: readonly string[];
  readonly columns: readonly SourceColumn[];
  /** The jsonb column that takes every field that has no column of its own. */
  readonly payload: string;
  /**
   * The column that says when the event happened, if one does: `data through` of a run is its greatest
   * value.
   */
  readonly eventTime: string | null;
}

/** The table of a source as models name it. */
export function sourceTable(source: Source): string {
  return `${source.table.schema}.${source.table.name}`;
}
