import { createHash } from 'node:crypto';
import { defaultSchemas, type Schemas } from '../../config/project-settings.js';
import { parseStatements, type Tree } from '../../parse-sql/parse-statements.js';
import { queryNames, type QueryNames } from '../../parse-sql/query-names.js';
import { reportParameter, type ModelQuery } from '../definitions/model.js';

/** A query that may be a model's, or why and where, in characters of the text, it may not. */
export type ParsedQuery =
  | ({ readonly ok: true } & ModelQuery)
  | { readonly ok: false; readonly offset: number; readonly message: string };

/**
 * Parses exactly one `select` with Postgres's own parser and finds the relations that it reads,
 * wherever they stand: joins, subqueries, set operations, common table expressions. Names of common
 * table expressions are no relations where they are visible.
 *
 * Refused, because a model must depend on nothing but the relations that it names: anything that
 * writes or locks, names without a schema, and what gives another answer at another time or in
 * another session (`now()`, `current_date`, `random()`). What only the server knows of functions and literals is asked
 * of it when the model is built, see `refuseChangingAnswers`.
 *
 * @param text - SQL; leading comments are skipped.
 * @param schemas - The project's, for what messages advise.
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

/** Why a query may not be a model's. */
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

/** Why a model may not ask for something, and the table to ask instead. */
export function volatileMessage(what: string, table = 'the table report_parameter'): string {
  return `${what} would give another answer in each run; the report's time is in ${table}`;
}

/** Keys of the parse tree that say where something stands, not what it is. */
const placeKeys = /^(?:location|stmt_location|stmt_len|(?:rexpr_)?list_(?:start|end))$/;

function treeDigest(tree: Tree): string {
  const text = JSON.stringify(tree, (key, value: unknown) =>
    typeof value === 'number' && placeKeys.test(key) ? undefined : value,
  );
  return createHash('sha256').update(text).digest('hex');
}
