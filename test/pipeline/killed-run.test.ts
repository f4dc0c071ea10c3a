// @module-tag heavy
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { daybook, projectFolder, startDaybook } from './daybook-process.js';

let [clean, killed]: TestDatabase[] = [];
beforeEach(async () => {
  [clean, killed] = await Promise.all([createTestDatabase(), createTestDatabase()]);
});
afterEach(() => Promise.all([clean?.drop(), killed?.drop()]));

const logLines = (count: number, from: number) =>
  Array.from({ length: count }, (_, i) =>
    i % 100 === 99
      ? `rejected ${i}`
      : JSON.stringify({
          date: '2019-01-05T10:00:00-05:00',
          log_type: 'LOGIN',
          account: from + i,
          n: i,
        }),
  ).join('\n');

const header = (columns: string) => `/* { description: x, columns: { ${columns} } } */\n`;
const files = {
  'data/a.log': logLines(60_000, 0),
  'data/b.log': logLines(60_000, 1_000_000),
  'sql/silver/event.sql': `${header('source_file: { type: text }, n: { type: bigint }')}select source_file, count(*) as n from bronze.log_event group by source_file`,
  // Long enough to be met in the middle.
  'sql/gold/slow.sql': `${header('n: { type: numeric }')}select sum(n) as n from silver.event, pg_sleep(0.7)`,
};

/** Everything that a run leaves, but its own history: rows and a digest of each relation. */
async function content(database: TestDatabase): Promise<unknown> {
  const relations = [
    'bronze.log_event',
    '(select source_file, line_number, byte_offset, reason, message, raw from ops.reject)',
    '(select source_file, sha256, bytes, line_count, loaded_count, rejected_count from ops.source_file)',
    'silver.event',
    'gold.slow',
  ].map(async (relation) => {
    const { rows } = await database.owner.query<object>(
      `select count(*), md5(string_agg(r::text, chr(10) order by r::text collate "C")) as digest
      from ${relation} as r`,
    );
    return [relation, ...rows];
  });
  return Promise.all(relations);
}

test.each([
  [
    'in the middle of a COPY',
    `query like 'copy "bronze"%' and state = 'active'`,
    ['--resume', '1'],
  ],
  ['between building and publishing', `wait_event = 'PgSleep'`, []],
])('kill -9 %s: the next run ends with exactly the rows of a clean run', async (_, moment, how) => {
  const folder = projectFolder(files);
  const child = startDaybook(killed!, folder, ['pipeline', 'run']);
  const gone = once(child, 'exit');
  const found = `select 1 from pg_stat_activity where datname = current_database() and ${moment}`;
  await expect
    .poll(async () => (await killed!.owner.query(found)).rowCount, { interval: 5, timeout: 30_000 })
    .toBeGreaterThan(0);
  child.kill('SIGKILL');
  await gone;
  // Postgres has noticed that nobody holds the run's lock any more.
  const state = 'select state from ops.pipeline_run_state';
  await expect
    .poll(async () => (await killed!.owner.query<object>(state)).rows, { timeout: 60_000 })
    .toEqual([{ state: 'interrupted' }]);

  const next = await daybook(killed!, folder, 'pipeline', 'run', ...how);
  expect(next.exitCode, next.stderr).toBe(0);
  expect(next.stderr).toContain('run 1 had ended without finishing; it is marked as failed');
  expect((await daybook(clean!, folder, 'pipeline', 'run')).exitCode).toBe(0);
  expect(await content(killed!)).toEqual(await content(clean!));
  const { rows } = await killed!.owner.query(
    `select run_id::int, status, error ->> 'code' as code, (select count(*)::int from ops.task_run where run_id = r.run_id and status in ('running', 'pending')) as open from ops.pipeline_run as r order by 1`,
  );
  expect(rows).toEqual([
    { run_id: 1, status: 'failed', code: 'RUN_DIED', open: 0 },
    { run_id: 2, status: 'passed', code: null, open: 0 },
  ]);
});

test.each([
  ['in the middle of a COPY', `query like 'copy "bronze"%' and state = 'active'`],
  ['in the middle of a model', `wait_event = 'PgSleep'`],
])('Ctrl-C %s ends the run with exit code 1 and leaves nothing half-done', async (_, moment) => {
  const folder = projectFolder(files);
  const child = startDaybook(killed!, folder, ['pipeline', 'run']);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const found = `select 1 from pg_stat_activity where datname = current_database() and ${moment}`;
  await expect
    .poll(async () => (await killed!.owner.query(found)).rowCount, { interval: 5, timeout: 30_000 })
    .toBeGreaterThan(0);
  child.kill('SIGINT');
  const [exitCode] = (await once(child, 'exit')) as [number];
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringContaining('stopped by SIGINT [INTERRUPTED]'),
  ]);
  const { rows } = await killed!.owner.query(
    `select status, error ->> 'code' as code, to_regclass('gold.slow') as slow from ops.pipeline_run`,
  );
  expect(rows).toEqual([{ status: 'failed', code: 'INTERRUPTED', slow: null }]);
  expect((await daybook(killed!, folder, 'pipeline', 'run')).exitCode).toBe(0);
  expect((await daybook(clean!, folder, 'pipeline', 'run')).exitCode).toBe(0);
  expect(await content(killed!)).toEqual(await content(clean!));
});
