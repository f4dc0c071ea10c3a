// Column lineage of relations that statements build, through the temporary views that they read.

import { parseStatements, type Tree } from '../parse-statements.js';
import { queryColumns } from './query-columns.js';
import type { ColumnsOf, QueryColumn } from './query-scope.js';

/**
 * The columns of the first table or view that statements make and keep, or of the first query. An increment reads its
 * source through a temporary view of the same name, which is no result: what comes from it comes from what it reads.
 *
 * @param sql - The statements that built a relation, in their order.
 * @returns As {@link queryColumns} does.
 */
export async function builtColumns(
  sql: string,
  columnsOf: ColumnsOf,
): Promise<readonly QueryColumn[] | undefined> {
  if (sql.trim() === '') return undefined;
  const parsed = await parseStatements(sql);
  if (!parsed.ok) return undefined;
  const views = new Map<string, readonly QueryColumn[]>();
  for (const { tree, start, end } of parsed.statements) {
    const read = await queryColumns(sql.slice(start, end), (id) => views.get(id) ?? columnsOf(id));
    if (read === undefined) continue;
    const columns = read.map((column) => ({
      ...column,
      sources: new Set([...column.sources].flatMap((source) => behind(source, views))),
    }));
    const view = temporaryView(tree);
    if (view === undefined) return columns;
    views.set(view, columns);
  }
  return undefined;
}

/** The columns behind one of a temporary view; itself for any other. */
function behind(source: string, views: ReadonlyMap<string, readonly QueryColumn[]>): string[] {
  const end = source.indexOf('.', source.indexOf('.') + 1);
  const [relation, name] = [source.slice(0, end), source.slice(end + 1)];
  const columns = views.get(relation);
  if (columns === undefined) return [source];
  if (name !== '*') return [...(columns.find((column) => column.name === name)?.sources ?? [])];
  // Its rows are those of what it reads.
  const read = columns.flatMap(({ sources }) => [...sources]);
  return [...new Set(read.map((one) => `${one.split('.', 2).join('.')}.*`))];
}

/** The id of a temporary view that a statement makes; undefined: it makes none. */
function temporaryView(tree: Tree): string | undefined {
  const made = tree['ViewStmt'] as
    | { view?: { relname?: string; relpersistence?: string } }
    | undefined;
  const { relname, relpersistence } = made?.view ?? {};
  return relname === undefined || relpersistence !== 't' ? undefined : `pg_temp.${relname}`;
}
