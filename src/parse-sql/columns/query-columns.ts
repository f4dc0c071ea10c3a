// Column lineage and nullability of a query.

import { combined, itemColumn, renamed, signature } from './combined-columns.js';
import { NullReader } from './expression-nullability.js';
import { typeOf } from './expression-type.js';
import { nodes, parseStatements, strings, type Tree } from '../parse-statements.js';
import { provenColumns } from './proven-columns.js';
import { countOfSets, entryOf, groupsOf, outputName, windowsOf } from './query-parts.js';
import {
  columnNamed,
  emptyScope,
  innerScope,
  itemNamed,
  mayBeNull,
  nothing,
  prove,
  relationId,
  union,
  type ColumnsOf,
  type ColumnSources,
  type ItemColumn,
  type OuterJoin,
  type QueryColumn,
  type Scope,
} from './query-scope.js';
import { returningClause, type ReturningClause } from './returning-clause.js';

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
    const columns = new QueryReader(columnsOf).read(tree, emptyScope);
    if (columns !== undefined) return columns;
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

/** Functions that give the members of an object. */
const pairs = /^jsonb?_each(?:_text)?$/;

class QueryReader {
  readonly #columnsOf: ColumnsOf;
  readonly #nulls = new NullReader((select, outer) => this.select(select, outer));

  constructor(columnsOf: ColumnsOf) {
    this.#columnsOf = columnsOf;
  }

  /** The columns that a statement answers with, or makes a table of; undefined: it has none. */
  read(statement: Tree, outer: Scope): readonly QueryColumn[] | undefined {
    const returned = returningClause(statement);
    if (returned !== undefined) return this.#returning(entryOf(statement)[1], returned, outer);
    const select = selectIn(statement);
    return select === undefined ? undefined : this.select(select, outer);
  }

  /** What is answered with of rows that were changed. */
  #returning(node: Tree, returned: ReturningClause, outer: Scope): readonly QueryColumn[] {
    const scope: Scope = {
      ...innerScope(outer, this.#withNames(node, outer)),
      ...{ groups: 'maybe none', windows: new Map() },
    };
    for (const item of returned.items) this.#from(item, scope);
    for (const column of provenColumns(returned.condition, scope)) prove(column, scope);
    const columns = scope.items[returned.changed]?.columns ?? [];
    if (returned.mayLackOthers)
      for (const [index, item] of scope.items.entries())
        if (index !== returned.changed) mayBeMissing(item.columns);
    for (const [name, isThere] of Object.entries(returned.has)) {
      const own = columns.map(itemColumn);
      if (!isThere) mayBeMissing(own);
      scope.items.push({ name, columns: own });
    }
    return returned.targets.flatMap((target) => this.#target(target, scope));
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
    const targets = nodes(node['targetList']).map((item) => item['ResTarget'] as Tree);
    // Of several sets side by side the shorter ones are filled up with nulls.
    const isUneven = countOfSets(targets) > 1;
    return targets.flatMap((target) => {
      const columns = this.#target(target, scope);
      if (!isUneven || countOfSets(target) === 0) return columns;
      return columns.map((column) => ({ ...column, isNullable: true }));
    });
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
      const query = returningClause(cte.ctequery) ? undefined : selectIn(cte.ctequery);
      if (query === undefined) {
        // What changes data hides a table of the same name, whether it answers with rows or not.
        const changed = this.read(cte.ctequery, { ...outer, tables: new Map(tables) }) ?? [];
        tables.set(cte.ctename, renamed(changed, strings(cte.aliascolnames)));
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
      tables.set(cte.ctename, [...read(query), ...addedColumns(item['CommonTableExpr'] as Tree)]);
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
      add(relname, known ?? this.#stored(relationId(schemaname, relname)));
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
    const ofRight: OuterJoin = {};
    if (type === 'JOIN_LEFT' || type === 'JOIN_FULL') mayBeMissing(right.all, ofRight);
    const ofLeft: OuterJoin = type === 'JOIN_FULL' ? { opposite: ofRight } : {};
    if (type === 'JOIN_RIGHT' || type === 'JOIN_FULL') mayBeMissing(left.all, ofLeft);

    const isAlone = ({ name }: ItemColumn) => !names.includes(name);
    const shown = [...merged, ...left.visible.filter(isAlone), ...right.visible.filter(isAlone)];
    visible.splice(start.visible, visible.length, ...shown);
    const { aliasname } = (node['join_using_alias'] ?? {}) as { aliasname?: string };
    if (aliasname !== undefined) items.push({ name: aliasname, columns: merged });
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
    const columns = calls.flatMap((call): QueryColumn[] => {
      const name = strings((call['FuncCall'] as Tree | undefined)?.['funcname']).at(-1) ?? '';
      if (calls.length === 1 && pairs.test(name))
        return [false, true].map((isNullable) => ({
          ...{ name: isNullable ? 'value' : 'key', sources, isNullable },
          type: name.endsWith('_text') ? 'text' : isNullable ? 'jsonb' : 'text',
        }));
      const isNullable = calls.length > 1 || this.#nulls.isNullable(call, scope);
      const type = this.#type(call, scope);
      return [{ name: calls.length > 1 ? name : (alias ?? name), sources, isNullable, type }];
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
    return {
      name,
      sources: this.#sources(value, scope),
      isNullable,
      type: this.#type(value, scope),
    };
  }

  #type(value: Tree, scope: Scope): string | undefined {
    return typeOf(value, scope, (select, outer) => this.select(select, outer));
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
function mayBeMissing(side: readonly ItemColumn[], join: OuterJoin = {}): void {
  for (const column of side) column.outerJoins.add(join);
}

/** What `search` and `cycle` add to the columns of a recursive query. */
function addedColumns(cte: Tree): QueryColumn[] {
  const search = cte['search_clause'] as { search_seq_column?: string } | undefined;
  const cycle = cte['cycle_clause'] as
    | { cycle_mark_column?: string; cycle_path_column?: string }
    | undefined;
  return [search?.search_seq_column, cycle?.cycle_mark_column, cycle?.cycle_path_column].flatMap(
    (name) => (name === undefined ? [] : [{ name, sources: nothing, isNullable: false }]),
  );
}
