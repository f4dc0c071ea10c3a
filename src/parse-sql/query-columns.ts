// Column lineage and nullability of a query.

import { NullReader, typeOf } from './expression-nullability.js';
import { nodes, parseStatements, strings, type Tree } from './parse-statements.js';
import { provenColumns } from './proven-columns.js';
import {
  columnNamed,
  emptyScope,
  innerScope,
  itemNamed,
  mayBeNull,
  nothing,
  prove,
  union,
  type ColumnsOf,
  type ColumnSources,
  type Groups,
  type ItemColumn,
  type OuterJoin,
  type QueryColumn,
  type Scope,
} from './query-scope.js';

/**
 * The columns of the first query in SQL, in their order: what each is made of (computed from, not filtered or joined
 * by), and whether null may stand in it. Found by Postgres's own parser in selects, joins, subqueries, set operations
 * and common table expressions, through as many of them as there are.
 *
 * @param sql - A query, or statements that make a table or view of one.
 * @returns Undefined where there is no query in it, or it is no SQL.
 */
export async function queryColumns(
  sql: string,
  columnsOf: ColumnsOf,
): Promise<readonly QueryColumn[] | undefined> {
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
  readonly #nulls = new NullReader((select, outer) => this.select(select, outer));

  constructor(columnsOf: ColumnsOf) {
    this.#columnsOf = columnsOf;
  }

  select(node: Tree, outer: Scope): readonly QueryColumn[] {
    const tables = this.#withNames(node, outer);
    const { larg, rarg } = node as { larg?: Tree; rarg?: Tree };
    if (larg !== undefined && rarg !== undefined) {
      const around = { ...outer, tables };
      return combined(node['op'], this.select(larg, around), this.select(rarg, around));
    }
    const scope: Scope = {
      ...innerScope(outer, tables),
      groups: groupsOf(node),
      windows: windowsOf(node),
    };
    // Each may name earlier ones (`lateral`), so they are added one after the other.
    for (const item of nodes(node['fromClause'])) this.#from(item, scope);
    for (const column of provenColumns(node['whereClause'] as Tree | undefined, scope))
      prove(column, scope);
    const rows = nodes(node['valuesLists']);
    if (rows.length > 0) return this.#values(rows, scope);
    return nodes(node['targetList']).flatMap((item) =>
      this.#target(item['ResTarget'] as Tree, scope),
    );
  }

  #withNames(node: Tree, outer: Scope): ReadonlyMap<string, readonly QueryColumn[]> {
    const clause = node['withClause'] as { ctes?: Tree[]; recursive?: boolean } | undefined;
    const tables = new Map(outer.tables);
    for (const item of clause?.ctes ?? []) {
      const cte = item['CommonTableExpr'] as {
        ctename: string;
        ctequery: Tree;
        aliascolnames?: Tree[];
      };
      const query = selectIn(cte.ctequery);
      if (query === undefined) {
        // What changes data hides a table of the same name all the same.
        tables.set(cte.ctename, []);
        continue;
      }
      const names = strings(cte.aliascolnames);
      const read = (select: Tree) =>
        renamed(this.select(select, { ...outer, tables: new Map(tables) }), names);
      const { larg } = query as { larg?: Tree };
      if (clause?.recursive === true && larg !== undefined) {
        // The non-recursive term defines the columns; each step may only add sources and nulls.
        let known: readonly QueryColumn[] = read(larg);
        for (let before = ''; before !== signature(known);) {
          before = signature(known);
          tables.set(cte.ctename, known);
          known = read(query);
        }
      }
      tables.set(cte.ctename, read(query));
    }
    return tables;
  }

  /** Adds an item of `from` to its scope. */
  #from(item: Tree, scope: Scope): void {
    const [[kind, value] = ['', undefined]] = Object.entries(item);
    const node = (value ?? {}) as Tree;
    const alias = node['alias'] as { aliasname: string; colnames?: Tree[] } | undefined;
    const add = (name: string, columns: readonly QueryColumn[]) => {
      const own = renamed(columns, strings(alias?.colnames)).map(itemColumn);
      scope.items.push({ name: alias?.aliasname ?? name, columns: own });
      scope.visible.push(...own);
    };
    if (kind === 'RangeVar') {
      const { schemaname, relname } = node as { schemaname?: string; relname: string };
      const known = schemaname === undefined ? scope.tables.get(relname) : undefined;
      add(relname, known ?? this.#stored(`${schemaname ?? 'public'}.${relname}`));
    } else if (kind === 'JoinExpr') {
      this.#join(node, scope, alias === undefined ? undefined : { ...alias });
    } else if (kind === 'RangeSubselect') {
      const query = selectIn(node['subquery'] as Tree);
      add('', query === undefined ? [] : this.select(query, scope));
    } else if (kind === 'RangeFunction') {
      add(...this.#functionRows(node, scope, alias?.aliasname));
    } else if (kind === 'RangeTableSample') this.#from(node['relation'] as Tree, scope);
    else if (alias !== undefined) add(alias.aliasname, []);
  }

  /** Joins two items of `from`; the columns of one side of an outer join may be null. */
  #join(
    node: Tree,
    scope: Scope,
    alias: { aliasname: string; colnames?: Tree[] } | undefined,
  ): void {
    const { items, visible } = scope;
    const start = { items: items.length, visible: visible.length };
    const side = (of: Tree) => {
      const from = { items: items.length, visible: visible.length };
      this.#from(of, scope);
      const own = [...items.slice(from.items).flatMap(({ columns }) => columns)];
      return {
        all: [...own, ...visible.slice(from.visible)],
        visible: visible.slice(from.visible),
      };
    };
    const left = side(node['larg'] as Tree);
    const right = side(node['rarg'] as Tree);
    const type = node['jointype'];
    const isInner = type === undefined || type === 'JOIN_INNER';
    const names =
      node['isNatural'] === true
        ? left.visible.flatMap(({ name }) =>
            right.visible.some((other) => other.name === name) ? [name] : [],
          )
        : strings(node['usingClause']);
    const pairs = names.map((name) => {
      const of = (columns: readonly ItemColumn[]) => columns.find((column) => column.name === name);
      return [of(left.visible), of(right.visible)] as const;
    });

    // A row of an inner join meets the condition; so does the other side of an outer one, where it is there.
    const proven = new Set([
      ...provenColumns(node['quals'] as Tree | undefined, scope),
      ...pairs.flat().filter((column) => column !== undefined),
    ]);
    for (const column of proven) {
      const isMet =
        isInner ||
        (type === 'JOIN_LEFT' && right.all.includes(column)) ||
        (type === 'JOIN_RIGHT' && left.all.includes(column));
      if (isMet) prove(column, scope);
    }
    const merged = pairs.map(([first, second], index): ItemColumn => {
      const [a, b] = type === 'JOIN_RIGHT' ? [second, first] : [first, second];
      const sides = type === 'JOIN_FULL' ? [a, b] : [a];
      return {
        name: names[index] ?? '',
        sources: union(first?.sources ?? nothing, second?.sources ?? nothing),
        type: a?.type ?? b?.type,
        isNullable: sides.some((column) => column?.isNullable ?? true),
        outerJoins: new Set(sides.flatMap((column) => [...(column?.outerJoins ?? [])])),
      };
    });
    // A row of a full join lacks one side or the other.
    if (type === 'JOIN_LEFT' || type === 'JOIN_FULL') mayBeMissing(right.all);
    if (type === 'JOIN_RIGHT' || type === 'JOIN_FULL') mayBeMissing(left.all);

    const isAlone = ({ name }: ItemColumn) => !names.includes(name);
    const shown = [...merged, ...left.visible.filter(isAlone), ...right.visible.filter(isAlone)];
    visible.splice(start.visible, visible.length, ...shown);
    if (alias === undefined) return;
    // Its name hides those of its sides.
    const renames = strings(alias.colnames);
    const own = shown.map((column, index) => ({ ...column, name: renames[index] ?? column.name }));
    items.splice(start.items, items.length, { name: alias.aliasname, columns: own });
    visible.splice(start.visible, visible.length, ...own);
  }

  #stored(relation: string): QueryColumn[] {
    return (this.#columnsOf(relation) ?? []).map(({ name, isNullable = true, type }) => ({
      ...{ name, isNullable, type },
      sources: new Set([`${relation}.${name}`]),
    }));
  }

  /** What functions in `from` give: a column each, as far as the text tells, and the number of the row. */
  #functionRows(
    node: Tree,
    scope: Scope,
    alias: string | undefined,
  ): [name: string, columns: QueryColumn[]] {
    const sources = this.#sources(node['functions'], scope);
    const declared = nodes(node['coldeflist']).flatMap((item) => {
      const { colname } = item['ColumnDef'] as { colname: string };
      return { name: colname, sources, isNullable: true };
    });
    const calls = nodes(node['functions']).map(
      (list) => nodes((list['List'] as Tree | undefined)?.['items'])[0] ?? {},
    );
    const columns = calls.map((call): QueryColumn => {
      const name = strings((call['FuncCall'] as Tree | undefined)?.['funcname']).at(-1) ?? '';
      const isNullable = calls.length > 1 || this.#nulls.isNullable(call, scope);
      return { name: calls.length > 1 ? name : (alias ?? name), sources, isNullable };
    });
    const ordinality = { name: 'ordinality', sources: nothing, isNullable: false };
    const [first] = columns;
    return [
      alias ?? first?.name ?? '',
      [
        ...(declared.length > 0 ? declared : columns),
        ...(node['ordinality'] === true ? [ordinality] : []),
      ],
    ];
  }

  #values(rows: readonly Tree[], scope: Scope): readonly QueryColumn[] {
    const read = rows.map((row) =>
      nodes((row['List'] as Tree | undefined)?.['items']).map((item, index) =>
        this.#column(`column${index + 1}`, item, scope),
      ),
    );
    return read.reduce((all, row) => combined('SETOP_UNION', all, row));
  }

  /** An item of a select's list: a column, or all columns of a relation. */
  #target(target: Tree, scope: Scope): QueryColumn[] {
    const value = (target['val'] ?? {}) as Tree;
    const fields = nodes((value['ColumnRef'] as Tree | undefined)?.['fields']);
    if (fields.some((field) => 'A_Star' in field)) {
      const named = strings(fields).at(-1);
      const columns =
        named === undefined ? scope.visible : (itemNamed(named, scope)?.columns ?? []);
      return columns.map((column) => {
        const isNullable = scope.groups === 'subtotals' || mayBeNull(column, scope);
        return { name: column.name, sources: column.sources, type: column.type, isNullable };
      });
    }
    const name = (target['name'] as string | undefined) ?? outputName(value);
    return [this.#column(name, value, scope)];
  }

  #column(name: string, value: Tree, scope: Scope): QueryColumn {
    const isNullable = this.#nulls.isNullable(value, scope);
    return { name, sources: this.#sources(value, scope), isNullable, type: typeOf(value, scope) };
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
        for (const { sources } of this.select(node as Tree, scope)) found = union(found, sources);
      } else found = union(found, this.#sources(node, scope));
    }
    return found;
  }
}

/** The sources of a name like `month`, `customer.month` or `silver.customer.month`. */
function columnSources(names: readonly string[], scope: Scope): ColumnSources {
  const column = columnNamed(names, scope);
  if (column !== undefined) return column.sources;
  // A relation's name alone is its row.
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const row = itemNamed(names.at(-1), at);
    if (row !== undefined) return row.columns.map(({ sources }) => sources).reduce(union, nothing);
  }
  return nothing;
}

/** The sources of a count of rows: the rows of the relations, `silver.customer.*`. */
function rowSources({ items }: Scope): ColumnSources {
  const names = items.flatMap(({ columns }) => columns.flatMap(({ sources }) => [...sources]));
  return new Set(names.map((name) => name.replace(/^([^.]+\.[^.]+)\..*$/, '$1.*')));
}

/** Takes down that an outer join may put nulls into the columns of a side. */
function mayBeMissing(side: readonly ItemColumn[]): void {
  const join: OuterJoin = Symbol('outer join');
  for (const column of side) column.outerJoins.add(join);
}

/** What is known of the rows behind each row of a select that groups. */
function groupsOf(select: Tree): Groups {
  const grouping = nodes(select['groupClause']);
  if (grouping.some((item) => 'GroupingSet' in item)) return 'subtotals';
  return grouping.length > 0 ? 'some rows' : 'maybe none';
}

function windowsOf(select: Tree): ReadonlyMap<string, Tree> {
  const windows = nodes(select['windowClause']).map((item) => item['WindowDef'] as Tree);
  return new Map(windows.map((window) => [window['name'] as string, window]));
}

/** What Postgres calls a column that has no name of its own. */
function outputName(value: Tree): string {
  const [[kind, node] = ['', undefined]] = Object.entries(value);
  const inner = (node ?? {}) as Tree;
  if (kind === 'ColumnRef') return strings(inner['fields']).at(-1) ?? '?column?';
  if (kind === 'FuncCall') return strings(inner['funcname']).at(-1) ?? '?column?';
  if (kind === 'TypeCast') return outputName((inner['arg'] ?? {}) as Tree);
  if (kind === 'CoalesceExpr') return 'coalesce';
  return kind === 'CaseExpr' ? 'case' : '?column?';
}

/** Columns of two queries of a set operation, by their place. */
function combined(
  operation: unknown,
  left: readonly QueryColumn[],
  right: readonly QueryColumn[],
): QueryColumn[] {
  return left.map((column, index) => {
    const other = right[index];
    const [a, b] = [column.isNullable, other?.isNullable ?? true];
    const isNullable =
      operation === 'SETOP_EXCEPT' ? a : operation === 'SETOP_INTERSECT' ? a && b : a || b;
    const type = column.type === other?.type ? column.type : undefined;
    return {
      ...{ name: column.name, isNullable, type },
      sources: union(column.sources, other?.sources ?? nothing),
    };
  });
}

function renamed(columns: readonly QueryColumn[], names: readonly string[]): QueryColumn[] {
  return columns.map((column, index) => ({ ...column, name: names[index] ?? column.name }));
}

/** A column as an item of `from` has it: conditions and joins change what is known of it. */
function itemColumn({ name, sources, isNullable, type }: QueryColumn): ItemColumn {
  return { name, sources, isNullable, type, outerJoins: new Set() };
}

function signature(columns: readonly QueryColumn[]): string {
  return columns
    .map(({ isNullable, sources }) => `${isNullable} ${[...sources].join()}`)
    .join('; ');
}
