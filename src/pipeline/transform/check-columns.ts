// Check of a model's columns against its header.

import type { PoolClient } from 'pg';
import { DaybookError } from '../../errors.js';
import { quote } from '../../warehouse/query/sql-text.js';
import { sqlstateOf } from '../../warehouse/query/sqlstate.js';
import type { Model } from '../definitions/model.js';
import type { RelationColumn } from './publish/relation.js';

/**
 * Compares the query's columns with the header's: names, order, types. Types are compared by Postgres, so `int` is
 * `integer`. Nothing is executed.
 *
 * @throws DaybookError `MODEL_FAILED` naming every difference.
 */
export async function checkColumns(
  client: PoolClient,
  model: Model,
  actual: readonly RelationColumn[],
): Promise<void> {
  const declared = await declaredColumns(client, model);
  const problems = [
    ...declared.flatMap(({ name, type }) => {
      const found = actual.find((column) => column.name === name);
      if (found === undefined) return [`column ${name} is declared but not selected`];
      return found.type === type
        ? []
        : [`column ${name} is declared as ${type} but is ${found.type}`];
    }),
    ...actual
      .filter(({ name }) => !declared.some((column) => column.name === name))
      .map(({ name, type }) => `column ${name} (${type}) is selected but not declared`),
  ];
  if (problems.length === 0 && declared.some(({ name }, index) => actual[index]?.name !== name)) {
    problems.push(
      `the columns are selected in another order: ${actual.map((column) => column.name).join(', ')}`,
    );
  }
  if (problems.length === 0) return;
  throw new DaybookError('MODEL_FAILED', `the header does not fit: ${problems.join('; ')}`, {
    where: model.file,
    hint: 'declare every column of the query in the header, in its order and with its type',
  });
}

/** A function that a query calls, by `pg_proc`. */
export interface QueryFunction {
  readonly name: string;
  /** Its name and argument types as SQL. */
  readonly signature: string;
  /** `i` immutable, `s` stable, `v` volatile. */
  readonly volatility: 'i' | 's' | 'v';
  readonly isBuiltIn: boolean;
  readonly argumentCount: number;
}

/** The server's analysis of a query, without running it. */
export interface DescribedQuery {
  readonly columns: RelationColumn[];
  /** Functions called by name, operator, aggregate or cast. */
  readonly functions: QueryFunction[];
}

/** The columns of a query and the functions that it calls, without running it. */
export async function describeQuery(client: PoolClient, sql: string): Promise<DescribedQuery> {
  await client.query('savepoint describe');
  // A view has the columns that `create table as` would have; it is rolled back.
  await client.query(`${describePrefix}${sql}`);
  const { rows: columns } = await client.query<RelationColumn>(
    `select attname as name, format_type(atttypid, atttypmod) as type
    from pg_attribute
    where attrelid = 'pg_temp.described_query'::regclass and attnum > 0
    order by attnum`,
  );
  // A view is stored as the analysed tree of its query, with the oid of each function.
  const { rows: functions } = await client.query<QueryFunction>(
    `select
      proname as name, oid::regprocedure::text as signature, provolatile as volatility,
      pronamespace = 'pg_catalog'::regnamespace as "isBuiltIn", pronargs as "argumentCount"
    from pg_proc
    -- What only waits, like pg_sleep, gives no answer that could change.
    where (prorettype <> 'void'::regtype or pronamespace <> 'pg_catalog'::regnamespace) and oid in (
      select found[1]::oid
      from pg_rewrite, regexp_matches(ev_action::text, $1, 'g') as found
      where ev_class = 'pg_temp.described_query'::regclass
    )
    order by proname`,
    [':(?:funcid|opfuncid|aggfnoid|winfnoid) ([0-9]+)'],
  );
  await client.query('rollback to savepoint describe');
  return { columns, functions };
}

/** The text before the query, by which positions in Postgres's errors are shifted. */
export const describePrefix = 'create temp view described_query as\n';

async function declaredColumns(client: PoolClient, model: Model): Promise<RelationColumn[]> {
  const casts = model.columns.map(({ name, type }) => `cast(null as ${type}) as ${quote(name)}`);
  try {
    return (await describeQuery(client, `select ${casts.join(', ')}`)).columns;
  } catch (cause) {
    if (sqlstateOf(cause) === undefined) throw cause;
    const message = 'the header names a type that Postgres does not know';
    throw new DaybookError('MODEL_FAILED', message, { where: model.file, cause });
  }
}
