import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listRuns, listTasks, findUnfinished } from '../../../src/history/runs/run-history.js';
import { withRunLock } from '../../../src/history/runs/run-lock.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { event, model, pipelineWorkspace } from '../../pipeline/pipeline-workspace.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const files = {
  'data/a.log': event(1, '2019-01-05T10:00:00-05:00'),
  'sql/silver/a.sql': model('n: { type: bigint }', 'select count(*) as n from bronze.log_event'),
  'sql/gold/b.sql': model('n: { type: bigint }', 'select n / (n - 1) as n from silver.a'),
  'sql/gold/c.sql': model('n: { type: bigint }', 'select n from gold.b'),
  'sql/gold/d.sql': model('n: { type: bigint }', 'select n from silver.a'),
};

describe('a run that failed', () => {
  test('is resumed with what failed and what follows it', async () => {
    const { run, write } = pipelineWorkspace(database, files);
    const failed = await run();
    expect(failed.status).toBe('failed');
    const unfinished = await findUnfinished(database.owner, 'last');
    expect(unfinished).toMatchObject({ runId: failed.runId });
    expect([...unfinished.models].sort()).toEqual(['gold.b', 'gold.c']);
    write('sql/gold/b.sql', files['sql/gold/b.sql'].replace('n - 1', 'n + 1'));
    const resumed = await run({ select: unfinished.models });
    expect(resumed.status).toBe('passed');
    expect(resumed.models.map(({ model: id, status }) => [id, status])).toEqual([
      ['gold.b', 'passed'],
      ['gold.c', 'passed'],
    ]);
    await expect(findUnfinished(database.owner, 'last')).rejects.toMatchObject({ code: 'USAGE' });
    expect((await run()).models.every(({ isBuilt }) => !isBuilt)).toBe(true);
  });

  test('in a file is resumed with that file and all models, in the same folder', async () => {
    const whole = gzipSync(event(2, '2019-01-06T10:00:00-05:00').repeat(100));
    const { root, run, write } = pipelineWorkspace(database, {
      ...files,
      'sql/gold/b.sql': model('n: { type: bigint }', 'select n + 1 as n from silver.a'),
      'elsewhere/a.log': files['data/a.log'],
      'elsewhere/b.log.gz': whole.subarray(0, 60),
    });
    const failed = await run({ dataDir: join(root, 'elsewhere') });
    expect(failed).toMatchObject({ status: 'failed', models: [] });
    const { runId, dataDir, models } = await findUnfinished(database.owner, String(failed.runId));
    expect({ runId, dataDir, models: [...models].sort() }).toEqual({
      ...{ runId: failed.runId, dataDir: join(root, 'elsewhere') },
      models: ['gold.b', 'gold.c', 'gold.d', 'silver.a'],
    });
    write('elsewhere/b.log.gz', whole);
    const resumed = await run({ dataDir, select: models });
    expect(resumed).toMatchObject({ status: 'passed', unchangedFiles: 1, lines: { loaded: 100 } });
    expect(resumed.files.map(({ file }) => file)).toEqual(['b.log.gz']);
    expect((await database.owner.query('select n from gold.d')).rows).toEqual([{ n: 101n }]);
  });

  test('in a data test or by its SQL is resumed with that model and what follows; its error has a place', async () => {
    const { run, write } = pipelineWorkspace(database, {
      ...files,
      'sql/gold/b.sql': model(
        'n: { type: bigint, tests: [{ accepted_values: [2] }] }',
        'select n from silver.a',
      ),
      'sql/gold/wrong.sql': model('n: { type: bigint }', 'select nn\n  from silver.a'),
    });
    const failed = await run();
    expect(failed.status).toBe('failed');
    const tasks = await listTasks(database.owner, failed.runId);
    const errors = Object.fromEntries(
      tasks.map(({ task, status, error }) => [task, [status, error]]),
    );
    expect(errors).toMatchObject({
      'gold.b': ['failed', { code: 'TEST_FAILED', failures: [{ rows: [{ n: 1 }] }] }],
      'gold.c': ['upstream_failed', null],
      'gold.d': ['passed', null],
      // undefined_column, where the name stands.
      'gold.wrong': [
        'failed',
        { code: 'MODEL_FAILED', sqlstate: '42703', where: 'sql/gold/wrong.sql:5:8' },
      ],
    });
    const { models } = await findUnfinished(database.owner, 'last');
    expect([...models].sort()).toEqual(['gold.b', 'gold.c', 'gold.wrong']);
    write('data/b.log', event(2, '2019-01-06T10:00:00-05:00'));
    write('sql/gold/wrong.sql', model('n: { type: bigint }', 'select n from silver.a'));
    // Only these are built: what the second file changes in silver.a is for the next run.
    const resumed = await run({ select: models });
    expect(resumed.models.map(({ model: id, status }) => [id, status]).sort()).toEqual([
      ['gold.b', 'failed'],
      ['gold.c', 'upstream_failed'],
      ['gold.wrong', 'passed'],
    ]);
    expect((await run()).status).toBe('passed');
    expect((await database.owner.query('select n from gold.c')).rows).toEqual([{ n: 2n }]);
  });

  test('in rows that jsonb cannot hold is kept with what it can', async () => {
    const { run } = pipelineWorkspace(database, {
      ...files,
      'sql/gold/odd.sql': model(
        'j: { type: json }',
        String.raw`select '{"nul\u0000": "\ud800", "slash": "\\u0000 \ud83d\ude00"}'::json as j`,
        'tests: [{ name: no row, sql: select * from gold.odd }]\n',
      ),
    });
    const report = await run();
    const tasks = await listTasks(database.owner, report.runId);
    expect(tasks.find(({ task }) => task === 'gold.odd')?.error).toMatchObject({
      failures: [{ rows: [{ j: { 'nul\ufffd': '\ufffd', slash: String.raw`\u0000 😀` } }] }],
    });
    expect(report.status).toBe('failed');
  });

  test('is tried again when the reason may go away, and only then', async () => {
    // A sequence is not rolled back, so the second attempt finds it further.
    await database.owner.query(`create schema crm; create sequence crm.attempt;
      create function crm.flaky() returns bigint stable language plpgsql as $$
      begin
        if nextval('crm.attempt') = 1 then raise exception 'later' using errcode = '40001'; end if;
        return 7;
      end $$`);
    const { run, events } = pipelineWorkspace(database, {
      ...files,
      'sql/gold/flaky.sql': model('n: { type: bigint }', 'select crm.flaky() as n'),
    });
    const report = await run();
    expect(report.models.find(({ model: id }) => id === 'gold.flaky')?.status).toBe('passed');
    expect(events.filter(({ type }) => type === 'task_retried')).toEqual([
      {
        ...{ type: 'task_retried', task: 'gold.flaky', attempt: 1, delayMs: 200 },
        error: expect.objectContaining({ code: 'MODEL_FAILED', sqlstate: '40001' }) as unknown,
      },
    ]);
    const tasks = await listTasks(database.owner, report.runId);
    // A division by zero gives the same again.
    expect(tasks.map(({ task, attempt }) => [task, attempt])).toEqual(
      expect.arrayContaining([
        ['gold.flaky', 2],
        ['gold.b', 1],
      ]),
    );
  });
});

test('what fails because the server ended all connections says that the connection was lost', async () => {
  const running = withRunLock(
    database.owner,
    { onWait: () => undefined, signal: new AbortController().signal },
    async () => {
      const other = await database.owner.connect();
      try {
        await other.query(
          `select pg_terminate_backend(pid, 60000) from pg_locks
          where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
        );
      } finally {
        other.release();
      }
      // As the driver says it of a connection that ended in the middle of a query.
      throw new Error('Connection terminated unexpectedly');
    },
  );
  await expect(running).rejects.toMatchObject({
    code: 'WAREHOUSE_LOST',
    message: 'the connection that holds the lock of this run was lost',
  });
});

test('what fails for a reason of its own is thrown as it is', async () => {
  const signal = new AbortController().signal;
  const error = new Error('mistaken');
  const running = withRunLock(database.owner, { onWait: () => undefined, signal }, () =>
    Promise.reject(error),
  );
  await expect(running).rejects.toBe(error);
});

test('a run whose process is gone is shown as interrupted, one that holds the lock as running', async () => {
  await database.owner.query(
    "insert into ops.pipeline_run (trigger, status, data_dir, time_zone) values ('test', 'running', '', 'UTC')",
  );
  const status = async () => (await listRuns(database.owner, 1))[0]?.status;
  expect(await status()).toBe('interrupted');
  const { signal } = new AbortController();
  const held = { signal, onWait: () => undefined };
  expect(await withRunLock(database.owner, held, status)).toBe('running');
  expect(await findUnfinished(database.owner, 'last')).toMatchObject({ models: [] });
  await database.owner.query(
    `insert into ops.task_run (run_id, task, kind, status)
    select run_id, 'gold.' || stored, 'model', stored
    from ops.pipeline_run, unnest(array['passed', 'pending', 'running']) as stored`,
  );
  const states = async () => {
    const { rows } = await database.reader.query<{ state: string }>(
      'select state from ops.task_run_state order by task',
    );
    return rows.map(({ state }) => state);
  };
  expect(await states()).toEqual(['passed', 'skipped', 'failed']);
  expect(await withRunLock(database.owner, held, states)).toEqual(['passed', 'pending', 'running']);
});

test('the plan of each table that was built is kept, with the rows that came at each step', async () => {
  const { run } = pipelineWorkspace(database, {
    ...files,
    'sql/gold/b.sql': model('n: { type: bigint }', 'select generate_series(1, 3)::bigint as n'),
    'sql/gold/d.sql': model(
      'n: { type: bigint }',
      'select n from silver.a',
      'materialized: view\n',
    ),
  });
  const tasks = await listTasks(database.owner, (await run()).runId);
  const plans = Object.fromEntries(tasks.map(({ task, plan }) => [task, plan?.[0].Plan]));
  expect(plans).toMatchObject({
    'silver.a': { 'Node Type': 'Aggregate', 'Actual Rows': 1, Plans: [{ 'Actual Rows': 1 }] },
    'gold.b': { 'Actual Rows': 3 },
    'gold.c': { 'Relation Name': 'b', 'Actual Rows': 3 },
    'gold.d': undefined,
    'load:a.log': undefined,
  });
  // What is kept of the SQL is what can be run again.
  expect(tasks.find(({ task }) => task === 'gold.b')?.sql).toMatch(/^create temp table "b"/);
});

test('old runs are deleted at the end of a run, beyond a number and beyond an age', async () => {
  const { run, root } = pipelineWorkspace(database, files);
  await database.owner.query(
    `insert into ops.pipeline_run (trigger, status, data_dir, time_zone, started_at)
    select 'test', case when n in (1, 2) then 'passed' else 'failed' end, '', 'UTC', clock_timestamp() - make_interval(days => 40 - n)
    from generate_series(1, 20) as n;
    insert into publication.notebook (slug, path, title) values ('a', 'a.ipynb', 'A');
    insert into publication.notebook_run (slug, status, document, kernel, pipeline_run_id, started_at, finished_at)
    values ('a', 'passed', '{}', '{}', 1, now(), now())`,
  );
  const after = async (keepRuns: { runs: number; days: number }) => {
    await run({ config: { ...database.config, root, dataDir: `${root}/data`, keepRuns } });
    return (await listRuns(database.owner, 100)).map(({ runId }) => runId);
  };
  // 1 is named by a page, 2 is the newest that passed.
  expect(await after({ runs: 4, days: 30 })).toEqual([21, 20, 19, 18, 2, 1]);
  expect(await after({ runs: 100, days: 22 })).toEqual([22, 21, 20, 19, 2, 1]);
});
