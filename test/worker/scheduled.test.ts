// @module-tag heavy
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { formatNotebook } from '../../src/nbformat/write-notebook.js';
import { notebookOf } from '../notebook/notebooks.js';
import { daybook, startDaybook } from '../pipeline/daybook-process.js';
import { until } from '../until.js';
import { untilRows, workerHere, workerProject } from './worker-project.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('a scheduler hands each time over to the workers once, also when it dies and another one waits for the end', async () => {
  const folder = workerProject({
    'daybook.config.ts': `export default { schedules: {
      nightly: { every: '1 day', where: 'workers', does: { pipeline: true, notebooks: true } },
    } };`,
    'notebooks/a.ipynb': formatNotebook(notebookOf(['console.log(1)'])),
  });
  expect((await daybook(database, folder, 'schedule', 'list')).exitCode).toBe(0);
  const child = startDaybook(database, folder, ['scheduler']);
  const killed = { kill: child.kill.bind(child), ended: once(child, 'exit') };
  await untilRows(database, 'select from ops.schedule');
  await database.owner.query(
    `update ops.schedule set decided_until = clock_timestamp() - interval '1 day'`,
  );
  await untilRows(database, 'select from ops.queued_run');
  await untilRows(database, 'select from ops.schedule_firing where run_id is not null');
  killed.kill('SIGKILL');
  await killed.ended;
  // However many have died before: each only waited.
  await database.owner.query('update ops.schedule_firing set attempt = 3');
  startDaybook(database, folder, ['scheduler']);
  await untilRows(database, 'select from ops.schedule_firing where attempt = 4');
  workerHere(database, folder);
  const firings = () =>
    database.rows<{ status: string; run: string }>(
      'select status, run_id::text as run from ops.schedule_firing',
    );
  await until(async () => (await firings())[0]?.status === 'passed');
  const runs = await database.rows<{ run: string }>(
    'select run_id::text as run, trigger, status from ops.pipeline_run',
  );
  expect(runs).toEqual([
    { run: expect.any(String), trigger: 'schedule nightly', status: 'passed' },
  ]);
  expect(await firings()).toEqual([{ status: 'passed', run: runs[0]!.run }]);
  expect(await database.rows('select status from publication.collection_run')).toEqual([
    { status: 'passed' },
  ]);
  expect(await database.rows('select slug from publication.notebook_run')).toEqual([{ slug: 'a' }]);
});
