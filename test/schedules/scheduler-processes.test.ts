// @module-tag heavy
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { daybook, projectFolder, startDaybook } from '../pipeline/daybook-process.js';
import { until } from '../until.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

interface Row {
  readonly status: string;
  readonly attempt: number;
  readonly pid: number;
  readonly run: string | null;
}

test('of three processes one fires; killed in the middle, another one does it, and each time is done once', async () => {
  const folder = projectFolder({
    'daybook.config.ts': `export default { schedules: {
      load: { every: '1 day', does: { pipeline: true } },
    } };`,
    'data/a.log': '',
  });
  expect(await daybook(database, folder, 'schedule', 'list')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/load {2,}every 1 day {2,}pipeline {2,}\S+ 00:00 UTC/),
    stderr: expect.stringContaining('no scheduler is at work'),
  });
  // A run that another orchestrator has: what is due waits for it.
  const other = await database.owner.connect();
  await other.query('select pg_advisory_lock(28253295417356139)');
  const processes = [1, 2, 3].map(() => startDaybook(database, folder, ['scheduler']));
  const firings = () =>
    database.rows<Row>(
      `select status, attempt, split_part(process, ':', 2)::int as pid, run_id::text as run
      from ops.schedule_firing order by due_at`,
    );
  try {
    await until(async () => {
      const { rowCount } = await database.owner.query('select from ops.schedule');
      return rowCount === 1;
    });
    await database.owner.query(
      `update ops.schedule set decided_until = clock_timestamp() - interval '1 day'`,
    );
    await until(async () => (await firings()).length === 1);
    const [first] = await firings();
    expect(first).toMatchObject({ status: 'running', attempt: 1 });
    const killed = processes.find(({ pid }) => pid === first!.pid)!;
    killed.kill('SIGKILL');
    await until(async () => (await firings())[0]?.attempt === 2);
    expect((await firings())[0]!.pid).not.toBe(first!.pid);
  } finally {
    await other.query('select pg_advisory_unlock(28253295417356139)');
    other.release();
  }
  await until(async () => (await firings())[0]?.status === 'passed');
  const runs = await database.rows<{ id: string; trigger: string }>(
    'select run_id::text as id, trigger from ops.pipeline_run',
  );
  expect(runs).toEqual([{ id: expect.any(String), trigger: 'schedule load' }]);
  expect(await firings()).toMatchObject([{ attempt: 2, run: runs[0]!.id }]);
  const listed = await daybook(database, folder, 'schedule', 'list');
  expect(listed.stdout).toMatch(/passed \S+ 00:00 UTC, took /);
  expect(listed.stderr).toBe('');
});

test('what schedules name and is not there is said at once, with what was meant', async () => {
  const folder = projectFolder({
    'daybook.config.ts': `export default { schedules: {
      a: { whenChanged: 'log_evnt', does: { pipeline: ['gold.revenu'] } },
    } };`,
    'sql/gold/revenue.sql': `/*
description: One
columns:
  one: { type: integer, description: One }
*/
select 1 as one`,
  });
  expect(await daybook(database, folder, 'scheduler')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(
      /schedules\.a\.whenChanged: there is no source or table "log_evnt"; did you mean log_event\?\n.*schedules\.a\.does\.pipeline: there is no model "gold\.revenu"; did you mean gold\.revenue\?/,
    ),
  });
  const empty = projectFolder({});
  expect(await daybook(database, empty, 'scheduler')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('the project file has no schedules'),
  });
});

test('a schedule is paused, goes on, is run now and stopped, by command', async () => {
  const folder = projectFolder({
    'daybook.config.ts': `export default { schedules: {
      often: { every: '1 second', does: { pipeline: ['works'] } },
      broken: { every: '1 week', does: { pipeline: ['fails'] } },
    } };`,
    'data/a.log': '',
    'sql/gold/fails.sql': `/*
description: It cannot be built
columns:
  one: { type: integer, description: One }
*/
select (select 1 from unnest(array[1, 2])) as one`,
    'sql/gold/works.sql': `/*
description: It can
columns:
  one: { type: integer, description: One }
*/
select 1 as one`,
  });
  const schedule = (...args: string[]) => daybook(database, folder, 'schedule', ...args);
  expect(await schedule('pause', 'oftn')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('did you mean often?'),
  });
  expect(await schedule('pause', 'x y; <b>')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('schedules: often, broken'),
  });
  expect((await schedule('pause', 'often')).stdout).toBe('often is paused\n');
  expect((await schedule('pause', 'often')).stdout).toBe('often was paused already\n');
  expect((await schedule('list')).stdout).toMatch(/often .* paused by \S/);
  // Asked for, it is done all the same.
  expect(await schedule('run', 'often')).toMatchObject({ exitCode: 0 });
  expect(await schedule('run', 'broken')).toMatchObject({ exitCode: 1 });
  expect((await schedule('stop', 'broken')).stdout).toBe('broken is at nothing\n');
  expect((await schedule('run', 'broken', '--detach')).stdout).toContain('a scheduler does it');
  expect(await schedule('run', 'broken', '--detach')).toMatchObject({ exitCode: 75 });
  expect((await schedule('stop', 'broken')).stdout).toBe('broken is being stopped\n');
  const firings = await database.rows(
    `select schedule, status, asked_by is not null as asked, cause, error ->> 'code' as code
    from ops.schedule_firing where schedule in ('often', 'broken') order by due_at`,
  );
  expect(firings).toEqual([
    { schedule: 'often', status: 'passed', asked: true, cause: 'asked', code: null },
    { schedule: 'broken', status: 'failed', asked: true, cause: 'asked', code: 'PIPELINE_FAILED' },
    { schedule: 'broken', status: 'stopped', asked: true, cause: 'asked', code: null },
  ]);
  expect((await schedule('resume', 'often')).stdout).toBe('often goes on\n');
  expect((await schedule('resume', 'often')).stdout).toBe('often was not paused\n');
});
