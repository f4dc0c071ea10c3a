// The tables that a run's queries read, for the next decision whether to run.

import pg, { type ClientBase } from 'pg';
import type { QueryRecord } from '../../warehouse/query/query-record.js';
import { queryRows } from '../../warehouse/query/query-rows.js';
import { relationStates, type RelationStates } from '../../history/models/relation-states.js';
import { parseStatements } from '../../parse-sql/parse-statements.js';
import { queryNames } from '../../parse-sql/query-names.js';

/** A query as stored with the run. */
export interface NotebookQuery {
  readonly sql: string;
  /** The values of `$1`, `$2`, … as text without secrets; absent without any. */
  readonly parameters?: readonly (string | null)[];
  /** The relations that it names, by Postgres's parser. */
  readonly tables: readonly string[];
  /** Null: it failed. */
  readonly rows: number | null;
  readonly milliseconds: number;
  /** The cell that ran at that time, from 1; null: none. */
  readonly cell: number | null;
}

/** The relations and queries of a run. */
export interface ReadByRun {
  readonly queries: readonly NotebookQuery[];
  readonly tables: RelationStates;
  /** Why the results may change in any case; null: they do not. */
  readonly unknown: string | null;
}

/** The most queries stored with a run. */
const keptQueries = 1000;

/**
 * The relations that a run read, with their state.
 *
 * @param cellAt - The cell that ran at an instant (milliseconds since 1970).
 * @param client - On the run's snapshot.
 * @param loadedSchema - The schema of loaded tables.
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

/** The longest stored parameter, in characters. Secrets are masked before it is cut. */
const longestParameter = 200;

function shortened(text: string | null): string | null {
  return text !== null && text.length > longestParameter
    ? `${text.slice(0, longestParameter)}…`
    : text;
}

/** The first volatile function by `pg_proc`; undefined: none. */
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

/** The reads of a query, as far as its text shows them. */
interface ReadBySql {
  /** Names of relations as SQL; unqualified ones as written. */
  readonly relations: readonly string[];
  /** A volatile expression: `now()`; undefined: none. */
  readonly volatile: string | undefined;
  /** Functions that are called, without their schema. */
  readonly functions: readonly string[];
}

/**
 * Finds what SQL reads, at any depth.
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
