// Data tests of models: a new kind of test becomes SQL here.

import type { PoolClient } from 'pg';
import { queryRows } from '../../warehouse/query/query-rows.js';
import {
  relationId,
  type ColumnTest,
  type Model,
  type ModelColumn,
  type ModelTest,
} from '../definitions/model.js';
import { literal, qualified, quote } from '../../warehouse/query/sql-text.js';
import { substituteSchema } from './increment/substitute-schema.js';
import { foundBy, type TestFailure } from '../../history/reports/task-error.js';

/** A test as a query that returns wrong rows. */
export interface TestQuery {
  /** Like `not_null(month)`, or a free test's own name. */
  readonly name: string;
  /** `key`: of the key of an incremental model. */
  readonly kind: ColumnTest['kind'] | ModelTest['kind'] | 'key';
  /** The column of a test of one. */
  readonly column?: string;
  readonly sql: string;
  /** The offset of a free test in the model's file, in characters. */
  readonly offset?: number;
  /** The meaning of the query's rows; default: each is a wrong row. */
  readonly counts?: Counts;
}

/**
 * For a query that does not return wrong rows. `groups`: values, each with its number of rows. `whole`: one row
 * about the table, with the deviation and the value, as SQL.
 */
type Counts =
  | { readonly kind: 'groups'; readonly of: readonly string[]; readonly times: string }
  | { readonly kind: 'whole'; readonly off: string; readonly found: string };

/** The counting column of a query grouped by these columns, with a name that none of them has. */
function grouped(of: readonly string[]): Extract<Counts, { kind: 'groups' }> {
  const times = ['rows', 'count', 'times'].find((name) => !of.includes(name)) ?? 'number';
  return { kind: 'groups', of, times };
}

/** The result of a test. */
export interface TestResult extends TestFailure {
  readonly sql: string;
  readonly durationMs: number;
}

/** Failing rows that are kept for each test. */
const keptRows = 20;
/** Characters of each of them, as JSON; a longer one is kept as cut text. */
const keptCharacters = 4000;

/** All tests of a model as queries on its candidate in `pg_temp`. */
export function testQueries(model: Model): TestQuery[] {
  const candidate = `pg_temp.${quote(model.name)}`;
  const queries = model.columns.flatMap((column) =>
    column.tests.map((test): TestQuery => ({
      ...columnTest(test, column, model, candidate),
      ...{ kind: test.kind, column: column.name },
    })),
  );
  if (model.incremental !== undefined) {
    const key = model.incremental.key.map(quote).join(', ');
    const counts = grouped(model.incremental.key);
    queries.push({
      name: `key(${model.incremental.key.join(', ')})`,
      kind: 'key',
      counts,
      sql: `select ${key}, count(*) as ${counts.times} from ${candidate} group by ${key} having count(*) > 1 order by count(*) desc`,
    });
  }
  return [
    ...queries,
    ...model.tests.map((test) => ({ ...modelTest(test, model, candidate), kind: test.kind })),
  ];
}

function modelTest(test: ModelTest, model: Model, candidate: string): Omit<TestQuery, 'kind'> {
  switch (test.kind) {
    case 'sql': {
      const query = model.testQueries.get(test.sql);
      const sql = query === undefined ? test.sql : substituteSchema(query, model, 'pg_temp');
      return { name: test.name, sql, offset: test.offset };
    }
    case 'row_count': {
      const { min, max } = test;
      const tooMany = max === undefined ? '' : ` or count(*) > ${max}`;
      return {
        name: `row_count(${min} to ${max ?? 'any'})`,
        sql: `select count(*) as rows from ${candidate} having count(*) < ${min}${tooMany}`,
        counts: {
          kind: 'whole',
          off: `greatest(${min} - rows, rows - ${max ?? 'rows'})`,
          found: `rows || case rows when 1 then ' row' else ' rows' end`,
        },
      };
    }
    case 'freshness': {
      const newest = `max(${quote(test.column)})`;
      const oldest = `clock_timestamp() - ${literal(test.within)}::interval`;
      return {
        name: `freshness(${test.column}, ${test.within})`,
        sql: `select ${newest} as newest, count(*) as rows from ${candidate} having ${newest} is null or ${newest} < ${oldest}`,
        counts: {
          kind: 'whole',
          off: 'greatest(rows, 1)',
          found: `coalesce('newest: ' || newest, 'none has one')`,
        },
      };
    }
  }
}

function columnTest(
  test: ColumnTest,
  column: ModelColumn,
  model: Model,
  candidate: string,
): Omit<TestQuery, 'kind'> {
  const name = quote(column.name);
  const counts = grouped([column.name]);
  const { times } = counts;
  switch (test.kind) {
    case 'not_null':
      return {
        name: `not_null(${column.name})`,
        sql: `select * from ${candidate} where ${name} is null`,
      };
    case 'unique':
      return {
        name: `unique(${column.name})`,
        counts,
        sql: `select ${name}, count(*) as ${times} from ${candidate} where ${name} is not null group by ${name} having count(*) > 1 order by 2 desc, ${name}::text`,
      };
    case 'accepted_values': {
      const values = test.values.map((value) => literal(String(value))).join(', ');
      return {
        name: `accepted_values(${column.name})`,
        counts,
        sql: `select ${name}, count(*) as ${times} from ${candidate} where ${name} <> all (cast(array[${values}] as ${column.type}[])) group by ${name} order by 2 desc, ${name}::text`,
      };
    }
    case 'relationships': {
      const { to, column: key } = test;
      // Of the model itself, the candidate has the rows that will be published.
      const parent = relationId(to) === model.id ? candidate : qualified(to);
      return {
        name: `relationships(${column.name}, ${relationId(to)}.${key})`,
        counts,
        sql: `select ${name}, count(*) as ${times} from ${candidate} as candidate where ${name} is not null and not exists (select from ${parent} as parent where parent.${quote(key)} = candidate.${name}) group by ${name} order by 2 desc, ${name}::text`,
      };
    }
  }
}

/** The most values that a message names. */
const namedValues = 3;
/** Characters of each of them. */
const namedCharacters = 40;

/** Runs a test and keeps its first failing rows. */
export async function runTest(client: PoolClient, test: TestQuery): Promise<TestResult> {
  const started = performance.now();
  const { counts } = test;
  const [count, words] =
    counts === undefined
      ? ['count(*)', 'max(null::text)']
      : counts.kind === 'groups'
        ? [`coalesce(sum(${counts.times}), 0)::bigint`, 'max(null::text)']
        : [`coalesce(max(${counts.off}), 0)::bigint`, `max(${counts.found})`];
  const [found] = await queryRows<{ count: bigint; rows: unknown[] | null; words: string | null }>(
    client,
    `with failing as materialized (${test.sql}\n)
    select
      (select ${count} from failing) as count,
      (select ${words} from failing) as words,
      (
        select json_agg(
          case when length(row) <= ${keptCharacters} then row::json else to_json(left(row, ${keptCharacters})) end
        )
        from (select to_json(failing.*)::text as row from failing limit ${keptRows}) as kept
      ) as rows`,
  );
  const total = Number(found?.count ?? 0);
  const rows = found?.rows ?? [];
  const groups = counts?.kind === 'groups' ? groupsFound(total, rows, counts) : undefined;
  return {
    test: test.name,
    sql: test.sql,
    count: total,
    rows,
    found: found?.words ?? groups,
    durationMs: performance.now() - started,
  };
}

/** `12 rows: "green" ×9, "blue" ×3`. */
function groupsFound(
  count: number,
  rows: readonly unknown[],
  { of, times }: Extract<Counts, { kind: 'groups' }>,
): string {
  const values = rows.slice(0, namedValues).flatMap((row) => {
    if (typeof row !== 'object' || row === null) return [];
    const fields = row as Readonly<Record<string, unknown>>;
    const value = of.map((name) => JSON.stringify(fields[name])).join(', ');
    const short = value.length > namedCharacters ? `${value.slice(0, namedCharacters)}…` : value;
    const often = Number(fields[times]);
    return [often === 1 ? short : `${short} ×${often}`];
  });
  const more = rows.length > namedValues ? ', …' : '';
  return `${foundBy({ count })}: ${values.join(', ')}${more}`;
}
