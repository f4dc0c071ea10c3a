// The scope of names in a query: relations, common table expressions, columns.

import type { Tree } from '../parse-statements.js';

/** The columns that a value was made of, like `silver.customer.first_login_month`. */
export type ColumnSources = ReadonlySet<string>;

/** A column of a stored relation. */
export interface StoredColumn {
  readonly name: string;
  /** Whether null may stand in it. Default: it may. */
  readonly isNullable?: boolean;
  /** Its type's name in pg_type, like `int8`, where it is known. */
  readonly type?: string | undefined;
}

/** The columns of a relation by its id, `schema.name`; undefined for one that is not known. */
export type ColumnsOf = (relation: string) => readonly StoredColumn[] | undefined;

/** A column of a query. */
export interface QueryColumn {
  readonly name: string;
  /** What it was made of; `silver.customer.*` where it counts rows. */
  readonly sources: ColumnSources;
  /** Whether null may stand in it; true where that is not known. */
  readonly isNullable: boolean;
  /** Its type's name in pg_type, where the text tells it. */
  readonly type?: string | undefined;
}

/** Stands for an outer join that may put nulls into all columns of one of its sides at once. */
export interface OuterJoin {
  /** Of a full join, the other side: one of the two is there. */
  opposite?: OuterJoin;
}

/** A column of an item of `from`. Conditions that a row must meet change what is known of it. */
export interface ItemColumn {
  readonly name: string;
  readonly sources: ColumnSources;
  readonly type: string | undefined;
  isNullable: boolean;
  /** The outer joins that may put null into it. */
  readonly outerJoins: Set<OuterJoin>;
}

/** An item of `from` by the name that it has in its select. */
export interface FromItem {
  readonly name: string;
  readonly columns: readonly ItemColumn[];
}

/** Reads a query that stands in an expression. */
export type ReadSelect = (select: Tree, outer: Scope) => readonly QueryColumn[];

/** What a name means at a place of a query. */
export interface Scope {
  /** Names of common table expressions. */
  readonly tables: ReadonlyMap<string, readonly QueryColumn[]>;
  /** The items of `from`, as far as they have been read. */
  readonly items: FromItem[];
  /** What `*` stands for and what a name without a relation means: of columns that `using` joins, one. */
  readonly visible: ItemColumn[];
  /** The select that this one stands in. */
  readonly outer: Scope | undefined;
  /** Columns that are not null where this is asked, in a branch of `case`. */
  readonly proven: ReadonlySet<ItemColumn>;
  /** What is known of the rows that an aggregate sees. */
  readonly groups: Groups;
  /** Windows by their names. */
  readonly windows: ReadonlyMap<string, Tree>;
}

/** Whether a group has rows, and whether its columns may be those of a subtotal, in which they are null. */
export type Groups = 'some rows' | 'maybe none' | 'subtotals';

export const nothing: ColumnSources = new Set();

/** The scope in which a statement stands. */
export const emptyScope: Scope = {
  ...{ tables: new Map(), items: [], visible: [], outer: undefined },
  ...{ proven: new Set<ItemColumn>(), groups: 'maybe none', windows: new Map() },
};

/** The scope of a select that stands in another one. */
export function innerScope(outer: Scope, tables = outer.tables): Scope {
  return { ...emptyScope, items: [], visible: [], tables, outer };
}

/** The column that a name like `month` or `customer.month` means. */
export function columnNamed(names: readonly string[], scope: Scope): ItemColumn | undefined {
  const column = names.at(-1);
  const relation = names.at(-2);
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const item = relation === undefined ? undefined : itemNamed(relation, at);
    const columns = relation === undefined ? at.visible : item?.columns;
    const found = columns?.find(({ name }) => name === column);
    if (found !== undefined || item !== undefined) return found;
  }
  return undefined;
}

/** The item of `from` that a name means. */
export function itemNamed(name: string | undefined, { items }: Scope): FromItem | undefined {
  return items.find((item) => item.name === name);
}

/** Whether null may stand in a column where it is named. */
export function mayBeNull(column: ItemColumn, scope: Scope): boolean {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    if (at.proven.has(column)) return false;
  }
  return column.isNullable || column.outerJoins.size > 0;
}

/**
 * Takes down that a column is not null in any row that goes on: then no outer join has put null into it, nor into
 * the columns beside it.
 */
export function prove(column: ItemColumn, { items, visible }: Scope): void {
  column.isNullable = false;
  const happened = [...column.outerJoins];
  for (const other of [...items.flatMap(({ columns }) => columns), ...visible, column]) {
    for (const join of happened) other.outerJoins.delete(join);
  }
}

export function union(a: ColumnSources, b: ColumnSources): ColumnSources {
  return b.size === 0 ? a : a.size === 0 ? b : new Set([...a, ...b]);
}

/** The id of a relation that a query names. Without a schema it is one of the catalogue, or of `public`. */
export function relationId(schema: string | undefined, name: string): string {
  return `${schema ?? (name.startsWith('pg_') ? 'pg_catalog' : 'public')}.${name}`;
}
