import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimTask, readFleet, startWorker } from '../../src/history/workers/workers.js';
import { silentLogger } from '../../src/logger.js';
import { isOurTurn } from '../../src/worker/fleet-turn.js';
import { queueNames } from '../../src/worker/job.js';
import { TaskQueue } from '../../src/worker/task-queue.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { seededRandom } from '../seeded-random.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
});

test('all of a few do what one of them has to do, and about ten of many', () => {
  const random = seededRandom(1);
  for (const several of [0, 1, 2, 9]) {
    for (let i = 0; i < 1000; i += 1) expect(isOurTurn(several, random)).toBe(true);
  }
  const turns = Array.from({ length: 100_000 }, () => isOurTurn(1000, random)).filter(Boolean);
  expect(turns.length / 100).toBeGreaterThan(8);
  expect(turns.length / 100).toBeLessThan(12);
});

test('the queues in which a job waits are known without taking any', async () => {
  const url = database.ownerUrl;
  const queue = await TaskQueue.open({ url, logger: silentLogger, queues: ['notebooks.gpu'] });
  try {
    const names = [...queueNames, 'notebooks.gpu'] as const;
    expect(await queue.waiting(names)).toEqual([]);
    await queue.send('models', {}, 'a');
    await queue.send('notebooks.gpu', {}, 'b');
    expect(await queue.waiting(names)).toEqual(['models', 'notebooks.gpu']);
    expect(await queue.waiting(['files', 'models'])).toEqual(['models']);
    const [job] = await queue.take('models', 1);
    expect(await queue.waiting(names)).toEqual(['notebooks.gpu']);
    // It waits until it may be tried again.
    await queue.fail(job!, {});
    await expect.poll(() => queue.waiting(names)).toEqual(['models', 'notebooks.gpu']);
    const [again] = await queue.take('models', 1);
    await queue.complete(again!, null);
    expect(await queue.waiting(names)).toEqual(['notebooks.gpu']);
  } finally {
    await queue.close();
  }
});

test('a worker is idle while it has room for another task', async () => {
  const { owner } = database;
  const start = async (jobs: number): Promise<string> => {
    const self = { workerId: randomUUID(), host: 'here', processId: 1, codeVersion: undefined };
    await startWorker(owner, { ...self, queues: ['models'], jobs, memory: null });
    return self.workerId;
  };
  const claim = (workerId: string) =>
    claimTask(owner, {
      ...{ jobId: randomUUID(), attempt: 0, workerId, queue: 'models' },
      ...{ runId: null, collection: null, task: 'gold.m' },
    });
  expect(await readFleet(owner)).toEqual({ workers: 0, idle: 0 });
  const [small, large] = [await start(1), await start(2)];
  expect(await readFleet(owner)).toEqual({ workers: 2, idle: 2 });
  await claim(small);
  await claim(large);
  expect(await readFleet(owner)).toEqual({ workers: 2, idle: 1 });
  await claim(large);
  expect(await readFleet(owner)).toEqual({ workers: 2, idle: 0 });
  // Whoever is silent is not waited for, also before it is given up.
  const silent = "update ops.worker set seen_at = now() - interval '1 minute' where worker_id = $1";
  await owner.query(silent, [large]);
  expect(await readFleet(owner)).toEqual({ workers: 1, idle: 0 });
});
