// Clauses and names of one query's tree, without its subqueries: groups, windows, sets, names of outputs.

import { isAggregate, mayGiveRows } from './function-nullability.js';
import { nodes, strings, type Tree } from '../parse-statements.js';
import type { Groups } from './query-scope.js';

/** The kind of a node and what it has; of nothing, an empty kind. */
export function entryOf(tree: unknown): [kind: string, node: Tree] {
  const [[kind, value] = ['', {}]] = Object.entries((tree ?? {}) as Tree);
  return [kind, (value ?? {}) as Tree];
}

/** What an aggregate over an order (`within group`) is of. */
export function orderedBy(call: Tree): readonly Tree[] {
  if (call['agg_within_group'] !== true) return [];
  return nodes(call['agg_order']).map((item) => (item['SortBy'] as Tree)['node'] as Tree);
}

/** Whether a tree calls an aggregate, outside of the queries in it. */
export function hasAggregate(tree: unknown): boolean {
  return callsIn(tree).some(
    (call) => call['over'] === undefined && isAggregate(strings(call['funcname']).at(-1) ?? ''),
  );
}

/** How many calls in a tree may give several rows, or none, outside of the queries in it. */
export function countOfSets(tree: unknown): number {
  return callsIn(tree).filter((call) => mayGiveRows(strings(call['funcname']))).length;
}

/** The calls of functions in a tree, outside of the queries in it. */
function callsIn(tree: unknown): Tree[] {
  if (typeof tree !== 'object' || tree === null) return [];
  if (Array.isArray(tree)) return tree.flatMap(callsIn);
  return Object.entries(tree).flatMap(([kind, node]) => {
    if (kind === 'SelectStmt') return [];
    return [...(kind === 'FuncCall' ? [node as Tree] : []), ...callsIn(node)];
  });
}

/** What is known of the rows behind each row of a select that groups. */
export function groupsOf(select: Tree): Groups {
  const grouping = nodes(select['groupClause']);
  if (grouping.some((item) => 'GroupingSet' in item)) return 'subtotals';
  const isCounted = grouping.length > 0 || asksForRows(select['havingClause'] as Tree | undefined);
  return isCounted ? 'some rows' : 'maybe none';
}

/** Whether a condition holds of groups with rows alone: `having count(*) > 0`. */
function asksForRows(having: Tree | undefined): boolean {
  const [kind, node] = entryOf(having);
  if (kind === 'BoolExpr')
    return node['boolop'] === 'AND_EXPR' && nodes(node['args']).some(asksForRows);
  const [call, count] = entryOf(node['lexpr']);
  const [constant] = entryOf(node['rexpr']);
  const isCount = call === 'FuncCall' && strings(count['funcname']).at(-1) === 'count';
  // A constant that is written without a sign is no less than 0.
  return isCount && strings(node['name']).at(-1) === '>' && constant === 'A_Const';
}

export function windowsOf(select: Tree): ReadonlyMap<string, Tree> {
  const windows = nodes(select['windowClause']).map((item) => item['WindowDef'] as Tree);
  return new Map(windows.map((window) => [window['name'] as string, window]));
}

/** What Postgres calls a column that has no name of its own. */
export function outputName(value: Tree): string {
  const [[kind, node] = ['', undefined]] = Object.entries(value);
  const inner = (node ?? {}) as Tree;
  if (kind === 'ColumnRef') return strings(inner['fields']).at(-1) ?? '?column?';
  if (kind === 'FuncCall') return strings(inner['funcname']).at(-1) ?? '?column?';
  if (kind === 'TypeCast') return outputName((inner['arg'] ?? {}) as Tree);
  if (kind === 'CoalesceExpr') return 'coalesce';
  return kind === 'CaseExpr' ? 'case' : '?column?';
}
