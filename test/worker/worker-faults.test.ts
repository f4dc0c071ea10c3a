// @module-tag heavy
import { appendFileSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { daybook } from '../pipeline/daybook-process.js';
import {
  contentOf,
  endOf,
  handOver,
  midModel,
  untilRows,
  workerHere,
  workerProcess,
  workerProject,
} from './worker-project.js';

let [database, clean]: TestDatabase[] = [];
beforeEach(async () => {
  [database, clean] = await Promise.all([createTestDatabase(), createTestDatabase()]);
});
afterEach(() => Promise.all([database?.drop(), clean?.drop()]));

/** The rows of one process that nothing happened to. */
async function expectCleanContent(folder: string): Promise<void> {
  expect((await daybook(clean!, folder, 'pipeline', 'run')).exitCode).toBe(0);
  expect(await contentOf(database!)).toEqual(await contentOf(clean!));
}

const tasks = `select task, status, attempt from ops.task_run where run_id = $1 order by task`;

test('kill -9 in the middle of a file: another worker takes it over', async () => {
  const folder = workerProject();
  expect((await daybook(database!, folder, 'pipeline', 'run')).exitCode).toBe(0);
  copyFileSync(join(folder, 'data/b.log'), join(folder, 'data/c.log'));
  appendFileSync(join(folder, 'data/c.log'), '\n{}');
  const killed = await workerProcess(database!, folder, '--queues', 'files,models');
  workerHere(database!, folder, { queues: ['runs'] });
  // The file's rows wait for this lock.
  const holder = await database!.owner.connect();
  try {
    await holder.query('begin; lock table bronze.log_event in share mode');
    const runId = await handOver(database!, folder);
    await untilRows(
      database!,
      `select from pg_stat_activity where datname = current_database() and query like 'copy "bronze"%'
      and wait_event_type = 'Lock' and application_name like 'daybook worker %'`,
    );
    killed.kill('SIGKILL');
    await killed.ended;
    await holder.query('rollback');
    workerHere(database!, folder, { queues: ['files', 'models'] });
    expect(await endOf(database!, runId)).toBe('passed');
  } finally {
    holder.release(true);
  }
  await expectCleanContent(folder);
});

test('kill -9 in the middle of a model: another worker takes it over', async () => {
  const folder = workerProject();
  const killed = await workerProcess(database!, folder, '--queues', 'files,models');
  workerHere(database!, folder, { queues: ['runs'] });
  const runId = await handOver(database!, folder);
  await untilRows(database!, midModel);
  killed.kill('SIGKILL');
  workerHere(database!, folder, { queues: ['files', 'models'] });
  expect(await endOf(database!, runId)).toBe('passed');
  await expectCleanContent(folder);
  const found = await database!.rows<{ status: string }>(tasks, runId);
  expect(found.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'passed'));
});

test('the worker that leads a run is killed: another goes on, and tasks at work are waited for', async () => {
  const folder = workerProject();
  const leader = await workerProcess(database!, folder, '--queues', 'runs');
  workerHere(database!, folder, { queues: ['files', 'models'] });
  const runId = await handOver(database!, folder);
  await untilRows(database!, midModel);
  leader.kill('SIGKILL');
  workerHere(database!, folder, { queues: ['runs'] });
  expect(await endOf(database!, runId)).toBe('passed');
  await expectCleanContent(folder);
  // Nothing was sent, or built, twice.
  const jobs = "select from daybook_queue.job where name in ('files', 'models')";
  expect(await database!.rows(jobs)).toHaveLength(5);
});

test('a frozen worker is replaced, and publishes nothing when it wakes up', async () => {
  const folder = workerProject();
  const frozen = await workerProcess(database!, folder, '--queues', 'files,models');
  workerHere(database!, folder, { queues: ['runs'] });
  const runId = await handOver(database!, folder);
  await untilRows(database!, midModel);
  frozen.kill('SIGSTOP');
  const other = workerHere(database!, folder, { queues: ['files', 'models'] });
  expect(await endOf(database!, runId)).toBe('passed');
  await other.stop();
  const published = 'select model, version, built_at from ops.model_state order by model';
  const before = await database!.rows(published);
  frozen.kill('SIGCONT');
  // It notices, drops what it had, and begins as a new worker.
  await untilRows(
    database!,
    'select from ops.worker where process_id = $1 and ended_at is null',
    frozen.pid,
  );
  const lives = 'select from ops.worker where process_id = $1';
  expect((await database!.rows(lives, frozen.pid)).length).toBeGreaterThan(1);
  expect(await database!.rows(published)).toEqual(before);
  const found = await database!.rows<{ status: string }>(tasks, runId);
  expect(found.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'passed'));
  await expectCleanContent(folder);

  frozen.kill('SIGTERM');
  expect(await frozen.ended).toEqual([0, null]);
});
