// Findings about the queries of notebooks: all columns unasked, results that differ at each run.

import { placeOf } from '../../cells/sql/text-places.js';
import { parseStatements, type Tree } from '../../parse-sql/parse-statements.js';
import { queryNames } from '../../parse-sql/query-names.js';
import type { NotebookQuery } from '../document/type-problem.js';
import type { RawFinding } from './lint-finding.js';

/** The findings of queries; those that Postgres's parser refuses have none. */
export async function queryFindings(queries: readonly NotebookQuery[]): Promise<RawFinding[]> {
  const found: RawFinding[] = [];
  for (const { cell, sql, places } of queries) {
    const parsed = await parseStatements(sql);
    if (!parsed.ok) continue;
    const add = (rule: RawFinding['rule'], bytes: number, message: string) => {
      found.push({ rule, cell, message, start: placeOf(places, parsed.characters(bytes)) });
    };
    for (const { tree } of parsed.statements) {
      for (const offset of starsIn(tree)) {
        add('select-star', offset, 'this query asks for all columns: name those that are used');
      }
      const { volatile, timeWords } = queryNames(tree);
      for (const { what, offset } of [...volatile, ...timeWords]) {
        const message = `${what} is another value at each run: what is published cannot be made again`;
        add('unseeded', offset, message);
      }
    }
  }
  return found;
}

/** Where `*` stands among the columns of a query, at any depth; of `exists (select * …)` it asks for none. */
function starsIn(tree: unknown): number[] {
  if (Array.isArray(tree)) return tree.flatMap(starsIn);
  if (typeof tree !== 'object' || tree === null) return [];
  const { ResTarget: target, SubLink: link } = tree as {
    ResTarget?: { val?: { ColumnRef?: { fields?: readonly Tree[]; location?: number } } };
    SubLink?: { subLinkType?: string };
  };
  if (link?.subLinkType === 'EXISTS_SUBLINK') return [];
  const column = target?.val?.ColumnRef;
  if (column?.fields?.some((field) => 'A_Star' in field) === true) return [column.location ?? 0];
  return Object.values(tree).flatMap(starsIn);
}
