import { createHash } from 'node:crypto';
import { hasSqlDetails, parse, type ParseResult } from 'libpg-query';
import { mayChange, timeWord } from '../../parse-sql/changing-answers.js';
import { offsetOfCodePoint } from '../../parse-sql/code-points.js';
import type { Reference } from './model.js';

/** A query that was read, or why it may not be a model's. Places are characters of the text. */
export type ParsedQuery =
  | {
      readonly ok: true;
      readonly start: number;
      readonly end: number;
      /** The relations, in the order in which they are named; one may be named often. */
      readonly reads: readonly Reference[];
      /** Columns named with their relation's schema, `gold.month.year`: where these names begin. */
      readonly qualifiers: readonly Reference[];
      /** Functions that are called, by their names without schema. */
      readonly calls: readonly { readonly name: string; readonly offset: number }[];
      /** Where literals begin that hold a word like `now`: they ask for the time if they are dates. */
      readonly timeWords: readonly number[];
      /** The same for queries that differ only in white space, comments and the case of keywords. */
      readonly digest: string;
    }
  | { readonly ok: false; readonly offset: number; readonly message: string };

/** A node of Postgres's parse tree: one key, the node's kind; and lists and values inside. */
type Tree = Readonly<Record<string, unknown>>;

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
 */
export async function parseQuery(text: string): Promise<ParsedQuery> {
  const characters = byteToCharacter(text);
  let result: ParseResult;
  try {
    result = await parse(text);
  } catch (error) {
    if (!hasSqlDetails(error)) throw error;
    const offset = offsetOfCodePoint(text, error.sqlDetails?.cursorPosition ?? 0);
    return { ok: false, offset, message: error.message };
  }
  const [statement, second] = result.stmts ?? [];
  const start = characters(statement?.stmt_location ?? 0);
  if (statement?.stmt === undefined) {
    return { ok: false, offset: text.length, message: 'there is no query' };
  }
  if (second !== undefined) {
    const offset = characters(second.stmt_location ?? 0);
    return { ok: false, offset, message: 'there is more than one statement' };
  }
  const tree = statement.stmt as Tree;
  if (!('SelectStmt' in tree)) return { ok: false, offset: start, message: 'not a select' };
  const end =
    statement.stmt_len === undefined
      ? text.length
      : characters((statement.stmt_location ?? 0) + statement.stmt_len);
  const walker = new Walker();
  walker.visit(tree, new Set());
  const [refusal] = walker.refusals;
  if (refusal !== undefined) {
    return { ok: false, offset: characters(refusal.offset), message: refusal.message };
  }
  const inText = (found: Reference): Reference => ({ ...found, offset: characters(found.offset) });
  const [reads, qualifiers] = [walker.reads.map(inText), walker.qualifiers.map(inText)];
  const calls = walker.calls.map(({ name, offset }) => ({ name, offset: characters(offset) }));
  const timeWords = walker.timeWords.map(characters);
  return { ok: true, start, end, reads, qualifiers, calls, timeWords, digest: treeDigest(tree) };
}

const writes = ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'];

class Walker {
  readonly reads: Reference[] = [];
  readonly qualifiers: Reference[] = [];
  /** Functions that are called, by their names without schema. */
  readonly calls: { name: string; offset: number }[] = [];
  /** Where literals begin that would ask for the time if they were dates. */
  readonly timeWords: number[] = [];
  readonly refusals: { offset: number; message: string }[] = [];

  /** @param visible - Names of common table expressions that a table name may mean here. */
  visit(node: unknown, visible: ReadonlySet<string>): void {
    if (Array.isArray(node)) {
      for (const item of node) this.visit(item, visible);
      return;
    }
    if (typeof node !== 'object' || node === null) return;
    for (const [kind, value] of Object.entries(node)) this.#node(kind, value, visible);
  }

  #node(kind: string, value: unknown, visible: ReadonlySet<string>): void {
    if (typeof value !== 'object' || value === null) return;
    const node = value as Tree;
    if (kind === 'RangeVar') this.#relation(node, visible);
    else if (kind === 'ColumnRef') this.#column(node);
    else if (kind === 'SelectStmt' || kind === 'larg' || kind === 'rarg')
      this.#select(node, visible);
    else {
      this.#refuse(kind, node);
      this.visit(node, visible);
    }
  }

  /** `larg` and `rarg` of joins hold nodes, of set operations they hold selects directly. */
  #select(node: Tree, visible: ReadonlySet<string>): void {
    if ('intoClause' in node) this.#refuseAt(node, 'select … into writes a table');
    if ('lockingClause' in node) this.#refuseAt(node, 'for update and for share lock rows');
    const { withClause, ...rest } = node;
    this.visit(rest, this.#withNames(withClause, visible));
  }

  /** Visits the common table expressions of a `with`; returns what is visible behind them. */
  #withNames(withClause: unknown, visible: ReadonlySet<string>): ReadonlySet<string> {
    if (withClause === undefined) return visible;
    const { ctes, recursive } = withClause as { ctes: Tree[]; recursive?: boolean };
    const names = new Set(visible);
    const nameOf = (cte: Tree): string => (cte['CommonTableExpr'] as { ctename: string }).ctename;
    // With `recursive` each sees all, otherwise only those before it.
    if (recursive === true) for (const cte of ctes) names.add(nameOf(cte));
    for (const cte of ctes) {
      this.visit(cte, new Set(names));
      names.add(nameOf(cte));
    }
    return names;
  }

  #relation(node: Tree, visible: ReadonlySet<string>): void {
    const { catalogname, schemaname, relname, location } = node as {
      catalogname?: string;
      schemaname?: string;
      relname: string;
      location?: number;
    };
    const offset = location ?? 0;
    if (catalogname !== undefined) {
      this.refusals.push({ offset, message: `${relname}: leave out the database's name` });
    } else if (schemaname !== undefined) {
      this.reads.push({ schema: schemaname, name: relname, offset });
    } else if (!visible.has(relname)) {
      this.refusals.push({
        offset,
        message: `"${relname}" needs its schema, like silver.${relname}`,
      });
    }
  }

  #column(node: Tree): void {
    const { fields, location = 0 } = node as { fields: Tree[]; location?: number };
    const [schema, name, column] = fields.map(
      (field) => field['String'] as { sval: string } | undefined,
    );
    if (schema === undefined || name === undefined || column === undefined) return;
    this.qualifiers.push({ schema: schema.sval, name: name.sval, offset: location });
  }

  #refuse(kind: string, node: Tree): void {
    if (writes.includes(kind)) this.#refuseAt(node, 'a model only selects');
    if (kind === 'RangeTableSample') this.#refuseAt(node, restless('tablesample'));
    if (kind === 'A_Const') {
      const { sval, location = 0 } = node as { sval?: { sval?: string }; location?: number };
      if (timeWord.test(sval?.sval ?? '')) this.timeWords.push(location);
    }
    if (kind === 'SQLValueFunction') this.#refuseAt(node, restless('current_date and the like'));
    if (kind === 'FuncCall') {
      const names = (node['funcname'] as { String: { sval: string } }[]).map(
        (part) => part.String.sval,
      );
      const name = names.at(-1) ?? '';
      const isBuiltIn = names.length === 1 || names[0] === 'pg_catalog';
      const { args = [] } = node as { args?: readonly unknown[] };
      if (isBuiltIn && mayChange(name, args.length)) this.#refuseAt(node, restless(`${name}()`));
      this.calls.push({ name, offset: (node['location'] as number | undefined) ?? 0 });
    }
  }

  #refuseAt(node: Tree, message: string): void {
    this.refusals.push({ offset: (node['location'] as number | undefined) ?? 0, message });
  }
}

/** Why a model may not ask for something. */
export function restless(what: string): string {
  return `${what} would give another answer in each run; the report's time is in bronze.report_parameter`;
}

/** Keys of the parse tree that say where something stands, not what it is. */
const placeKeys = /^(?:location|stmt_location|stmt_len|(?:rexpr_)?list_(?:start|end))$/;

function treeDigest(tree: Tree): string {
  const text = JSON.stringify(tree, (key, value: unknown) =>
    typeof value === 'number' && placeKeys.test(key) ? undefined : value,
  );
  return createHash('sha256').update(text).digest('hex');
}

/** Postgres counts bytes of UTF-8, editors and JavaScript count characters. */
function byteToCharacter(text: string): (byteOffset: number) => number {
  const bytes = Buffer.from(text);
  if (bytes.length === text.length) return (byteOffset) => byteOffset;
  return (byteOffset) => bytes.toString('utf8', 0, byteOffset).length;
}
