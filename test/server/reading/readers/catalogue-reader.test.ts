import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createCatalogueReader,
  relationsSql,
  statementsSql,
} from '../../../../src/server/reading/readers/catalogue-reader.js';
import { defaultSchemas } from '../../../../src/config/project/project-settings.js';
import { createTestDatabase, type TestDatabase } from '../../../database.js';
import { tasksRead } from './tasks-read.js';

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

test.each([
  ['relations', relationsSql, [null, defaultSchemas.names]],
  ['statements', statementsSql, []],
])('the query of %s reads the newest tasks and not the history', async (_, sql, values) => {
  const read = await tasksRead(database.owner, sql, values);
  expect(read).toBeGreaterThan(relations);
  expect(read).toBeLessThan(relations * 10);
});

test('relations are told by name, too', async () => {
  const reader = createCatalogueReader(database.reader);
  const found = await reader.readRelations(['gold.v', 'gold.t7', 'gold.none']);
  expect(found.map(({ id }) => id)).toEqual(['gold.t7', 'gold.v']);
});
