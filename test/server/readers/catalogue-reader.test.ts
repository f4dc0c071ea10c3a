import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createCatalogueReader,
  relationsSql,
  statementsSql,
} from '../../../src/server/readers/catalogue-reader.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';

const [relations, runs] = [40, 250];
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  // Of each relation: built by the first run alone, found unchanged by the others, tested by all of them.
  await database.owner.query(`
    do $$ begin
      for i in 1 .. ${relations} loop execute format('create table gold.t%s (n int)', i); end loop;
      execute 'create view gold.v as select 1 as n';
    end $$`);
  await database.owner.query(`
    with run as (
      insert into ops.pipeline_run (status, trigger, data_dir, time_zone, started_at, finished_at)
      select 'passed', 'command', '', 'UTC', now(), now() from generate_series(1, ${runs})
      returning run_id
    )
    insert into ops.task_run (run_id, task, kind, status, row_count, sql, finished_at)
    select
      run_id, task.name, task.kind,
      case when task.kind = 'test' or run_id = (select min(run_id) from run) then 'passed' else 'unchanged' end,
      case task.kind when 'model' then run_id end,
      case when task.kind <> 'test' and run_id = (select min(run_id) from run) then 'select ' || task.name end,
      now()
    from
      run,
      (
        select 'gold.t' || i as name, 'model' as kind from generate_series(1, ${relations}) as i
        union all select 'gold.v', 'view'
        union all select 'gold.t' || i || ':' || test, 'test'
          from generate_series(1, ${relations}) as i, unnest(array['not_null(n)', 'unique(n)']) as test
      ) as task`);
  await database.owner.query('analyze ops.task_run');
});

afterAll(async () => {
  await database.drop();
});

test('of each relation the newest tasks are told, its own alone', async () => {
  const reader = createCatalogueReader(database.reader);
  const found = await reader.readRelations();
  const [last] = (
    await database.owner.query<{ id: string }>(
      'select max(run_id)::text as id from ops.pipeline_run',
    )
  ).rows;
  // t1 is not t10, although its name begins so.
  expect(found.find(({ id }) => id === 'gold.t1')).toMatchObject({
    builtBy: String(Number(last?.id) - runs + 1),
    rowCount: Number(last?.id),
    isEstimate: false,
    tests: [
      { name: 'not_null(n)', status: 'passed', runId: last?.id },
      { name: 'unique(n)', status: 'passed', runId: last?.id },
    ],
  });
  expect(found.find(({ id }) => id === 'gold.v')).toMatchObject({ kind: 'view', tests: [] });
  const sql = await reader.readSql();
  expect(sql.size).toBe(relations + 1);
  expect(sql.get('gold.t7')).toBe('select gold.t7');
});

interface PlanNode {
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

/** How many tasks a plan read, with those that it threw away. */
function tasksRead(node: PlanNode): number {
  const own =
    node['Relation Name'] === 'task_run'
      ? (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']
      : 0;
  return (node.Plans ?? []).reduce((sum, child) => sum + tasksRead(child), own);
}

test.each([
  ['relations', relationsSql],
  ['statements', statementsSql],
])('the query of %s reads the newest tasks and not the history', async (_, sql) => {
  const { rows } = await database.owner.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
    `explain (analyze, timing off, format json) ${sql}`,
  );
  const read = tasksRead(rows[0]!['QUERY PLAN'][0].Plan);
  expect(read).toBeGreaterThan(relations);
  expect(read).toBeLessThan(relations * 10);
});
