import { afterAll, beforeAll, expect, test } from 'vitest';
import { completeProject } from '../../../../src/config/project/project-settings.js';
import type { Listening } from '../../../../src/http/listen.js';
import { createReaders } from '../../../../src/server/reading/readers/readers.js';
import { declareSchedules } from '../../../../src/schedules/claim-due.js';
import { createTestDatabase, type TestDatabase } from '../../../database.js';
import { servePages } from '../../serve-pages.js';

let database: TestDatabase;
let server: Listening;

const declared = completeProject({
  schedules: {
    nightly: {
      ...{ cron: '0 5 * * 1-5', timeZone: 'Europe/Berlin' },
      description: 'All of it, before <b>work</b>',
    },
    orders: { every: '15 minutes', does: { pipeline: ['+gold.orders'] } },
    report: { whenChanged: 'gold.revenue', does: { notebooks: ['notebooks/a.ipynb'] } },
  },
  deadlines: { revenue: { data: 'gold.revenue', by: '24:00', on: 'every day' } },
});

beforeAll(async () => {
  database = await createTestDatabase();
  if ('problems' in declared) throw new Error('wrong');
  const { schedules, deadlines } = declared.settings;
  await declareSchedules(database.owner, schedules, 'America/Toronto');
  await database.owner.query(`
    insert into ops.deadline (deadline, declared_at, terms) values ('revenue', '2026-01-01Z', '');
    update ops.schedule set paused_at = '2026-11-30T10:00:00Z', paused_by = '<i>ada</i>' where schedule = 'orders';
    update ops.schedule set decided_until = '2026-11-27T04:00:00Z' where schedule = 'nightly';
    insert into ops.schedule_firing
      (schedule, due_at, cause, asked_by, status, attempt, missed_count, started_at, finished_at, run_id, error)
    values
      ('nightly', '2026-11-25T04:00:00Z', 'time', null, 'passed', 1, 0, '2026-11-25T04:00:01Z', '2026-11-25T04:03:01Z', 11, null),
      ('nightly', '2026-11-26T04:00:00Z', 'time', null, 'died', 3, 0, '2026-11-26T04:00:01Z', '2026-11-26T04:00:05Z', null, null),
      ('nightly', '2026-11-27T04:00:00Z', 'time', null, 'failed', 2, 3, '2026-11-27T04:09:00Z', '2026-11-27T04:10:00Z', 12,
        '{"code": "PIPELINE_FAILED", "message": "the pipeline <failed>"}'),
      ('orders', '2026-11-30T09:00:00Z', 'asked', 'ada & co', 'running', 1, 0, '2026-11-30T09:00:00Z', null, null, null)`);
  const declaration = { schedules, deadlines, timeZone: 'America/Toronto' };
  const readers = createReaders(database.reader, undefined, declaration);
  server = await servePages(database.reader, readers);
});

afterAll(async () => {
  await server.close();
  await database.drop();
});

async function get(path: string): Promise<string> {
  return (await fetch(server.url + path)).text();
}

test('the pipeline page shows schedules: next times, last outcomes, lateness, who paused them', async () => {
  const page = await get('/pipeline');
  const words = page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  expect(words).toContain('No scheduler is at work');
  expect(words).toContain('Late: nightly');
  expect(words).toContain('0 5 * * 1-5 in Europe/Berlin pipeline, notebooks');
  expect(words).toContain('Failed 27 Nov 2026, 05:00');
  expect(words).toContain(
    ', took 1 min 0 s, 9 min 0 s late, attempt 2, run 12 3 times before it left out the pipeline &#x3C;failed>',
  );
  expect(words).toContain('Paused by &#x3C;i>ada&#x3C;/i>');
  // Its process has no lock any more.
  expect(words).toContain('Died 30 Nov 2026, 04:00 EST , asked by ada &#x26; co');
  expect(words).toContain('when its data change');
  expect(page).not.toContain('<b>work');
  expect(words).toContain(
    'Not in time: revenue gold.revenue by 24:00 each day in America/Toronto.',
  );
});

test('monitors are told the same', async () => {
  const { schedulers, schedules, deadlines } = JSON.parse(await get('/status.json')) as {
    schedulers: number;
    deadlines: object[];
    schedules: object[];
  };
  expect(schedulers).toBe(0);
  expect(schedules).toMatchObject([
    {
      name: 'nightly',
      lateSince: '2026-11-30T04:00:00.000Z',
      last: { status: 'failed', runId: '12' },
    },
    { name: 'orders', paused: { by: '<i>ada</i>' }, next: [] },
    { name: 'report', when: 'when gold.revenue changed', last: null },
  ]);
  expect(deadlines).toMatchObject([{ name: 'revenue', isMissed: true, last: { arrivedAt: null } }]);
  const metrics = await get('/metrics');
  expect(metrics).toContain('daybook_schedulers 0');
  expect(metrics).toContain('daybook_schedule_last{schedule="nightly",status="failed"} 1795752000');
  expect(metrics).toMatch(/daybook_schedule_late_seconds\{schedule="nightly"\} \d/);
  expect(metrics).toContain('daybook_schedule_paused{schedule="orders"} 1');
  expect(metrics).toContain('daybook_deadline_missed{deadline="revenue"} 1');
});

test('the page follows what becomes of schedules', async () => {
  await database.owner.query(
    `update ops.schedule set paused_at = null, paused_by = null where schedule = 'orders'`,
  );
  await expect.poll(() => get('/pipeline')).not.toContain('Paused');
});
