import { afterEach, beforeEach, expect, test } from 'vitest';
import { queueDrop, queueList, queueRetry } from '../../src/commands/workers/queue.js';
import { pipelineCancel } from '../../src/commands/pipeline/pipeline-cancel.js';
import { pipelineRun } from '../../src/commands/pipeline/pipeline-run.js';
import { pipelineWatch } from '../../src/commands/pipeline/pipeline-watch.js';
import { listTasks } from '../../src/history/runs/run-history.js';
import { silentLogger } from '../../src/logger.js';
import { TaskQueue } from '../../src/worker/task-queue.js';
import { runCommand } from '../commands/run-command.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { daybook } from '../pipeline/daybook-process.js';
import {
  contentOf,
  endOf,
  handOver,
  midModel,
  untilRows,
  workerHere,
  workerProject,
} from './worker-project.js';

let [database, clean]: TestDatabase[] = [];
beforeEach(async () => {
  [database, clean] = await Promise.all([createTestDatabase(), createTestDatabase()]);
});
afterEach(() => Promise.all([database?.drop(), clean?.drop()]));

const statesOf = async (runId: number) =>
  Object.fromEntries(
    (await listTasks(database!.owner, runId)).map(({ task, status }) => [task, status]),
  );

const allPassed = {
  'load:a.log': 'passed',
  'load:b.log': 'passed',
  'silver.event': 'passed',
  'gold.slow': 'passed',
  'gold.after': 'passed',
};

test('two workers do a run that was handed over, with the rows of one process', async () => {
  const folder = workerProject();
  const config = { ...database!.config, root: folder, dataDir: `${folder}/data` };
  const detached = await runCommand(pipelineRun, config, {
    values: { detach: true, share: '0', json: true },
  });
  const { runId } = JSON.parse(detached.stdout) as { runId: number };
  expect(detached).toMatchObject({ exitCode: 0 });
  expect(detached.stderr).toContain(`npx daybook pipeline watch ${runId}`);
  const watched = runCommand(pipelineWatch, config, { positionals: [String(runId)] });
  workerHere(database!, folder);
  workerHere(database!, folder, { queues: ['files', 'models'] });
  const { exitCode, stderr } = await watched;
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining(`run ${runId} passed`)]);
  expect(stderr).toContain('waits for a worker');
  expect(stderr).toContain('  loaded  a.log');
  expect(stderr).toContain('  built   gold.slow');
  expect(await statesOf(runId)).toEqual(allPassed);
  expect((await daybook(clean!, folder, 'pipeline', 'run')).exitCode).toBe(0);
  expect(await contentOf(database!)).toEqual(await contentOf(clean!));

  const { stdout } = await runCommand(queueList, config);
  expect(stdout).toContain('runs, files, models');
  expect(stdout).toContain('nothing was given up');
  // A second run has nothing to do, and sends nothing.
  expect(await endOf(database!, await handOver(database!, folder))).toBe('passed');
  expect(
    await database!.rows('select from daybook_queue.job where name <> $1', 'runs'),
  ).toHaveLength(5);
});

test('what fails for good fails the run, and is not tried again', async () => {
  const folder = workerProject({
    'sql/gold/wrong.sql':
      '/* { description: x, columns: { n: { type: integer } } } */\nselect 1 / 0 as n',
  });
  workerHere(database!, folder);
  const runId = await handOver(database!, folder);
  expect(await endOf(database!, runId)).toBe('failed');
  expect(await statesOf(runId)).toEqual({ ...allPassed, 'gold.wrong': 'failed' });
  const config = { ...database!.config, root: folder };
  const watched = await runCommand(pipelineWatch, config, { positionals: [String(runId)] });
  expect(watched).toMatchObject({ exitCode: 1 });
  expect(watched.stderr).toContain('division by zero');
});

test('a run is cancelled from anywhere: one that waits at once, one at work within seconds', async () => {
  const folder = workerProject({
    'sql/gold/slow.sql':
      '/* { description: x, columns: { n: { type: bigint } } } */\nselect count(*) as n from silver.event, pg_sleep(600)',
    'sql/gold/after.sql':
      '/* { description: x, columns: { n: { type: bigint } } } */\nselect n from gold.slow',
  });
  const config = { ...database!.config, root: folder };
  const cancel = (runId: number) =>
    runCommand(pipelineCancel, config, { positionals: [String(runId)] });
  const waiting = await handOver(database!, folder);
  expect((await cancel(waiting)).stderr).toContain('no worker had begun it');
  expect(await endOf(database!, waiting)).toBe('interrupted');
  expect((await cancel(waiting)).stderr).toContain('has ended already');

  workerHere(database!, folder);
  const runId = await handOver(database!, folder);
  await untilRows(database!, midModel);
  expect((await cancel(runId)).stderr).toContain('is told to end');
  expect(await endOf(database!, runId)).toBe('interrupted');
  expect(await statesOf(runId)).toMatchObject({ 'silver.event': 'passed' });
  await expect.poll(() => database!.rows(midModel)).toEqual([]);
  const watched = await runCommand(pipelineWatch, config, { positionals: [String(runId)] });
  expect(watched).toMatchObject({ exitCode: 1 });
});

test('a run of one process is cancelled, too', async () => {
  const folder = workerProject({
    'sql/gold/slow.sql':
      '/* { description: x, columns: { n: { type: bigint } } } */\nselect count(*) as n from silver.event, pg_sleep(600)',
    'sql/gold/after.sql':
      '/* { description: x, columns: { n: { type: bigint } } } */\nselect n from gold.slow',
  });
  const running = daybook(database!, folder, 'pipeline', 'run');
  await untilRows(
    database!,
    `select from pg_stat_activity where wait_event = 'PgSleep'
    and datname = current_database()`,
  );
  const config = { ...database!.config, root: folder };
  await runCommand(pipelineCancel, config, { positionals: ['last'] });
  expect(await running).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('somebody cancelled the run [INTERRUPTED]') as string,
  });
});

test('a worker that is asked to end ends what it is at; the one that led is replaced', async () => {
  const folder = workerProject();
  const leader = workerHere(database!, folder, { queues: ['runs'] });
  const doing = workerHere(database!, folder, { queues: ['files', 'models'] });
  const runId = await handOver(database!, folder);
  await untilRows(database!, midModel);
  await Promise.all([leader.stop(), doing.stop()]);
  expect(await statesOf(runId)).toMatchObject({ 'gold.slow': 'passed' });
  workerHere(database!, folder);
  expect(await endOf(database!, runId)).toBe('passed');
  expect(await statesOf(runId)).toEqual(allPassed);
});

test('a connection that is cut costs an attempt, not the run', async () => {
  const folder = workerProject();
  workerHere(database!, folder);
  const runId = await handOver(database!, folder);
  await untilRows(database!, midModel);
  await database!.rows(`select pg_terminate_backend(pid) from (${midModel}) as session`);
  expect(await endOf(database!, runId)).toBe('passed');
  expect(await statesOf(runId)).toEqual(allPassed);
});

test('what was given up can be looked at, tried again and forgotten', async () => {
  const folder = workerProject();
  const config = { ...database!.config, root: folder };
  const queue = await TaskQueue.open({ url: database!.ownerUrl, logger: silentLogger });
  try {
    const giveUp = async (runId: number) => {
      await queue.send('runs', { runId }, String(runId));
      await database!.rows("update daybook_queue.job set retry_limit = 0 where name = 'runs'");
      const [job] = await queue.take('runs', 1);
      await queue.fail(job!, { code: 'X', message: 'it broke' });
    };
    const runId = await handOver(database!, folder);
    await giveUp(runId);
    await giveUp(404);
    const listed = await runCommand(queueList, config, { values: { json: true } });
    const { dead } = JSON.parse(listed.stdout) as { dead: { id: string }[] };
    expect(dead).toMatchObject([
      { queue: 'runs', data: { runId }, output: { message: 'it broke' } },
      { queue: 'runs', data: { runId: 404 } },
    ]);
    expect((await runCommand(queueList, config)).stdout).toContain('it broke');
    await expect(runCommand(queueDrop, config, { positionals: ['7'] })).rejects.toMatchObject({
      code: 'USAGE',
    });
    await runCommand(queueDrop, config, { positionals: [dead[1]!.id] });
    const retried = await runCommand(queueRetry, config, { positionals: ['all'] });
    expect(retried.stderr).toBe('1 job given to the workers again\n');
    workerHere(database!, folder);
    expect(await endOf(database!, runId)).toBe('passed');
    expect((await runCommand(queueList, config)).stdout).toContain('nothing was given up');
  } finally {
    await queue.close();
  }
});

test('readers do not see the tables of the queue', async () => {
  const queue = await TaskQueue.open({ url: database!.ownerUrl, logger: silentLogger });
  await queue.close();
  await expect(database!.reader.query('select 1 from daybook_queue.job')).rejects.toMatchObject({
    code: '42501',
  });
  const { rows } = await database!.reader.query<object>('select * from ops.queue_depth()');
  expect(rows).toEqual([]);
});
