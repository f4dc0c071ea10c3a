// Problems of queries in the type check of notebooks.

import { placeInCell } from '../../cells/sql/text-places.js';
import { joinText, type Notebook } from '../../nbformat/notebook.js';
import { changedTables, isOutdated, type ProjectTypes } from '../../row-types/project-types.js';
import { staleCode, staleMessage, type QueryProblem } from '../../row-types/query-problem.js';
import { countOf } from '../../text/amounts.js';
import type { NotebookQuery, TypeProblem } from '../document/type-problem.js';

/** The queries of which the project's types know nothing, or what they were when a table was another one. */
export function outdatedQueries(
  queries: readonly NotebookQuery[],
  types: ProjectTypes,
): readonly NotebookQuery[] {
  return queries.filter(({ sql }) => isOutdated(sql, types));
}

/** What is to be said of queries that are described, and whose tables are other ones now. */
export function staleProblems(
  notebook: Notebook,
  queries: readonly NotebookQuery[],
  types: ProjectTypes,
): readonly TypeProblem[] {
  return queries.flatMap((query) => {
    const known = types.queries.get(query.sql);
    const changed = known === undefined ? [] : changedTables(known, types);
    if (changed.length === 0) return [];
    return [{ ...placeIn(notebook, query), code: staleCode, message: staleMessage(changed) }];
  });
}

/** What is to be said where queries could not be described; at the first of them. */
export function undescribedProblem(
  notebook: Notebook,
  [query]: readonly NotebookQuery[],
  reason: string,
): readonly TypeProblem[] {
  if (query === undefined) return [];
  const message = `this query cannot be described: ${reason}`;
  return [{ ...placeIn(notebook, query), code: staleCode, message }];
}

/** What Postgres has against queries, where they stand in the notebook. */
export function queryProblems(
  notebook: Notebook,
  queries: readonly NotebookQuery[],
  problems: ReadonlyMap<string, QueryProblem>,
): readonly TypeProblem[] {
  return queries.flatMap((query) => {
    const problem = problems.get(query.sql);
    if (problem === undefined) return [];
    const { offset, length, sqlstate: code, message } = problem;
    return [{ ...placeIn(notebook, query, offset, length), code, message }];
  });
}

/** A place in a query of a notebook. */
function placeIn(
  notebook: Notebook,
  query: NotebookQuery,
  offset = 0,
  length = 1,
): Pick<TypeProblem, 'cell' | 'line' | 'column' | 'length' | 'file'> {
  const source = joinText(notebook.cells[query.cell - 1]?.source ?? '');
  return { cell: query.cell, ...placeInCell(source, query, offset, length) };
}

/** How many queries have no types yet, as a sentence; undefined: none. */
export function untypedNotice(
  queries: readonly NotebookQuery[],
  types: ProjectTypes,
): string | undefined {
  const untyped = new Set(queries.map(({ sql }) => sql).filter((sql) => !types.queries.has(sql)));
  return untyped.size === 0
    ? undefined
    : `${countOf(untyped.size, 'query', 'queries')} not described yet: their rows have no types`;
}
