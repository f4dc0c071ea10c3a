import type { PoolClient } from 'pg';
import { queryRows } from '../../warehouse/query-rows.js';
import type { Model, ModelColumn, ColumnTest } from '../models/model.js';
import { readInstead } from '../models/read-instead.js';
import type { TestFailure } from '../task-error.js';
import { literal, quote } from './relation.js';

/** A test as a query that returns the rows which are wrong. */
export interface TestQuery {
  /** Like `not_null(month)`, or a free test's own name. */
  readonly name: string;
  readonly sql: string;
}

/** What a test came to. */
export interface TestResult extends TestFailure {
  readonly sql: string;
  readonly durationMs: number;
}

/** Failing rows that are kept for each test. */
const keptRows = 20;

/** All tests of a model as queries on its candidate, which has the model's name in `pg_temp`. */
export async function testQueries(model: Model): Promise<TestQuery[]> {
  const candidate = `pg_temp.${quote(model.name)}`;
  const queries = model.columns.flatMap((column) =>
    column.tests.map((test) => columnTest(test, column, candidate)),
  );
  if (model.incremental !== undefined) {
    const key = model.incremental.key.map(quote).join(', ');
    queries.push({
      name: `key(${model.incremental.key.join(', ')})`,
      sql: `select ${key}, count(*) as rows from ${candidate} group by ${key} having count(*) > 1`,
    });
  }
  for (const { name, sql } of model.tests) {
    queries.push({ name, sql: await readInstead(sql.replace(/;\s*$/, ''), model, 'pg_temp') });
  }
  return queries;
}

function columnTest(test: ColumnTest, column: ModelColumn, candidate: string): TestQuery {
  const name = quote(column.name);
  switch (test.kind) {
    case 'not_null':
      return {
        name: `not_null(${column.name})`,
        sql: `select * from ${candidate} where ${name} is null`,
      };
    case 'unique':
      return {
        name: `unique(${column.name})`,
        sql: `select ${name}, count(*) as rows from ${candidate} where ${name} is not null group by ${name} having count(*) > 1`,
      };
    case 'accepted_values': {
      const values = test.values.map((value) => literal(String(value))).join(', ');
      return {
        name: `accepted_values(${column.name})`,
        sql: `select ${name}, count(*) as rows from ${candidate} where ${name} <> all (cast(array[${values}] as ${column.type}[])) group by ${name}`,
      };
    }
  }
}

/** Runs one test and keeps its first failing rows. */
export async function runTest(client: PoolClient, test: TestQuery): Promise<TestResult> {
  const started = performance.now();
  const [found] = await queryRows<{ count: bigint; rows: unknown[] | null }>(
    client,
    `with failing as materialized (${test.sql}\n)
    select
      (select count(*) from failing) as count,
      (select json_agg(kept) from (select * from failing limit ${keptRows}) as kept) as rows`,
  );
  return {
    test: test.name,
    sql: test.sql,
    count: Number(found?.count ?? 0),
    rows: found?.rows ?? [],
    durationMs: performance.now() - started,
  };
}
