// @module-tag heavy
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { event, model, pipelineWorkspace } from './pipeline-workspace.js';
import type { PipelineReport } from '../../src/history/reports/pipeline-report.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const january = event(1, '2019-01-05T10:00:00-05:00') + event(2, '2019-01-06T10:00:00-05:00');
const files = {
  'data/a.log': january,
  'sql/bronze/login.sql': model(
    'account: { type: bigint }, occurred_at: { type: timestamptz }',
    "select account, occurred_at from bronze.log_event where log_type = 'LOGIN'",
    'materialized: view\n',
  ),
  'sql/silver/account.sql': model(
    'account: { type: bigint }',
    'select distinct account from bronze.login',
  ),
  'sql/gold/total.sql': model('n: { type: bigint }', 'select count(*) as n from silver.account'),
  'sql/gold/zone.sql': model(
    'z: { type: text }',
    'select time_zone as z from bronze.report_parameter',
  ),
};

/** What was built, with its reason. */
const built = (report: PipelineReport) =>
  Object.fromEntries(
    report.models.flatMap((each) =>
      each.isBuilt ? [[each.model, `${each.status}: ${each.reason}`]] : [],
    ),
  );

async function total(): Promise<unknown> {
  return (await database.owner.query<{ n: bigint }>('select n from gold.total')).rows[0]?.n;
}

describe('a model of which nothing changed is not built', () => {
  test('new rows are followed as far as they change something', async () => {
    const { run, write } = pipelineWorkspace(database, files);
    expect(Object.keys(built(await run()))).toHaveLength(4);
    const again = await run();
    expect(again.status).toBe('passed');
    expect(built(again)).toEqual({});
    expect(again.models.map(({ model: id, status, rows }) => [id, status, rows]).sort()).toEqual([
      ['bronze.login', 'unchanged', null],
      ['gold.total', 'unchanged', 1],
      ['gold.zone', 'unchanged', 1],
      ['silver.account', 'unchanged', 2],
    ]);
    const { rows: tasks } = await database.owner.query(
      'select task, status, reason, row_count::int from ops.task_run where run_id = $1 order by 1 limit 2',
      [again.runId],
    );
    const reason = 'nothing that it is made of changed';
    expect(tasks).toEqual([
      { task: 'bronze.login', status: 'unchanged', reason, row_count: null },
      { task: 'gold.total', status: 'unchanged', reason, row_count: 1 },
    ]);

    // The same accounts once more: their table stays as it is, so nothing that reads it is built.
    write('data/b.log', january.replaceAll('T10:', 'T11:'));
    expect(built(await run())).toEqual({ 'silver.account': 'unchanged: bronze.login changed' });
    write('data/c.log', event(3, '2019-01-07T10:00:00-05:00'));
    expect(built(await run())).toEqual({
      'silver.account': 'passed: bronze.login changed',
      'gold.total': 'passed: silver.account changed',
    });
    expect(await total()).toBe(3n);
  });

  test('a changed file of a model is followed by those that read it', async () => {
    const { run, write } = pipelineWorkspace(database, files);
    await run();
    write(
      'sql/bronze/login.sql',
      files['sql/bronze/login.sql'].replace("= 'LOGIN'", "= 'LOGIN' and account > 1"),
    );
    expect(built(await run())).toEqual({
      'bronze.login': 'passed: its file changed',
      'silver.account': 'passed: bronze.login changed',
      'gold.total': 'passed: silver.account changed',
    });
    expect(await total()).toBe(1n);
    write(
      'sql/gold/total.sql',
      files['sql/gold/total.sql'].replace('description: d', 'description: e'),
    );
    expect(built(await run())).toEqual({
      'gold.total': 'unchanged: only its descriptions or indexes changed',
    });
    const { rows } = await database.owner.query(
      `select obj_description('gold.total'::regclass) as d`,
    );
    expect(rows).toEqual([{ d: 'e' }]);
    expect(built(await run())).toEqual({});
  });

  test('a selected model alone does not hide from the others what it has not seen', async () => {
    const { run, write } = pipelineWorkspace(database, files);
    await run();
    write('data/b.log', event(3, '2019-01-07T10:00:00-05:00'));
    // Built on accounts that are not up to date themselves.
    expect(built(await run({ select: ['gold.total'] }))).toEqual({});
    expect(Object.keys(built(await run()))).toEqual(['silver.account', 'gold.total']);
    expect(await total()).toBe(3n);
  });

  test('after a failure the model and those behind it are built', async () => {
    const { run, write } = pipelineWorkspace(database, files);
    await run();
    write('data/b.log', event(3, '2019-01-07T10:00:00-05:00'));
    write(
      'sql/silver/account.sql',
      files['sql/silver/account.sql'].replace('distinct', 'distinct 1/0 as x,'),
    );
    expect((await run()).models.map(({ model: id, status }) => [id, status]).sort()).toEqual([
      ['bronze.login', 'unchanged'],
      ['gold.total', 'upstream_failed'],
      ['gold.zone', 'unchanged'],
      ['silver.account', 'failed'],
    ]);
    expect(await total()).toBe(2n);
    write('sql/silver/account.sql', files['sql/silver/account.sql']);
    expect(Object.keys(built(await run()))).toEqual(['silver.account', 'gold.total']);
    expect(await total()).toBe(3n);
  });

  test('a table that somebody dropped or made anew is built, and a full refresh builds everything', async () => {
    const { run } = pipelineWorkspace(database, files);
    await run();
    await database.owner.query('drop table gold.total');
    expect(Object.keys(built(await run()))).toEqual(['gold.total']);
    await database.owner.query(
      'drop table gold.total; create table gold.total as select 9::bigint as n',
    );
    expect(Object.keys(built(await run()))).toEqual(['gold.total']);
    expect(await total()).toBe(2n);
    const full = await run({ fullRefresh: true });
    expect(Object.keys(built(full))).toHaveLength(4);
    expect(new Set(full.models.map(({ status }) => status))).toEqual(new Set(['unchanged']));
    expect(built(await run())).toEqual({});
  });

  test('the configuration of the report is an input like others', async () => {
    const { run, root } = pipelineWorkspace(database, files);
    await run();
    const config = {
      ...database.config,
      root,
      dataDir: `${root}/data`,
      reportTimeZone: 'Asia/Tokyo',
    };
    expect(built(await run({ config }))).toEqual({
      'gold.zone': 'passed: bronze.report_parameter changed',
    });
  });
});

test('a view whose model goes is dropped while the table below it changes, and blocks nothing later', async () => {
  const table = (types: string, sql: string) => model(types, sql);
  const { run, write, root } = pipelineWorkspace(database, {
    'data/a.log': event(1, '2019-01-05T10:00:00Z'),
    'sql/gold/base.sql': table(
      'id: { type: bigint }, n: { type: int }',
      'select account as id, 1 as n from bronze.log_event',
    ),
    'sql/gold/shown.sql': model(
      'n: { type: int }',
      'select n from gold.base',
      'materialized: view\n',
    ),
  });
  expect(await run()).toMatchObject({ status: 'passed' });
  rmSync(join(root, 'sql/gold/shown.sql'));
  write(
    'sql/gold/base.sql',
    table(
      'id: { type: bigint }, n: { type: numeric }',
      'select account as id, 1::numeric as n from bronze.log_event',
    ),
  );
  expect(await run()).toMatchObject({ status: 'passed', dropped: ['gold.shown'] });
  const { rows } = await database.owner.query("select to_regclass('gold.shown') as shown");
  expect(rows).toEqual([{ shown: null }]);
  write(
    'sql/gold/base.sql',
    table('id: { type: bigint }', 'select account as id from bronze.log_event'),
  );
  expect(await run()).toMatchObject({ status: 'passed', dropped: [] });
});
