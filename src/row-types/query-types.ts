// TypeScript types of the rows and parameters of queries.

import { parameterType, rowMembers, textLiteral, type TypedColumn } from './row-type.js';
import { digestOf, type TableDeclaration } from './table-types.js';

/** A query as Postgres describes it. */
export interface QueryType {
  readonly sql: string;
  /** The relations that it reads, like `gold.monthly_churn`. */
  readonly relations: readonly string[];
  readonly columns: readonly TypedColumn[];
  /** The types of `$1`, `$2`, … */
  readonly parameters: readonly Pick<TypedColumn, 'type' | 'isArray'>[];
}

/**
 * The members of `Queries`: the rows and parameters of each query by its text. A comment says of which tables they
 * are, and how those were.
 */
export function queryTypes(
  queries: readonly QueryType[],
  tables: ReadonlyMap<string, TableDeclaration>,
): string {
  return [...queries]
    .sort((a, b) => (a.sql < b.sql ? -1 : 1))
    .map(({ sql, relations, columns, parameters }) => {
      const reads = relations.map((id) => `${id} ${digestOf(tables.get(id))}`).join(', ');
      const row = columns.length === 0 ? '{}' : `{\n${rowMembers(columns, '        ')}      }`;
      return `    /** Reads ${reads === '' ? 'no table' : reads} */
    ${textLiteral(sql)}: {
      row: ${row};
      parameters: [${parameters.map(parameterType).join(', ')}];
    };
`;
    })
    .join('');
}
