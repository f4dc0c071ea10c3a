import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { DaybookError } from '../../src/errors.js';
import { exitCodeOf } from '../../src/history/reports/merge-reports.js';
import type { PipelineReport } from '../../src/history/reports/pipeline-report.js';
import { findRun, listRuns, listTasks } from '../../src/history/runs/run-history.js';
import { withRunLock } from '../../src/history/runs/run-lock.js';
import { silentLogger } from '../../src/logger.js';
import { createPool } from '../../src/warehouse/connect/pool.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { event, model, pipelineWorkspace } from './pipeline-workspace.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const files = {
  'data/a.log': event(1, '2019-01-05T10:00:00Z') + event(2, '2019-01-06T10:00:00Z'),
  'sql/silver/account.sql': model(
    'account: { type: bigint }',
    'select distinct account from bronze.log_event',
  ),
  'sql/gold/a.sql': model('n: { type: bigint }', 'select count(*) as n from silver.account'),
  'sql/gold/b.sql': model('n: { type: bigint }', 'select count(*) as n from bronze.log_event'),
};

/** The connections of another process. */
function ownPool() {
  const owner = createPool(database.ownerUrl, silentLogger);
  onTestFinished(() => owner.end());
  return { owner };
}

const statuses = ({ models }: PipelineReport) =>
  Object.fromEntries(models.map((one) => [one.model, one.status]));

async function statesOf(runId: number): Promise<Record<string, string>> {
  const tasks = await listTasks(database.owner, runId);
  return Object.fromEntries(tasks.map(({ task, status }) => [task, status]));
}

test('loading and models can be had apart', async () => {
  const { run, write } = pipelineWorkspace(database, files);
  const loaded = await run({ only: 'load' });
  expect(loaded).toMatchObject({ status: 'passed', lines: { loaded: 2 }, models: [] });
  write('data/b.log', event(3, '2019-02-05T10:00:00Z'));
  const built = await run({ only: 'models' });
  expect(built).toMatchObject({ status: 'passed', files: [], dataThrough: '2019-01-06T10:00:00Z' });
  expect(await database.rows('select n from gold.b')).toEqual([{ n: 2n }]);
  // What a models-only run does not look at is not judged by it.
  expect(await run()).toMatchObject({ status: 'passed', lines: { loaded: 1 } });
  expect(await database.rows('select n from gold.b')).toEqual([{ n: 3n }]);
});

test('models of a warehouse in which nothing was ever loaded are built of nothing', async () => {
  const { run } = pipelineWorkspace(database, files);
  expect(await run({ only: 'models' })).toMatchObject({ status: 'passed', dataThrough: null });
  expect(await database.rows('select n from gold.b')).toEqual([{ n: 0n }]);
});

test('processes with one key are one run, with the tasks of all', async () => {
  const { run } = pipelineWorkspace(database, files);
  const runKey = `manual__2026-11-30T20:00:00+00:00 'quoted" \\ ü`;
  const { runId } = await run({ runKey, only: 'load' });
  const silver = await run({ runKey, only: 'models', select: ['silver.account'] });
  const gold = await Promise.all(
    ['gold.a', 'gold.b'].map((name) =>
      run({ runKey, only: 'models', select: [name], warehouse: ownPool() }),
    ),
  );
  expect([silver, ...gold].map((report) => report.runId)).toEqual([runId, runId, runId]);
  expect(gold.map(statuses)).toEqual([{ 'gold.a': 'passed' }, { 'gold.b': 'passed' }]);
  expect(await statesOf(runId)).toEqual({
    'load:a.log': 'passed',
    'silver.account': 'passed',
    'gold.a': 'passed',
    'gold.b': 'passed',
  });
  expect(await listRuns(database.owner, 9)).toHaveLength(1);
  const found = await findRun(database.owner, 'last');
  expect(found).toMatchObject({ status: 'passed', runKey, error: null });
  expect(found.summary).toMatchObject({
    status: 'passed',
    lines: { read: 2, loaded: 2 },
    dataThrough: '2019-01-06T10:00:00Z',
  });
  expect(found.summary?.models.map((one) => one.model).sort()).toEqual([
    'gold.a',
    'gold.b',
    'silver.account',
  ]);
  // A key of its own is a run of its own.
  expect((await run({ runKey: 'other' })).runId).toBeGreaterThan(runId);
});

test('what a run has done it does not do again, unless it failed or is declared otherwise', async () => {
  const { run, write, events } = pipelineWorkspace(database, {
    ...files,
    'sql/gold/b.sql': model('n: { type: integer }', 'select 1 / 0 as n'),
  });
  const again = { runKey: 'k', fullRefresh: true };
  const first = await run(again);
  expect([first.status, statuses(first)]).toEqual([
    'failed',
    { 'silver.account': 'passed', 'gold.a': 'passed', 'gold.b': 'failed' },
  ]);
  write('data/b.log', event(3, '2019-02-05T10:00:00Z'));
  write('sql/gold/b.sql', model('n: { type: integer }', 'select 1 as n'));
  events.length = 0;
  const second = await run(again);
  expect([second.status, second.files, statuses(second)]).toEqual([
    'passed',
    [],
    { 'silver.account': 'unchanged', 'gold.a': 'unchanged', 'gold.b': 'passed' },
  ]);
  expect(events.flatMap((one) => (one.type === 'model_started' ? [one.model] : []))).toEqual([
    'gold.b',
  ]);
  expect(await statesOf(first.runId)).toMatchObject({
    'silver.account': 'passed',
    'gold.a': 'passed',
    'gold.b': 'passed',
  });
  expect(await findRun(database.owner, 'last')).toMatchObject({ status: 'passed', error: null });

  write(
    'sql/gold/a.sql',
    model('n: { type: bigint }', 'select -count(*) as n from silver.account'),
  );
  expect(statuses(await run(again))).toMatchObject({ 'gold.a': 'passed', 'gold.b': 'unchanged' });
  expect(await database.rows('select n from gold.a')).toEqual([{ n: -2n }]);
});

test('a failure of one process is the run’s until the same is done right', async () => {
  const { run, write, root } = pipelineWorkspace(database, {
    ...files,
    'sql/gold/b.sql': model('n: { type: integer }', 'select 1 / 0 as n'),
  });
  await run({ runKey: 'k', only: 'load' });
  await run({ runKey: 'k', only: 'models', select: ['+gold.b'] });
  const passed = await run({ runKey: 'k', only: 'models', select: ['+gold.a'] });
  expect(passed.status).toBe('passed');
  const status = async () => (await findRun(database.owner, 'last')).status;
  expect(await status()).toBe('failed');

  // A mistake of the command line leaves the run as it was.
  await expect(run({ runKey: 'k', only: 'models', select: ['nope'] })).rejects.toMatchObject({
    code: 'USAGE',
  });
  expect(await status()).toBe('failed');
  await expect(run({ runKey: 'fresh', select: ['nope'] })).rejects.toMatchObject({ code: 'USAGE' });
  expect(await listRuns(database.owner, 9)).toHaveLength(1);

  // A run that stops as a whole is failed, too, and passes when it is tried again.
  write('sql/gold/b.sql', 'no model');
  await expect(run({ runKey: 'k', only: 'models', select: ['+gold.b'] })).rejects.toMatchObject({
    code: 'MODEL_INVALID',
  });
  expect(await status()).toBe('failed');
  write('sql/gold/b.sql', model('n: { type: integer }', 'select 1 as n'));
  await run({ runKey: 'k', only: 'models', select: ['+gold.b'] });
  expect(await status()).toBe('passed');
  expect(root).not.toBe('');
});

test('two processes at the same tasks at once do them once', async () => {
  const { run } = pipelineWorkspace(database, files);
  const reports = await Promise.all(
    [1, 2, 3].map(() => run({ runKey: 'k', fullRefresh: true, warehouse: ownPool() })),
  );
  expect(reports.map(({ status }) => status)).toEqual(['passed', 'passed', 'passed']);
  expect(new Set(reports.map(({ runId }) => runId)).size).toBe(1);
  expect(await database.rows('select count(*)::int as n from bronze.log_event')).toEqual([
    { n: 2 },
  ]);
  expect(await statesOf(reports[0]?.runId ?? 0)).toEqual({
    'load:a.log': 'passed',
    'silver.account': 'passed',
    'gold.a': 'passed',
    'gold.b': 'passed',
  });
  expect(await findRun(database.owner, 'last')).toMatchObject({
    status: 'passed',
    summary: { lines: { loaded: 2 } },
  });
});

describe('the lock', () => {
  const signal = new AbortController().signal;
  const lock = (runKey?: string) => ({ signal, runKey, waitMs: 0, onWait: () => undefined });

  test('is shared by one key, and by nobody else', async () => {
    const hold = <T>(runKey: string | undefined, work: () => Promise<T>) =>
      withRunLock(database.owner, lock(runKey), work);
    const busy = { code: 'RUN_BUSY', exitCode: 75 };
    const done = () => Promise.resolve('done');
    await hold('k', async () => {
      expect(await hold('k', done)).toBe('done');
      await expect(hold('other', done)).rejects.toMatchObject(busy);
      await expect(hold(undefined, done)).rejects.toMatchObject(busy);
    });
    await hold(undefined, async () => {
      await expect(hold('k', done)).rejects.toMatchObject(busy);
    });
    expect(await hold('other', done)).toBe('done');
  });

  test('runs with different keys take turns, whoever comes first', async () => {
    const { run } = pipelineWorkspace(database, files);
    const reports = await Promise.all(
      ['a', 'b', 'c', 'd'].map((runKey) => run({ runKey, warehouse: ownPool() })),
    );
    expect(reports.map(({ status }) => status)).toEqual(['passed', 'passed', 'passed', 'passed']);
    expect(new Set(reports.map(({ runId }) => runId)).size).toBe(4);
    const overlaps = await database.rows<{ n: number }>(
      `select count(*)::int as n from ops.pipeline_run as a join ops.pipeline_run as b on a.run_id < b.run_id
      where tstzrange(a.started_at, a.finished_at) && tstzrange(b.started_at, b.finished_at)`,
    );
    expect(overlaps).toEqual([{ n: 0 }]);
  });
});

test('a process that is gone has failed, for the next with its key and for any other run', async () => {
  const { run } = pipelineWorkspace(database, files);
  const { runId } = await run({ runKey: 'k', only: 'load' });
  const leaveBehind = () =>
    database.owner.query(
      `with
        run as (update ops.pipeline_run set status = 'running' where run_id = ${runId}),
        part as (insert into ops.run_part (run_id, part, status) values (${runId}, 'models gold.a', 'running')
          on conflict (run_id, part) do update set status = 'running', report = null)
      insert into ops.task_run (run_id, task, kind, status) values (${runId}, 'gold.a', 'model', 'running')
      on conflict (run_id, task) do update set status = 'running'`,
    );
  await leaveBehind();
  expect(await findRun(database.owner, String(runId))).toMatchObject({ status: 'interrupted' });
  await run({ runKey: 'k', only: 'models', select: ['silver.account'] });
  expect(await findRun(database.owner, String(runId))).toMatchObject({ status: 'failed' });
  expect(await statesOf(runId)).toMatchObject({ 'gold.a': 'failed', 'silver.account': 'passed' });
  await run({ runKey: 'k', only: 'models', select: ['gold.a'] });
  expect(await findRun(database.owner, String(runId))).toMatchObject({ status: 'passed' });

  await leaveBehind();
  await run();
  expect(await findRun(database.owner, String(runId))).toMatchObject({ status: 'interrupted' });
  expect(await statesOf(runId)).toMatchObject({ 'gold.a': 'failed' });
});

test('a warehouse that goes away is worth another try, wrong SQL is not', async () => {
  const { run, write } = pipelineWorkspace(database, files);
  const report = await run();
  expect(exitCodeOf(report)).toBe(0);
  write('sql/gold/b.sql', model('n: { type: integer }', 'select 1 / 0 as n'));
  const failed = await run();
  expect(exitCodeOf(failed)).toBe(1);
  const away = { code: 'INTERNAL', message: 'lost', isTransient: true } as const;
  const [wrong] = failed.models.filter(({ status }) => status === 'failed');
  if (wrong === undefined) throw new Error('nothing failed');
  const models = [{ ...wrong, error: away }];
  expect(exitCodeOf({ ...failed, models })).toBe(75);
  expect(exitCodeOf({ ...failed, models: [...models, wrong] })).toBe(1);
  expect(exitCodeOf({ ...failed, models: [], error: away })).toBe(75);

  write('sql/gold/b.sql', model('n: { type: integer }', 'select 1 as n from pg_sleep(60)'));
  const running = run({ select: ['gold.b'] });
  running.catch(() => undefined);
  const ended = async () =>
    (
      await database.rows<{ ended: boolean }>(
        `select pg_terminate_backend(pid) as ended from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`,
      )
    ).length;
  await expect
    .poll(() => database.rows("select 1 from pg_stat_activity where wait_event = 'PgSleep'"))
    .not.toEqual([]);
  expect(await ended()).toBeGreaterThan(0);
  const error: unknown = await running.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DaybookError);
  expect((error as DaybookError).exitCode).toBe(75);
});
