// Names in scope at a place in SQL: relations with their columns, also in a text that is being written.

import { queryColumns } from './columns/query-columns.js';
import { queryAround, type Clause, type OutlineItem, type OutlineQuery } from './query-outline.js';
import type { ColumnsOf, StoredColumn } from './columns/query-scope.js';

/** A relation in scope by the name that it has there. */
export interface VisibleItem {
  readonly name: string;
  /** `schema.name` of a stored relation. */
  readonly id: string | undefined;
  readonly columns: readonly StoredColumn[];
}

/** What names may mean at a place. */
export interface VisibleNames {
  readonly clause: Clause;
  /** The items of `from`: those of the innermost query, then those of each around it. */
  readonly levels: readonly (readonly VisibleItem[])[];
  /** Common table expressions by their names. */
  readonly tables: ReadonlyMap<string, readonly StoredColumn[]>;
}

/**
 * The names in scope at a place.
 *
 * @param offset - In characters, from 0.
 * @param columnsOf - The columns of stored relations.
 */
export async function scopeAt(
  sql: string,
  offset: number,
  columnsOf: ColumnsOf,
): Promise<VisibleNames> {
  const innermost = queryAround(sql, offset);
  const around: OutlineQuery[] = [];
  for (let at: OutlineQuery | undefined = innermost; at !== undefined; at = at.outer)
    around.push(at);
  const tables = new Map<string, readonly StoredColumn[]>();
  for (const query of [...around].reverse()) {
    for (const { name, end } of query.tables) {
      const text = `${sql.slice(query.withStart, end)} select * from ${quoted(name)}`;
      tables.set(name, (await queryColumns(within(sql, query.outer, text), columnsOf)) ?? []);
    }
  }
  const columnsOfItem = async (query: OutlineQuery, item: OutlineItem) => {
    const own = await itemColumns(sql, query, item, { columnsOf, tables });
    const columns = own.map((column, index) => ({
      ...column,
      name: item.columnNames[index] ?? column.name,
    }));
    const unknown = item.columnNames.slice(columns.length).map((name) => ({ name }));
    const isStored = !item.isFunction && item.subquery === undefined;
    const id = isStored && !isTable(item, tables) ? idOf(item.relation) : undefined;
    return { name: item.name, id, columns: [...columns, ...unknown] };
  };
  const levels = await Promise.all(
    around.map((query) => Promise.all(query.items.map((item) => columnsOfItem(query, item)))),
  );
  return { clause: innermost.clause, levels: levels.filter(({ length }) => length > 0), tables };
}

async function itemColumns(
  sql: string,
  query: OutlineQuery,
  item: OutlineItem,
  { columnsOf, tables }: { columnsOf: ColumnsOf; tables: VisibleNames['tables'] },
): Promise<readonly StoredColumn[]> {
  const { relation, subquery, isFunction } = item;
  if (subquery !== undefined) {
    const text = `select * from (${sql.slice(subquery.start, subquery.end)}) as q`;
    return (await queryColumns(within(sql, query, text), columnsOf)) ?? [];
  }
  if (isFunction) return [];
  const table = isTable(item, tables) ? tables.get(relation[0] ?? '') : undefined;
  return table ?? columnsOf(idOf(relation)) ?? [];
}

function isTable({ relation }: OutlineItem, tables: VisibleNames['tables']): boolean {
  return relation.length === 1 && tables.has(relation[0] ?? '');
}

function idOf(relation: readonly string[]): string {
  return relation.length === 1 ? `public.${relation[0] ?? ''}` : relation.slice(-2).join('.');
}

/** A query with the common table expressions that those around it have. */
function within(sql: string, query: OutlineQuery | undefined, text: string): string {
  if (query === undefined) return text;
  const end = query.tables.at(-1)?.end;
  const own =
    end === undefined ? text : `${sql.slice(query.withStart, end)} select * from (${text}) as q`;
  return within(sql, query.outer, own);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
