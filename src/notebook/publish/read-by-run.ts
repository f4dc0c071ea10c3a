import pg, { type ClientBase } from 'pg';
import type { QueryRecord } from '../../warehouse/query/query-record.js';
import { queryRows } from '../../warehouse/query/query-rows.js';
import { relationStates, type RelationStates } from '../../history/relation-states.js';
import { parseStatements } from '../../parse-sql/parse-statements.js';
import { queryNames } from '../../parse-sql/query-names.js';

/** A query of a notebook as it is kept with the run. */
export interface NotebookQuery {
  readonly sql: string;
  /** The values of `$1`, `$2`, … as text without secrets; left out where there are none. */
  readonly parameters?: readonly (string | null)[];
  /** What it names, as Postgres's parser sees it. */
  readonly tables: readonly string[];
  /** Null: it failed. */
  readonly rows: number | null;
  readonly milliseconds: number;
  /** The cell that ran when it was asked, from 1; null: none did. */
  readonly cell: number | null;
}

/** What the queries of a run read. */
export interface ReadByRun {
  readonly queries: readonly NotebookQuery[];
  readonly tables: RelationStates;
  /** Why it is unknown whether the answers are still the same; null: it is known. */
  readonly unknown: string | null;
}

/** Queries that are kept of one run. */
const keptQueries = 1000;

/**
 * What a run read, with the state of it.
 *
 * @param cellAt - The cell that ran at a moment (milliseconds since 1970).
 * @param client - Sees the warehouse as the run saw it.
 * @param loadedSchema - The schema that files are loaded into.
 */
export async function readByRun(
  records: readonly QueryRecord[],
  cellAt: (time: number) => number | null,
  client: ClientBase,
  loadedSchema: string,
): Promise<ReadByRun> {
  const relations = new Set<string>();
  const reads = new Map<string, readonly string[]>();
  const functions = new Set<string>();
  let unknown: string | null = null;
  for (const { sql } of records) {
    if (reads.has(sql)) continue;
    const read = await readBySql(sql);
    const named = read?.relations ?? [];
    for (const relation of named) relations.add(relation);
    reads.set(sql, named);
    for (const name of read?.functions ?? []) functions.add(name);
    if (read?.volatile !== undefined) unknown ??= `a query asks for ${read.volatile}`;
  }
  const changing = await volatileFunction(client, [...functions]);
  if (changing !== undefined) unknown ??= `a query asks for ${changing}()`;
  const tables = await relationStates(client, [...relations], loadedSchema);
  const unknowable = Object.keys(tables).find((name) => tables[name] === null);
  if (unknowable !== undefined) unknown ??= `nobody can tell whether ${unknowable} changed`;
  return {
    queries: records
      .slice(0, keptQueries)
      .map(({ sql, parameters, rows, milliseconds, startedAt }) => ({
        ...{ sql, tables: reads.get(sql) ?? [], rows, milliseconds },
        ...(parameters === undefined ? {} : { parameters: parameters.map(shortened) }),
        cell: cellAt(startedAt),
      })),
    tables,
    unknown,
  };
}

/** Characters of a parameter that are kept. Secrets are masked before: half a one would not be found. */
const longestParameter = 200;

function shortened(text: string | null): string | null {
  return text !== null && text.length > longestParameter
    ? `${text.slice(0, longestParameter)}…`
    : text;
}

/** The first of these functions that Postgres declares volatile; undefined: none is. */
async function volatileFunction(
  client: ClientBase,
  names: readonly string[],
): Promise<string | undefined> {
  if (names.length === 0) return undefined;
  const [found] = await queryRows<{ name: string }>(
    client,
    `select proname as name from pg_proc where proname = any ($1) and provolatile = 'v'
    order by proname limit 1`,
    [names],
  );
  return found?.name;
}

/** What a query of a notebook reads, as far as its text tells. */
interface ReadBySql {
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
