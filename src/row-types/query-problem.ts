// Problems of queries with their position.

import { closestName } from '../text/closest-name.js';
import { sqlstate } from '../warehouse/query/sqlstate.js';
import type { ProjectTypes } from './project-types.js';

/** What is wrong with a query. */
export interface QueryProblem {
  readonly sql: string;
  /** Where in its text, in characters from 0; undefined: Postgres names no place. */
  readonly offset: number | undefined;
  readonly sqlstate: string;
  readonly message: string;
  readonly hint: string | undefined;
}

/** Postgres's message with what to do about it. */
export function problemMessage(
  problem: QueryProblem,
  { tables }: Pick<ProjectTypes, 'tables'>,
): string {
  const isTable = problem.sqlstate === sqlstate.undefinedTable;
  const advice = isTable ? tableAdvice(problem, tables) : problem.hint;
  return advice === undefined ? problem.message : `${problem.message}: ${advice}`;
}

/** What to do about a table that there is none of: the one whose name is most like it may be meant. */
function tableAdvice(
  { message }: QueryProblem,
  tables: ProjectTypes['tables'],
): string | undefined {
  const [, name] = /"([^"]+)"/.exec(message) ?? [];
  if (name === undefined) return undefined;
  if (tables.has(name)) return 'npx daybook pipeline run builds it';
  const ids = [...tables.keys()];
  const sameName = ids.find((id) => id.slice(id.indexOf('.') + 1) === name.split('.').at(-1));
  const meant = sameName ?? closestName(name, ids);
  return meant && `did you mean ${meant}?`;
}
