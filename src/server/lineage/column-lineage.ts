import type { RunQuery } from '../../publication/publication-reader.js';
import type { CatalogueRelation } from '../readers/catalogue-reader.js';
import { queryColumns } from './query-columns.js';

/** One column of a relation. */
export interface ColumnName {
  /** `schema.name` */
  readonly relation: string;
  readonly column: string;
}

/** Which columns are made of which, one step up and one step down, and which notebooks read them. */
export interface ColumnLineage {
  /** What a column is made of. */
  sourcesOf(column: ColumnName): readonly ColumnName[];
  /** What is made of a column. */
  usesOf(column: ColumnName): readonly ColumnName[];
  /** The notebooks, by slug, whose queries give a column. */
  readersOf(column: ColumnName): readonly string[];
}

/**
 * Reads the lineage of all columns out of the SQL that made the relations and that notebooks asked.
 *
 * @param sql - What made each relation last, by its id.
 * @param queries - What each notebook asked, by its slug.
 */
export async function readColumnLineage(
  relations: readonly CatalogueRelation[],
  sql: ReadonlyMap<string, string>,
  queries: ReadonlyMap<string, readonly RunQuery[]>,
): Promise<ColumnLineage> {
  const columns = new Map(
    relations.map(({ id, columns: all }) => [id, all.map(({ name }) => name)]),
  );
  const columnsOf = (id: string) => columns.get(id);
  const sources = new Map<string, readonly ColumnName[]>();
  const uses = new Map<string, ColumnName[]>();
  const readers = new Map<string, Set<string>>();

  for (const [relation, text] of sql) {
    for (const [column, found] of (await queryColumns(text, columnsOf)) ?? []) {
      // What a table is extended by may name the table itself.
      const from = [...found].map(parseName).filter((one) => one.relation !== relation);
      sources.set(`${relation}.${column}`, from);
      for (const one of from) append(uses, keyOf(one), { relation, column });
    }
  }
  for (const [slug, asked] of queries) {
    for (const text of new Set(asked.map((query) => query.sql))) {
      for (const found of (
        (await queryColumns(text, columnsOf)) ?? new Map<string, never>()
      ).values()) {
        for (const column of found)
          readers.set(column, (readers.get(column) ?? new Set()).add(slug));
      }
    }
  }
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
