// Whether a view passes lines of files on row by row.

import type { PoolClient } from 'pg';
import { nodes, parseStatements, strings, type Tree } from '../../../parse-sql/parse-statements.js';
import { queryNames } from '../../../parse-sql/query-names.js';
import { queryRows } from '../../../warehouse/query/query-rows.js';
import { qualified } from '../../../warehouse/query/sql-text.js';
import { relationId, reportParameter, type RelationName } from '../../definitions/model.js';

/** Clauses of a select that break the correspondence of rows. */
const wholeClauses = [
  'distinctClause',
  'groupClause',
  'havingClause',
  'windowClause',
  'limitCount',
  'limitOffset',
  'withClause',
  'valuesLists',
] as const;

/**
 * Whether each row of a relation is made from one line of a file, independent of other lines, and has its
 * `source_file` and `line_number`: a table of files is such a relation, and so is a view that only selects lines
 * and columns of one. Then lines appended to a file do not change existing rows.
 *
 * @param sources - The tables of files, by `schema.name`.
 */
export async function showsLines(
  client: PoolClient,
  relation: RelationName,
  sources: readonly string[],
): Promise<boolean> {
  for (let name = relation; !sources.includes(relationId(name));) {
    const [view] = await queryRows<{ sql: string }>(
      client,
      // User-defined functions and operators may read other rows.
      `select pg_get_viewdef(view.oid) as sql
      from pg_class as view
      where view.oid = to_regclass($1) and view.relkind = 'v' and not exists (
        select from pg_rewrite as rule join pg_depend as made on made.objid = rule.oid
        where
          rule.ev_class = view.oid and made.classid = 'pg_rewrite'::regclass
          and made.refclassid in ('pg_proc'::regclass, 'pg_operator'::regclass)
      )`,
      [qualified(name)],
    );
    const below = view === undefined ? undefined : await passedOn(view.sql);
    if (below === undefined) return false;
    name = below;
  }
  return true;
}

/** @returns The relation that a view passes on row by row; undefined: it does more, or it is unknown. */
async function passedOn(sql: string): Promise<RelationName | undefined> {
  const parsed = await parseStatements(sql);
  const select = parsed.ok ? parsed.statements[0]?.tree['SelectStmt'] : undefined;
  if (!isTree(select) || select['op'] !== 'SETOP_NONE') return undefined;
  if (wholeClauses.some((clause) => clause in select)) return undefined;
  // Rows of a window depend on others.
  if (hasKey(select, 'over')) return undefined;
  const [read, ...others] = queryNames(select)
    .relations.map(({ schema = '', name }) => ({ schema, name }))
    .filter((relation) => relationId(relation) !== reportParameter(relation.schema));
  if (read === undefined || others.length > 0) return undefined;
  const isJoined = nodes(select['fromClause'])
    .flatMap(joined)
    .some((item) => isOf(item, read));
  const hasPosition = ['source_file', 'line_number'].every((name) => passesOn(select, name));
  return isJoined && hasPosition ? read : undefined;
}

/** The joined items of a `from`. */
function joined(item: Tree): Tree[] {
  const join = item['JoinExpr'] as { larg: Tree; rarg: Tree } | undefined;
  return join === undefined ? [item] : [...joined(join.larg), ...joined(join.rarg)];
}

function isOf(item: Tree, { schema, name }: RelationName): boolean {
  const range = item['RangeVar'] as { schemaname?: string; relname: string } | undefined;
  return range?.schemaname === schema && range.relname === name;
}

/** Whether a column is passed on under its own name. */
function passesOn(select: Tree, column: string): boolean {
  return nodes(select['targetList']).some((target) => {
    const { name = column, val } = target['ResTarget'] as { name?: string; val: Tree };
    const { fields } = (val['ColumnRef'] ?? {}) as { fields?: unknown };
    return name === column && strings(fields).at(-1) === column;
  });
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null;
}

function hasKey(value: unknown, key: string): boolean {
  if (!isTree(value)) return false;
  return key in value || Object.values(value).some((child) => hasKey(child, key));
}
