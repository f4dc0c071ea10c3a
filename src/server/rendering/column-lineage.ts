// Column lineage: which columns are derived from which, and which notebooks read them.

import { builtColumns } from '../../parse-sql/columns/built-columns.js';
import { allPieces, type Pieces } from './pieces.js';

/** A column of a relation. */
export interface ColumnName {
  /** `schema.name` */
  readonly relation: string;
  readonly column: string;
}

/** Column lineage one step up and one step down, with the notebooks that read a column. */
export interface ColumnLineage {
  /** The columns that a column is derived from. */
  sourcesOf(column: ColumnName): readonly ColumnName[];
  /** The columns that are derived from a column. */
  usesOf(column: ColumnName): readonly ColumnName[];
  /** The notebooks, by slug, whose queries return a column. */
  readersOf(column: ColumnName): readonly string[];
}

/** The input of {@link traceColumns}. */
export interface LineageInput {
  /** The columns of each relation, by its id. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  /** The statements that last built each relation, by its id. */
  readonly sql: ReadonlyMap<string, string>;
  /** The distinct queries of each notebook, by its slug. */
  readonly queries: ReadonlyMap<string, readonly string[]>;
}

/** The lineage of all columns, by `relation.column`. */
export interface LineageTables {
  readonly sources: ReadonlyMap<string, readonly ColumnName[]>;
  readonly uses: ReadonlyMap<string, readonly ColumnName[]>;
  readonly readers: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Traces the lineage of all columns through the SQL of models and notebooks. */
export async function traceColumns(
  { columns, sql, queries }: LineageInput,
  pieces: Pieces = allPieces,
): Promise<LineageTables> {
  const columnsOf = (id: string) => columns.get(id)?.map((name) => ({ name }));
  const trace = async (piece: string, text: string) => {
    const found = pieces.layOut(
      piece,
      // A query that cannot be parsed has no lineage; the others keep theirs.
      () => builtColumns(text, columnsOf).catch(() => undefined),
      () => Promise.resolve(undefined),
    );
    return (await found) ?? [];
  };
  const sources = new Map<string, readonly ColumnName[]>();
  const uses = new Map<string, ColumnName[]>();
  const readers = new Map<string, Set<string>>();

  for (const [relation, text] of sql) {
    for (const { name: column, sources: found } of await trace(`the SQL of ${relation}`, text)) {
      // An incremental statement may read its own table.
      const from = [...found].map(parseName).filter((one) => one.relation !== relation);
      if (!sources.has(`${relation}.${column}`)) sources.set(`${relation}.${column}`, from);
      for (const one of from) append(uses, keyOf(one), { relation, column });
    }
  }
  for (const [slug, asked] of queries) {
    for (const [index, text] of asked.entries()) {
      for (const column of await trace(`query ${index + 1} of ${slug}`, text)) {
        for (const source of column.sources)
          readers.set(source, (readers.get(source) ?? new Set()).add(slug));
      }
    }
  }
  return { sources, uses, readers };
}

/** The lineage behind functions that look up one column. */
export function columnLineage({ sources, uses, readers }: LineageTables): ColumnLineage {
  return {
    sourcesOf: (column) => sources.get(keyOf(column)) ?? [],
    usesOf: (column) => uses.get(keyOf(column)) ?? [],
    readersOf: (column) => [...(readers.get(keyOf(column)) ?? [])],
  };
}

function keyOf({ relation, column }: ColumnName): string {
  return `${relation}.${column}`;
}

function parseName(name: string): ColumnName {
  const end = name.indexOf('.', name.indexOf('.') + 1);
  return { relation: name.slice(0, end), column: name.slice(end + 1) };
}

function append<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
