// @module-tag heavy
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { event, model, pipelineWorkspace } from './pipeline-workspace.js';
import type { PipelineReport } from '../../src/history/reports/pipeline-report.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const workspace = (files: Record<string, string | Buffer>) => pipelineWorkspace(database, files);

const january = event(1, '2019-01-05T10:00:00-05:00') + event(2, '2019-01-06T10:00:00-05:00');
const february = event(1, '2019-02-05T10:00:00-05:00');

const models = {
  'sql/silver/report.sql': model(
    'time_zone: { type: text }, as_of: { type: timestamptz }',
    'select time_zone, coalesce(as_of, (select max(occurred_at) from bronze.log_event)) as as_of from bronze.report_parameter',
  ),
  'sql/silver/event.sql': model(
    'account: { type: bigint }, n: { type: bigint }',
    'select account, count(*) as n from bronze.log_event group by account',
  ),
  'sql/gold/total.sql': model('n: { type: numeric }', 'select sum(n) as n from silver.event'),
  'sql/gold/other.sql': model('n: { type: bigint }', 'select count(*) as n from bronze.log_event'),
};

/** Resolves when a backend of this database waits for this, see pg_stat_activity. */
async function whenBackendWaits(waitEvent: string): Promise<void> {
  const waiting = `select from pg_stat_activity
    where wait_event = $1 and datname = current_database() and query like 'explain (analyze%create temp table%'`;
  await expect
    .poll(async () => (await database.rows(waiting, waitEvent)).length, { timeout: 30_000 })
    .toBe(1);
}

const statuses = (report: PipelineReport) =>
  Object.fromEntries(report.models.map(({ model: id, status }) => [id, status]));

describe('runPipeline', () => {
  test('loads files and builds models, and says what it did', async () => {
    const { run, events } = workspace({
      ...models,
      'data/january.log': january,
      'data/deep/february.ndjson.gz': gzipSync(`${february}\nno\n`),
    });
    const report = await run({
      ...{ trigger: 'test', codeVersion: 'abc1234' },
      maxRejects: { percent: 50 },
    });
    expect(report).toMatchObject({
      status: 'passed',
      unchangedFiles: 0,
      lines: { read: 5, loaded: 3, rejected: 2 },
      rejects: { blank_line: 1, invalid_json: 1 },
      asOf: '2019-02-05T15:00:00Z',
      dataThrough: '2019-02-05T15:00:00Z',
    });
    expect(
      report.files.map(({ file, status, lines, loaded, rejected }) => ({
        file,
        status,
        lines,
        loaded,
        rejected,
      })),
    ).toEqual(
      expect.arrayContaining([
        { file: 'deep/february.ndjson.gz', status: 'loaded', lines: 3, loaded: 1, rejected: 2 },
        { file: 'january.log', status: 'loaded', lines: 2, loaded: 2, rejected: 0 },
      ]),
    );
    expect(statuses(report)).toEqual({
      'silver.report': 'passed',
      'silver.event': 'passed',
      'gold.total': 'passed',
      'gold.other': 'passed',
    });
    expect(await database.rows('select n from gold.total')).toEqual([{ n: '3' }]);

    expect(
      await database.rows(
        'select trigger, status, code_version, time_zone, as_of, graph, summary, error from ops.pipeline_run',
      ),
    ).toEqual([
      {
        trigger: 'test',
        status: 'passed',
        code_version: 'abc1234',
        time_zone: 'America/Toronto',
        as_of: '2019-02-05T15:00:00Z',
        error: null,
        graph: {
          'silver.report': ['bronze.log_event', 'bronze.report_parameter'],
          'silver.event': ['bronze.log_event'],
          'gold.total': ['silver.event'],
          'gold.other': ['bronze.log_event'],
        },
        summary: JSON.parse(JSON.stringify(report)) as unknown,
      },
    ]);
    const tasks = await database.rows(
      `select task, kind, status, row_count::int, sql, finished_at >= started_at as ended from ops.task_run order by task`,
    );
    expect(tasks).toMatchObject([
      { task: 'gold.other', kind: 'model', status: 'passed', row_count: 1, ended: true },
      {
        task: 'gold.total',
        sql: expect.stringContaining('create table "gold"."total" as table pg_temp."total"'),
      },
      {
        task: 'load:deep/february.ndjson.gz',
        kind: 'load',
        status: 'passed',
        row_count: 1,
        sql: expect.stringMatching(/^copy "bronze"\."log_event"/),
      },
      { task: 'load:january.log', row_count: 2 },
      { task: 'silver.event', row_count: 2 },
      { task: 'silver.report' },
    ]);
    expect(events[0]).toMatchObject({ type: 'run_started', files: 2, models: 4 });
    expect(events.at(-1)).toEqual({ type: 'run_finished', report });
    // A model begins after what it reads has ended.
    const place = (type: string, id: string) =>
      events.findIndex((each) => each.type === type && 'model' in each && each.model === id);
    expect(place('model_started', 'gold.total')).toBeGreaterThan(
      place('model_finished', 'silver.event'),
    );
  });

  test('does again only what changed; a file that changed, moved or went is exact', async () => {
    const { run, root, write } = workspace({
      ...models,
      'data/a.log': january,
      'data/b.log': february,
      'data/c.log': february.replace('"x"', '"z"'),
    });
    await run();
    const again = await run();
    expect(again).toMatchObject({
      status: 'passed',
      files: [],
      unchangedFiles: 3,
      lines: { read: 0 },
    });
    expect(new Set(Object.values(statuses(again)))).toEqual(new Set(['unchanged']));

    write('data/a.log', `${january}${event(3, '2019-01-09T00:00:00Z')}`); // longer
    write('data/b.log', february.replace('"x"', '"y"')); // as long as before
    renameSync(join(root, 'data/c.log'), join(root, 'data/d.log'));
    const third = await run();
    expect(third.files.map(({ file, status, reason }) => [file, status, reason]).sort()).toEqual([
      ['a.log', 'loaded', 'it has grown; only its new lines are loaded'],
      ['b.log', 'loaded', 'its content changed'],
      ['c.log', 'removed', 'it is no longer in the folder'],
      ['d.log', 'loaded', 'it is new'],
    ]);
    expect(
      await database.rows(
        'select source_file, line_number::int as line, payload from bronze.log_event order by 1, 2',
      ),
    ).toEqual([
      ...[1, 2, 3].map((line) => ({ source_file: 'a.log', line, payload: { details: 'x' } })),
      { source_file: 'b.log', line: 1, payload: { details: 'y' } },
      { source_file: 'd.log', line: 1, payload: { details: 'z' } },
    ]);
    expect(await database.rows('select source_file from ops.source_file order by 1')).toEqual([
      { source_file: 'a.log' },
      { source_file: 'b.log' },
      { source_file: 'd.log' },
    ]);

    const full = await run({ fullRefresh: true });
    expect(full).toMatchObject({ unchangedFiles: 0, lines: { read: 5 } });
    expect(new Set(Object.values(statuses(full)))).toEqual(new Set(['unchanged']));
  });

  test('a model that fails blocks what reads it, the rest goes on, and old rows stay', async () => {
    const { run, write } = workspace({ ...models, 'data/a.log': january });
    await run();
    write('data/a.log', january + february);
    write(
      'sql/silver/event.sql',
      model(
        'account: { type: bigint }, n: { type: bigint, tests: [{ accepted_values: [7] }] }',
        'select account, count(*) as n from bronze.log_event group by account',
      ),
    );
    const report = await run();
    expect(report.status).toBe('failed');
    expect(statuses(report)).toEqual({
      'silver.report': 'passed',
      'silver.event': 'failed',
      'gold.total': 'upstream_failed',
      'gold.other': 'passed',
    });
    expect(report.models.find(({ model: id }) => id === 'silver.event')?.error).toMatchObject({
      code: 'TEST_FAILED',
      where: 'sql/silver/event.sql',
    });
    expect(
      await database.rows(
        'select (select n from gold.total) as total, (select n from gold.other) as other',
      ),
    ).toEqual([{ total: '2', other: 3n }]);
    expect(
      await database.rows(
        `select task, status, error -> 'failures' -> 0 ->> 'test' as test, row_count::int from ops.task_run where run_id = $1 and status not in ('passed', 'unchanged') order by 1`,
        report.runId,
      ),
    ).toEqual([
      { task: 'gold.total', status: 'upstream_failed', test: null, row_count: null },
      { task: 'silver.event', status: 'failed', test: 'accepted_values(n)', row_count: 2 },
      { task: 'silver.event:accepted_values(n)', status: 'failed', test: null, row_count: 2 },
    ]);
  });

  test('a file that cannot be loaded costs itself, and no model is built on half of the data', async () => {
    const { run, root } = workspace({
      ...models,
      'data/a.log': january,
      'data/b.log.gz': gzipSync(february.repeat(100)).subarray(0, 60),
    });
    const report = await run();
    expect(report).toMatchObject({
      status: 'failed',
      models: [],
      error: { code: 'PIPELINE_FAILED' },
    });
    expect(report.files).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ file: 'a.log', status: 'loaded' }),
        expect.objectContaining({
          file: 'b.log.gz',
          status: 'failed',
          error: expect.objectContaining({
            code: 'DATA_UNREADABLE',
            where: join(root, 'data/b.log.gz'),
          }),
        }),
      ]),
    );
    expect(await database.rows(`select task, status from ops.task_run order by task`)).toEqual([
      ...['gold.other', 'gold.total'].map((task) => ({ task, status: 'skipped' })),
      { task: 'load:a.log', status: 'passed' },
      { task: 'load:b.log.gz', status: 'failed' },
      ...['silver.event', 'silver.report'].map((task) => ({ task, status: 'skipped' })),
    ]);
  });

  test('too many rejected lines in all files of a source fail the run before a model is built', async () => {
    const { run, write } = workspace({ ...models, 'data/a.log': `${january}\n\n\nbad\n` });
    write('data/b.log', `${february}bad\n`);
    expect(await run({ maxRejects: { lines: 1 } })).toMatchObject({
      status: 'failed',
      models: [],
      error: {
        code: 'REJECTS_EXCEEDED',
        message: 'log_event: 2 of 5 lines are rejected (2 invalid_json), 1 line may be',
      },
    });
    expect(await database.rows(`select to_regclass('gold.total') as total`)).toEqual([
      { total: null },
    ]);
    // They are in the quarantine now, so they count although the files are not read again.
    expect(await run({ maxRejects: { percent: 35 } })).toMatchObject({
      error: { code: 'REJECTS_EXCEEDED' },
    });
    expect(await run({ maxRejects: { percent: 40 } })).toMatchObject({
      status: 'passed',
      rejects: { blank_line: 3, invalid_json: 2 },
    });
    // What was published stays, whatever was asked to be built, and the next run makes up for it.
    write('data/c.log', `${february}worst\n`);
    for (const fullRefresh of [false, true]) {
      expect(await run({ maxRejects: { lines: 2 }, fullRefresh })).toMatchObject({
        status: 'failed',
        models: [],
      });
      expect(await database.rows('select n from gold.total')).toEqual([{ n: '3' }]);
    }
    expect(await run({ maxRejects: { lines: 3 } })).toMatchObject({ status: 'passed' });
    expect(await database.rows('select n from gold.total')).toEqual([{ n: '4' }]);
  });

  test('builds only what was selected', async () => {
    const { run } = workspace({ ...models, 'data/a.log': january });
    expect(statuses(await run({ select: ['+total'] }))).toEqual({
      'silver.event': 'passed',
      'gold.total': 'passed',
    });
    const other = await run({ select: ['gold.other'] });
    expect(statuses(other)).toEqual({ 'gold.other': 'passed' });
    expect(other).toMatchObject({ unchangedFiles: 1, dropped: [] });
    await expect(run({ select: ['gold.othre'] })).rejects.toMatchObject({
      code: 'USAGE',
      hint: 'did you mean gold.other?',
    });
    // What was misspelt is no run that failed.
    expect(await database.rows('select distinct status from ops.pipeline_run')).toEqual([
      { status: 'passed' },
    ]);
  });

  test('drops the relations of models that are gone, unless something depends on them', async () => {
    const { run, root } = workspace({ ...models, 'data/a.log': january });
    await run();
    await database.owner.query('create table gold.by_hand (n int)');
    await database.owner.query('create view silver.by_hand as select * from gold.other');
    for (const path of ['sql/gold/total.sql', 'sql/silver/event.sql', 'sql/gold/other.sql'])
      rmSync(join(root, path));
    expect(await run()).toMatchObject({
      status: 'passed',
      dropped: expect.arrayContaining(['gold.total', 'silver.event']),
      kept: ['gold.other'],
    });
    expect(
      await database.rows(
        `select relname from pg_class where relnamespace in ('gold'::regnamespace, 'silver'::regnamespace) and relkind in ('r', 'v') order by relname, relkind`,
      ),
    ).toEqual([
      { relname: 'by_hand' },
      { relname: 'by_hand' },
      { relname: 'other' },
      { relname: 'report' },
    ]);
  });

  test('views whose models go while their table gets other columns are gone, and in nobody’s way', async () => {
    const table = (type: string) =>
      model(`n: { type: ${type} }, m: { type: int }`, `select 1::${type} as n, 2 as m`);
    const view = (column: string) =>
      model(`${column}: { type: int }`, `select ${column} from gold.base`, 'materialized: view\n');
    const { run, root, write } = workspace({
      'sql/gold/base.sql': table('int'),
      'sql/gold/on_n.sql': view('n'),
      'sql/gold/on_m.sql': view('m'),
      'data/a.log': january,
    });
    expect(await run()).toMatchObject({ status: 'passed' });
    // One that would fit the new columns, and one that would not.
    rmSync(join(root, 'sql/gold/on_n.sql'));
    write('sql/gold/base.sql', table('numeric'));
    expect(await run()).toMatchObject({ status: 'passed', dropped: ['gold.on_n'] });
    expect(await database.rows("select to_regclass('gold.on_n') as gone")).toEqual([
      { gone: null },
    ]);
    rmSync(join(root, 'sql/gold/on_m.sql'));
    write('sql/gold/base.sql', model('k: { type: int }', 'select 2 as k'));
    expect(await run()).toMatchObject({ status: 'passed', dropped: ['gold.on_m'] });
    expect(await database.rows("select to_regclass('gold.on_m') as gone")).toEqual([
      { gone: null },
    ]);
  });

  test('writes the configuration for the models and takes the as-of from them', async () => {
    const { run, root } = workspace({ ...models, 'data/a.log': january });
    const config = {
      ...database.config,
      root,
      dataDir: join(root, 'data'),
      reportTimeZone: 'Asia/Tokyo',
      reportAsOf: '2019-03-01T00:00:00+09:00',
    };
    expect(await run({ config })).toMatchObject({ asOf: '2019-02-28T15:00:00Z' });
    expect(await database.rows('select time_zone, as_of from bronze.report_parameter')).toEqual([
      { time_zone: 'Asia/Tokyo', as_of: '2019-02-28T15:00:00Z' },
    ]);
  });

  test.each([
    ['no data', { ...models }, 'DATA_MISSING'],
    [
      'a wrong model',
      { ...models, 'sql/gold/bad.sql': 'select 1', 'data/a.log': january },
      'MODEL_INVALID',
    ],
  ])('%s stops the run, and its history says so', async (_, files, code) => {
    const { run } = workspace(files);
    await expect(run()).rejects.toMatchObject({ code });
    expect(
      await database.rows(
        `select status, error ->> 'code' as code, finished_at is not null as finished from ops.pipeline_run`,
      ),
    ).toEqual([{ status: 'failed', code, finished: true }]);
  });

  test('a second run waits for the first and says so', async () => {
    const first = workspace({ ...models, 'data/a.log': january });
    const second = workspace({ ...models, 'data/a.log': january });
    // The first run stays in this model for as long as we hold its lock.
    const slow = 'select 1 as n from pg_advisory_xact_lock_shared(4242)';
    first.write('sql/gold/slow.sql', model('n: { type: int }', slow));
    const holder = new pg.Client(database.ownerUrl);
    await holder.connect();
    await holder.query('select pg_advisory_lock(4242)');
    const running = first.run();
    await whenBackendWaits('advisory');
    const waiting = second.run();
    await expect.poll(() => second.events, { timeout: 30_000 }).toEqual([{ type: 'waiting' }]);
    await holder.end();
    const [a, b] = await Promise.all([running, waiting]);
    expect([a.status, b.status]).toEqual(['passed', 'passed']);
    const [overlap] = await database.rows(
      'select (select finished_at from ops.pipeline_run where run_id = $1) <= (select started_at from ops.pipeline_run where run_id = $2) as ordered',
      a.runId,
      b.runId,
    );
    expect(overlap).toEqual({ ordered: true });
  });

  test('a run that was stopped leaves what was published, and the next one is right', async () => {
    const { run, write, events } = workspace({ ...models, 'data/a.log': january });
    await run();
    write('data/a.log', january + february);
    write(
      'sql/silver/event.sql',
      model(
        'account: { type: bigint }, n: { type: bigint }',
        'select account, count(*) as n from bronze.log_event, pg_sleep(60) group by account',
      ),
    );
    const controller = new AbortController();
    const stopped = run({ signal: controller.signal });
    await whenBackendWaits('PgSleep');
    const reason = new Error('stopped');
    controller.abort(reason);
    await expect(stopped).rejects.toBe(reason);
    expect(
      await database.rows(
        `select status, error ->> 'message' as message, (select count(*)::int from ops.task_run where run_id = r.run_id and status in ('running', 'pending')) as open from ops.pipeline_run as r order by run_id desc limit 1`,
      ),
    ).toEqual([{ status: 'failed', message: 'stopped', open: 0 }]);
    expect(await database.rows('select n from gold.total')).toEqual([{ n: '2' }]);
    expect(events.at(-1)?.type).not.toBe('run_finished');
    write('sql/silver/event.sql', models['sql/silver/event.sql']);
    expect(await run()).toMatchObject({ status: 'passed' });
    expect(await database.rows('select n from gold.total')).toEqual([{ n: '3' }]);
  });

  test('a run whose lock is lost stops', async () => {
    const { run, write } = workspace({ ...models, 'data/a.log': january });
    write('sql/gold/slow.sql', model('n: { type: int }', 'select 1 as n from pg_sleep(60)'));
    const running = run();
    const lockHolder = `select pid from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())`;
    await whenBackendWaits('PgSleep');
    running.catch(() => undefined);
    await database.owner.query(`select pg_terminate_backend(pid) from (${lockHolder}) as holder`);
    await expect(running).rejects.toMatchObject({
      code: 'WAREHOUSE_LOST',
      message: 'the connection that holds the lock of this run was lost',
    });
  });

  test('numbers do not depend on the session settings of the server', async () => {
    const client = new pg.Client(database.ownerUrl);
    await client.connect();
    await client.query(
      `do $$ begin execute format('alter database %I set timezone = %L', current_database(), 'Asia/Kolkata'); execute format('alter database %I set datestyle = %L', current_database(), 'German'); end $$`,
    );
    await client.end();
    const { run } = workspace({ ...models, 'data/a.log': january });
    expect(await run()).toMatchObject({ dataThrough: '2019-01-06T15:00:00Z' });
  });
});
