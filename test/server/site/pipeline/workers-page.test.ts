import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Listening } from '../../../../src/http/listen.js';
import { silentLogger } from '../../../../src/logger.js';
import { createReaders } from '../../../../src/server/reading/readers/readers.js';
import { TaskQueue } from '../../../../src/worker/task-queue.js';
import { createTestDatabase, type TestDatabase } from '../../../database.js';
import { servePages } from '../../serve-pages.js';

let database: TestDatabase;
let server: Listening;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.owner.query(`
    insert into ops.worker (worker_id, host, process_id, queues, jobs, started_at, seen_at, ended_at)
    values
      ('00000000-0000-4000-8000-000000000001', 'one<b>', 11, '{runs,files}', 2, '2026-11-30T10:00:00Z', 'infinity', null),
      ('00000000-0000-4000-8000-000000000002', 'gone', 12, '{models}', 2, '2026-11-30T10:00:00Z', now(), now()),
      ('00000000-0000-4000-8000-000000000003', 'silent', 13, '{models}', 2, '2026-11-30T10:00:00Z', '2026-11-30T10:00:00Z', null);
    insert into ops.worker_task (job_id, attempt, worker_id, queue, run_id, task)
    values (gen_random_uuid(), 0, '00000000-0000-4000-8000-000000000001', 'files', 7, 'load:a & b.log')`);
  const queue = await TaskQueue.open({ url: database.ownerUrl, logger: silentLogger });
  await queue.send('models', { runId: 7 }, 'a');
  await queue.send('runs', { runId: 8 }, 'b');
  await database.owner.query("update daybook_queue.job set retry_limit = 0 where name = 'runs'");
  const [job] = await queue.take('runs', 1);
  if (job !== undefined) await queue.fail(job, { message: 'it broke' });
  await queue.close();
  const declaration = { schedules: [], timeZone: 'America/Toronto' };
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

test('the pipeline page shows who shares the work, what each does, and what was given up', async () => {
  const page = await get('/pipeline');
  const words = page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  expect(words).toContain('1 job given up');
  expect(words).toContain('1 worker there, 1 job waiting.');
  expect(words).toContain(
    'one&#x3C;b> 11 30 Nov 2026, 05:00 EST runs, files, 2 at once load:a &#x26; b.log',
  );
  expect(page).toContain('href="/pipeline/runs/7"');
  expect(words).not.toContain('gone');
  expect(words).not.toContain('silent');
});

test('monitors see workers, queues and what was given up', async () => {
  expect(JSON.parse(await get('/status.json'))).toMatchObject({
    workers: [{ host: 'one<b>', tasks: [{ task: 'load:a & b.log', runId: 7 }] }],
    queues: [{ queue: 'models', waiting: 1, active: 0 }],
    givenUp: 1,
  });
  const metrics = await get('/metrics');
  expect(metrics).toContain('daybook_workers 1\n');
  expect(metrics).toContain('daybook_queue_jobs{queue="models",state="waiting"} 1\n');
  expect(metrics).toContain('daybook_queue_given_up 1\n');
});
