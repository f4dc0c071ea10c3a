import pg from 'pg';
import { mayChange, timeWord } from '../parse-sql/changing-answers.js';

/** What a query reads, as Postgres's own parser sees it. */
export interface QueryReads {
  /** Names of relations, as SQL; without a schema as written. Some may be common table expressions. */
  readonly relations: readonly string[];
  /** A word whose answer is another one at another time: `now()`; undefined: there is none. */
  readonly restless: string | undefined;
  /** Functions that are called, by their names without schema. */
  readonly functions: readonly string[];
}

/**
 * Finds the relations that a statement reads, wherever they stand. A name that is also that of a
 * common table expression counts: depending on too much only runs a notebook once more.
 *
 * @returns Undefined for text that is no SQL.
 */
export async function relationsRead(sql: string): Promise<QueryReads | undefined> {
  // Postgres's parser takes 30 ms to load, and a run in which nothing changed needs none.
  const { hasSqlDetails, parse } = await import('libpg-query');
  let tree: unknown;
  try {
    tree = await parse(sql);
  } catch (error) {
    if (hasSqlDetails(error)) return undefined;
    throw error;
  }
  const relations = new Set<string>();
  const functions = new Set<string>();
  let restless: string | undefined;
  visit(tree, (kind, node) => {
    if (kind === 'RangeVar') {
      const { schemaname: schema, relname: name } = node as {
        schemaname?: string;
        relname: string;
      };
      relations.add([...(schema === undefined ? [] : [schema]), name].map(quoted).join('.'));
    } else if (kind === 'SQLValueFunction') {
      restless ??= 'current_date and the like';
    } else if (kind === 'FuncCall') {
      const { funcname, args = [] } = node as {
        funcname: { String: { sval: string } }[];
        args?: readonly unknown[];
      };
      const name = funcname.at(-1)?.String.sval ?? '';
      functions.add(name);
      if (mayChange(name, args.length)) restless ??= `${name}()`;
    } else if (kind === 'RangeTableSample') {
      restless ??= 'a sample';
    } else if (kind === 'A_Const') {
      const { sval } = node as { sval?: { sval?: string } };
      const [word] = timeWord.exec(sval?.sval ?? '') ?? [];
      if (word !== undefined) restless ??= `'${word}'`;
    }
  });
  return { relations: [...relations], restless, functions: [...functions] };
}

/** Shows each node of a parse tree, which has its kind as its key. */
function visit(value: unknown, show: (kind: string, node: object) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) visit(item, show);
    return;
  }
  for (const [kind, node] of Object.entries(value)) {
    if (typeof node === 'object' && node !== null) show(kind, node as object);
    visit(node, show);
  }
}

function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : pg.escapeIdentifier(name);
}
