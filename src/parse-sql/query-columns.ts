// Column lineage of a query.

import { nodes, parseStatements, strings, type Tree } from './parse-statements.js';

/** The columns that a value is derived from, like `silver.customer.first_login_month`. */
export type ColumnSources = ReadonlySet<string>;

/** Columns in order, each with its sources. */
type Columns = ReadonlyMap<string, ColumnSources>;

/** The columns of a relation by its id; undefined: unknown. */
export type ColumnsOf = (relation: string) => readonly string[] | undefined;

/** The meaning of names in a part of a query. */
interface Scope {
  /** Names of common table expressions. */
  readonly tables: ReadonlyMap<string, Columns>;
  /** Relations of this select by their names in it. */
  readonly relations: ReadonlyMap<string, Columns>;
  /** The enclosing select. */
  readonly outer: Scope | undefined;
}

const nothing: ColumnSources = new Set();
const emptyScope: Scope = { tables: new Map(), relations: new Map(), outer: undefined };

/**
 * The columns of the first query in SQL, each with the columns of relations that its values are derived from
 * (`silver.customer.*` for counts of rows): computed from, not filtered or joined by. Found by Postgres's own
 * parser through any number of selects, joins, subqueries, set operations and common table expressions.
 *
 * @param sql - A query, or statements that create a table or view from one.
 * @returns Undefined without a query, or for invalid SQL.
 */
export async function queryColumns(
  sql: string,
  columnsOf: ColumnsOf,
): Promise<ReadonlyMap<string, ColumnSources> | undefined> {
  if (sql.trim() === '') return undefined;
  const parsed = await parseStatements(sql);
  if (!parsed.ok) return undefined;
  for (const { tree } of parsed.statements) {
    const select = selectIn(tree);
    if (select !== undefined) return new QueryReader(columnsOf).select(select, emptyScope);
  }
  return undefined;
}

/** The query of a statement: itself, or that of a table or view. */
function selectIn(statement: Tree): Tree | undefined {
  const [[kind, value] = ['', undefined]] = Object.entries(statement);
  if (kind === 'SelectStmt') return value as Tree;
  if (!['CreateTableAsStmt', 'ViewStmt', 'InsertStmt', 'ExplainStmt'].includes(kind))
    return undefined;
  const { query, selectStmt } = value as { query?: Tree; selectStmt?: Tree };
  const inner = query ?? selectStmt;
  return inner === undefined ? undefined : selectIn(inner);
}

class QueryReader {
  readonly #columnsOf: ColumnsOf;

  constructor(columnsOf: ColumnsOf) {
    this.#columnsOf = columnsOf;
  }

  select(node: Tree, outer: Scope): Columns {
    const tables = this.#withNames(node, outer);
    const { larg, rarg } = node as { larg?: Tree; rarg?: Tree };
    const around = { ...outer, tables };
    if (larg !== undefined && rarg !== undefined) {
      return side(this.select(larg, around), this.select(rarg, around));
    }
    const relations = new Map<string, Columns>();
    const scope: Scope = { tables, relations, outer };
    // Each may name earlier ones (`lateral`), so they are added one after the other.
    for (const item of nodes(node['fromClause'])) this.#from(item, scope, relations);
    const values = nodes(node['valuesLists']);
    if (values.length > 0) return this.#values(values, scope);
    const columns = new Map<string, ColumnSources>();
    for (const item of nodes(node['targetList'])) {
      for (const [name, sources] of this.#target(item['ResTarget'] as Tree, scope)) {
        columns.set(columns.has(name) ? `${name} ${columns.size}` : name, sources);
      }
    }
    return columns;
  }

  #withNames(node: Tree, outer: Scope): ReadonlyMap<string, Columns> {
    const clause = node['withClause'] as { ctes?: Tree[]; recursive?: boolean } | undefined;
    const tables = new Map(outer.tables);
    for (const item of clause?.ctes ?? []) {
      const cte = item['CommonTableExpr'] as {
        ctename: string;
        ctequery: Tree;
        aliascolnames?: Tree[];
      };
      const query = selectIn(cte.ctequery);
      if (query === undefined) continue;
      const names = strings(cte.aliascolnames);
      const { larg } = query as { larg?: Tree };
      if (clause?.recursive === true && larg !== undefined) {
        // The non-recursive term defines the columns of a recursive query.
        const inner = { ...outer, tables: new Map(tables) };
        tables.set(cte.ctename, renamed(this.select(larg, inner), names));
      }
      const columns = this.select(query, { ...outer, tables: new Map(tables) });
      tables.set(cte.ctename, renamed(columns, names));
    }
    return tables;
  }

  #from(item: Tree, scope: Scope, relations: Map<string, Columns>): void {
    const [[kind, value] = ['', undefined]] = Object.entries(item);
    const node = (value ?? {}) as Tree;
    const alias = node['alias'] as { aliasname: string; colnames?: Tree[] } | undefined;
    const add = (name: string, columns: Columns) => {
      relations.set(alias?.aliasname ?? name, renamed(columns, strings(alias?.colnames)));
    };
    if (kind === 'RangeVar') {
      const { schemaname, relname } = node as { schemaname?: string; relname: string };
      const known = schemaname === undefined ? scope.tables.get(relname) : undefined;
      add(relname, known ?? this.#stored(`${schemaname ?? 'public'}.${relname}`));
    } else if (kind === 'JoinExpr') {
      this.#from(node['larg'] as Tree, scope, relations);
      this.#from(node['rarg'] as Tree, scope, relations);
    } else if (kind === 'RangeSubselect') {
      const query = selectIn(node['subquery'] as Tree);
      if (query !== undefined) add('', this.select(query, { ...scope, outer: scope }));
    } else if (kind === 'RangeFunction') {
      const sources = this.#sources(node['functions'], scope);
      const name = alias?.aliasname ?? '';
      const names = strings(alias?.colnames);
      relations.set(
        name,
        new Map((names.length > 0 ? names : [name]).map((one) => [one, sources])),
      );
    }
  }

  #stored(relation: string): Columns {
    const columns = this.#columnsOf(relation) ?? [];
    return new Map(columns.map((column) => [column, new Set([`${relation}.${column}`])]));
  }

  #values(rows: readonly Tree[], scope: Scope): Columns {
    const columns = new Map<string, ColumnSources>();
    for (const row of rows) {
      const items = nodes((row['List'] as Tree | undefined)?.['items']);
      for (const [index, item] of items.entries()) {
        const name = `column${index + 1}`;
        columns.set(name, union(columns.get(name) ?? nothing, this.#sources(item, scope)));
      }
    }
    return columns;
  }

  /** An item of a select's list: a column, or all columns of a relation. */
  #target(target: Tree, scope: Scope): [string, ColumnSources][] {
    const value = (target['val'] ?? {}) as Tree;
    const fields = nodes((value['ColumnRef'] as Tree | undefined)?.['fields']);
    if (fields.some((field) => 'A_Star' in field)) {
      const named = strings(fields).at(-1);
      return [...scope.relations]
        .filter(([name]) => named === undefined || name === named)
        .flatMap(([, columns]) => [...columns]);
    }
    const name = (target['name'] as string | undefined) ?? outputName(value);
    return [[name, this.#sources(value, scope)]];
  }

  /** All columns that an expression names, through subqueries. */
  #sources(value: unknown, scope: Scope): ColumnSources {
    if (typeof value !== 'object' || value === null) return nothing;
    if (Array.isArray(value)) {
      return value.reduce<ColumnSources>(
        (all, item) => union(all, this.#sources(item, scope)),
        nothing,
      );
    }
    let found = nothing;
    for (const [kind, node] of Object.entries(value)) {
      if (kind === 'ColumnRef')
        found = union(found, columnSources(strings((node as Tree)['fields']), scope));
      else if (kind === 'FuncCall' && (node as Tree)['agg_star'] === true) {
        found = union(found, rowSources(scope));
      } else if (kind === 'SelectStmt') {
        const columns = this.select(node as Tree, { ...scope, outer: scope });
        for (const sources of columns.values()) found = union(found, sources);
      } else found = union(found, this.#sources(node, scope));
    }
    return found;
  }
}

/** The sources of a name like `month`, `customer.month` or `silver.customer.month`. */
function columnSources(names: readonly string[], scope: Scope): ColumnSources {
  const column = names.at(-1) ?? '';
  const relation = names.at(-2);
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    if (relation !== undefined) {
      const columns = at.relations.get(relation);
      if (columns !== undefined) return columns.get(column) ?? nothing;
      continue;
    }
    const found = [...at.relations.values()].flatMap((columns) => columns.get(column) ?? []);
    if (found.length > 0) return found.reduce(union);
    // A relation's name alone is its row.
    const row = at.relations.get(column);
    if (row !== undefined) return [...row.values()].reduce(union, nothing);
  }
  return nothing;
}

/** The sources of a count of rows: the rows of the relations, `silver.customer.*`. */
function rowSources({ relations }: Scope): ColumnSources {
  const sources = [...relations.values()].flatMap((columns) => [...columns.values()]);
  return new Set(
    sources.flatMap((names) =>
      [...names].map((name) => name.replace(/^([^.]+\.[^.]+)\..*$/, '$1.*')),
    ),
  );
}

/** Postgres's name of a column without an alias. */
function outputName(value: Tree): string {
  const [[kind, node] = ['', undefined]] = Object.entries(value);
  const inner = (node ?? {}) as Tree;
  if (kind === 'ColumnRef') return strings(inner['fields']).at(-1) ?? '?column?';
  if (kind === 'FuncCall') return strings(inner['funcname']).at(-1) ?? '?column?';
  if (kind === 'TypeCast') return outputName((inner['arg'] ?? {}) as Tree);
  if (kind === 'CoalesceExpr') return 'coalesce';
  return kind === 'CaseExpr' ? 'case' : '?column?';
}

/** Merges the columns of a set operation by position. */
function side(left: Columns, right: Columns): Columns {
  const others = [...right.values()];
  return new Map(
    [...left].map(([name, sources], index) => [name, union(sources, others[index] ?? nothing)]),
  );
}

function renamed(columns: Columns, names: readonly string[]): Columns {
  return new Map([...columns].map(([name, sources], index) => [names[index] ?? name, sources]));
}

function union(a: ColumnSources, b: ColumnSources): ColumnSources {
  return b.size === 0 ? a : a.size === 0 ? b : new Set([...a, ...b]);
}
