// Parsing of a model's query: the relations that it reads, and what it may not contain.

import { createHash } from 'node:crypto';
import { defaultSchemas, type Schemas } from '../../config/project/project-settings.js';
import { parseStatements, type Tree } from '../../parse-sql/parse-statements.js';
import { queryNames, type QueryNames } from '../../parse-sql/query-names.js';
import { reportParameter, type ModelQuery } from '../definitions/model.js';

/** A query for a model, or why and at which offset it is refused. */
export type ParsedQuery =
  | ({ readonly ok: true } & ModelQuery)
  | { readonly ok: false; readonly offset: number; readonly message: string };

/**
 * Parses exactly one `select` with Postgres's own parser and finds the relations that it reads, wherever they are:
 * joins, subqueries, set operations, common table expressions. Names of common table expressions are excluded
 * where they are visible.
 * A model must depend on nothing but the relations that it names. So these are refused: statements that write or
 * lock, names without a schema, and volatile expressions (`now()`, `current_date`, `random()`). What only the
 * server knows of functions and literals is checked when the model is built, see `refuseVolatile`.
 *
 * @param text - SQL; leading comments are skipped.
 * @param schemas - The project's, for advice in messages.
 */
export async function parseQuery(
  text: string,
  schemas: Schemas = defaultSchemas,
): Promise<ParsedQuery> {
  const parsed = await parseStatements(text);
  if (!parsed.ok) return parsed;
  const { characters } = parsed;
  const [statement, second] = parsed.statements;
  if (statement === undefined) {
    return { ok: false, offset: text.length, message: 'there is no query' };
  }
  if (second !== undefined) {
    return { ok: false, offset: second.start, message: 'there is more than one statement' };
  }
  const { tree, start, end } = statement;
  if (!('SelectStmt' in tree)) return { ok: false, offset: start, message: 'not a select' };
  const names = queryNames(tree);
  const [refusal] = refusals(names, schemas).sort((a, b) => a.offset - b.offset);
  if (refusal !== undefined) {
    return { ok: false, offset: characters(refusal.offset), message: refusal.message };
  }
  const inQuery = (byteOffset: number): number => characters(byteOffset) - start;
  const placed = <T extends { readonly offset: number }>(found: T): T => ({
    ...found,
    offset: inQuery(found.offset),
  });
  return {
    ...{ ok: true, sql: text.slice(start, end).trimEnd(), start, digest: treeDigest(tree) },
    reads: names.relations.map(({ schema = '', name, offset }) => placed({ schema, name, offset })),
    qualifiers: names.qualifiers.map(placed),
    calls: names.calls.map(placed),
    timeWords: names.timeWords.map(({ offset }) => inQuery(offset)),
  };
}

const writeMessages = {
  statement: 'a model only selects',
  into: 'select … into writes a table',
  lock: 'for update and for share lock rows',
};

/** Why a query is refused. */
function refusals({ relations, volatile, writes }: QueryNames, schemas: Schemas) {
  return [
    ...writes.map(({ kind, offset }) => ({ offset, message: writeMessages[kind] })),
    ...volatile.map(({ what, offset }) => ({
      offset,
      message: volatileMessage(what, reportParameter(schemas.loaded)),
    })),
    ...relations.flatMap(({ name, schema, database, offset }) => {
      if (database !== undefined) {
        return [{ offset, message: `${name}: leave out the database's name` }];
      }
      if (schema !== undefined) return [];
      return [
        {
          offset,
          message: `"${name}" needs its schema, like ${schemas.names[1] ?? schemas.loaded}.${name}`,
        },
      ];
    }),
  ];
}

/** Why a model may not use a volatile expression, and the table to read instead. */
export function volatileMessage(what: string, table = 'the table report_parameter'): string {
  return `${what} would give another answer in each run; the report's time is in ${table}`;
}

/** Keys of the parse tree with positions, which do not belong to the meaning. */
const placeKeys = /^(?:location|stmt_location|stmt_len|(?:rexpr_)?list_(?:start|end))$/;

function treeDigest(tree: Tree): string {
  const text = JSON.stringify(tree, (key, value: unknown) =>
    typeof value === 'number' && placeKeys.test(key) ? undefined : value,
  );
  return createHash('sha256').update(text).digest('hex');
}
