import pg from 'pg';
import { parseStatements } from '../../parse-sql/parse-statements.js';
import { queryNames } from '../../parse-sql/query-names.js';

/** What a query of a notebook reads, as far as its text tells. */
export interface ReadBySql {
  /** Names of relations, as SQL; without a schema as written. */
  readonly relations: readonly string[];
  /** A word whose answer is another one at another time: `now()`; undefined: there is none. */
  readonly volatile: string | undefined;
  /** Functions that are called, by their names without schema. */
  readonly functions: readonly string[];
}

/**
 * Finds what SQL reads, wherever it stands.
 *
 * @param sql - Any number of statements.
 * @returns Undefined for text that is no SQL.
 */
export async function readBySql(sql: string): Promise<ReadBySql | undefined> {
  const parsed = await parseStatements(sql);
  if (!parsed.ok) return undefined;
  const names = parsed.statements.map(({ tree }) => queryNames(tree));
  const relations = names.flatMap(({ relations }) =>
    relations.map(({ schema, name }) =>
      [...(schema === undefined ? [] : [schema]), name].map(quoted).join('.'),
    ),
  );
  return {
    relations: [...new Set(relations)],
    functions: [...new Set(names.flatMap(({ calls }) => calls.map(({ name }) => name)))],
    volatile: names.flatMap(({ volatile, timeWords }) => [...volatile, ...timeWords])[0]?.what,
  };
}

function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : pg.escapeIdentifier(name);
}
