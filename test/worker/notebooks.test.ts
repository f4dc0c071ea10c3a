// @module-tag heavy
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { notebooksCancel, notebooksWatch } from '../../src/commands/notebooks/notebooks-watch.js';
import { notebooksRun } from '../../src/commands/notebooks/notebooks-run.js';
import { queueList } from '../../src/commands/workers/queue.js';
import { worker } from '../../src/commands/workers/worker.js';
import { roomOf } from '../../src/worker/room.js';
import { runCommand } from '../commands/run-command.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { TestProject } from '../notebook/project.js';
import { untilRows, workerHere, workerProcess } from './worker-project.js';

let database: TestDatabase;
let project: TestProject;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  project = new TestProject(database);
  await database.owner.query('create table gold.read (n int); insert into gold.read values (1)');
});
afterEach(async () => {
  project[Symbol.dispose]();
  await database.owner.query('drop table gold.read; truncate publication.notebook cascade');
});

const reading = `import { query } from "daybook/pipeline";
console.log("n is", (await query<{ n: number }>("select n from gold.read"))[0]?.n);`;

/** Waits in the middle, as long as somebody else has the lock. */
const waiting = `await query("select pg_advisory_lock_shared(4711), pg_advisory_unlock_shared(4711)");`;

const midNotebook = `select pid from pg_stat_activity
  where datname = current_database() and wait_event = 'advisory' and query like '%4711%'`;

const config = () => ({ ...database.config, root: project.root });

async function handOver(...args: string[]): Promise<number> {
  const values = { json: true, detach: true, ...Object.fromEntries(args.map((a) => [a, true])) };
  const { stdout } = await runCommand(notebooksRun, config(), { values, env: process.env });
  return (JSON.parse(stdout) as { run: number }).run;
}

const watch = (run: number) =>
  runCommand(notebooksWatch, config(), { positionals: [String(run)], values: { json: true } });

interface Published {
  slug: string;
  status: string;
  shows: string;
}

/** Each run of a notebook that was published. */
const published = () =>
  database.rows<Published>(
    `select slug, status, substring(document from 'n is [0-9]+') as shows
    from publication.notebook_run order by slug, run_id`,
  );

/** Holds the lock that notebooks wait for. */
async function holder() {
  const client = await database.owner.connect();
  await client.query('select pg_advisory_lock(4711)');
  let isHeld = true;
  const release = async () => {
    if (isHeld) await client.query('select pg_advisory_unlock(4711)');
    isHeld = false;
  };
  onTestFinished(async () => {
    await release();
    client.release();
  });
  return release;
}

const folder = () => project.root;

test('two workers execute a run that was handed over; one that changed nothing is left alone', async () => {
  project.notebook('notebooks/a.ipynb', [reading]);
  project.notebook('notebooks/b.ipynb', [reading], { daybook: { after: 'a', memory: '300 MB' } });
  project.notebook('notebooks/c.ipynb', [reading], { daybook: { queue: 'gpu' } });
  project.notebook('notebooks/d.ipynb', ['throw new Error("no")']);
  const run = await handOver();
  workerHere(database, folder(), { queues: ['runs', 'notebooks'], memory: 1e9 });
  workerHere(database, folder(), { queues: ['notebooks.gpu'] });
  const { exitCode, stdout, stderr } = await watch(run);
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('Error: no')]);
  expect(JSON.parse(stdout)).toMatchObject({ run, status: 'failed' });
  expect(await published()).toEqual([
    { slug: 'a', status: 'passed', shows: 'n is 1' },
    { slug: 'b', status: 'passed', shows: 'n is 1' },
    { slug: 'c', status: 'passed', shows: 'n is 1' },
    { slug: 'd', status: 'failed', shows: null },
  ]);
  const measured = await database.rows<{ notebook: string }>(
    'select notebook from publication.collection_run_notebook where memory > 1e7 order by 1',
  );
  expect(measured).toHaveLength(4);
  project.notebook('notebooks/d.ipynb', ['console.log(1)']);
  const again = await watch(await handOver());
  expect([again.exitCode, again.stderr]).toEqual([0, expect.stringContaining('unchanged  ')]);
  expect(await published()).toHaveLength(5);
});

test('kill -9 in the middle of a notebook: another worker executes it, and it is published once', async () => {
  project.notebook('notebooks/a.ipynb', [`${reading}\n${waiting}`]);
  const release = await holder();
  workerHere(database, folder(), { queues: ['runs'] });
  const killed = await workerProcess(database, folder(), '--queues', 'notebooks');
  const run = await handOver();
  await untilRows(database, midNotebook);
  killed.kill('SIGKILL');
  await killed.ended;
  workerHere(database, folder(), { queues: ['notebooks'] });
  await untilRows(
    database,
    'select from ops.worker_task where queue = $1 and attempt = 1',
    'notebooks',
  );
  await release();
  expect((await watch(run)).exitCode).toBe(0);
  expect(await published()).toEqual([{ slug: 'a', status: 'passed', shows: 'n is 1' }]);
});

test('a frozen worker that was replaced publishes nothing when it wakes up', async () => {
  project.notebook('notebooks/a.ipynb', [`${reading}\n${waiting}`]);
  const release = await holder();
  workerHere(database, folder(), { queues: ['runs'] });
  const frozen = await workerProcess(database, folder(), '--queues', 'notebooks');
  const run = await handOver();
  await untilRows(database, midNotebook);
  frozen.kill('SIGSTOP');
  await release();
  workerHere(database, folder(), { queues: ['notebooks'] });
  expect((await watch(run)).exitCode).toBe(0);
  frozen.kill('SIGCONT');
  await untilRows(
    database,
    'select from ops.worker where process_id = $1 having count(*) = 2',
    frozen.pid,
  );
  expect(await published()).toEqual([{ slug: 'a', status: 'passed', shows: 'n is 1' }]);
});

test('when the leader goes, another one goes on, and all pages show one state', async () => {
  project.notebook('notebooks/a.ipynb', [reading]);
  project.notebook('notebooks/b.ipynb', [`${reading}\n${waiting}`]);
  project.notebook('notebooks/c.ipynb', ['console.log("n is", 0)']);
  const release = await holder();
  const leader = await workerProcess(database, folder(), '--queues', 'runs');
  workerHere(database, folder(), { queues: ['notebooks'] });
  const run = await handOver('force');
  await untilRows(database, midNotebook);
  await untilRows(
    database,
    `select from publication.notebook_run where slug <> 'b' having count(*) = 2`,
  );
  leader.kill('SIGKILL');
  await leader.ended;
  await database.owner.query('update gold.read set n = 2');
  workerHere(database, folder(), { queues: ['runs'] });
  await untilRows(database, `select from ops.worker_task where queue = 'runs' and attempt > 0`);
  await release();
  expect((await watch(run)).exitCode).toBe(0);
  // The first had read what has changed since; the last reads nothing, and is left alone.
  expect(await published()).toEqual([
    { slug: 'a', status: 'passed', shows: 'n is 1' },
    { slug: 'a', status: 'passed', shows: 'n is 2' },
    { slug: 'b', status: 'passed', shows: 'n is 2' },
    { slug: 'c', status: 'passed', shows: 'n is 0' },
  ]);
});

test('a run is cancelled while its notebook is executed', async () => {
  project.notebook('notebooks/a.ipynb', [`${reading}\n${waiting}`]);
  const release = await holder();
  workerHere(database, folder());
  const run = await handOver();
  await untilRows(database, midNotebook);
  const listed = await runCommand(queueList, config());
  expect(listed.stdout).toContain(`notebooks ${run}, notebooks/a.ipynb`);
  const cancelled = await runCommand(notebooksCancel, config(), { positionals: [String(run)] });
  expect(cancelled.stderr).toContain(`run ${run} is told to end`);
  const { exitCode, stderr } = await watch(run);
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`run ${run} stopped`)]);
  await untilRows(database, 'select from ops.worker_task having count(*) = 0');
  expect(await published()).toEqual([]);
  // Postgres notices that the kernel is gone when its query ends.
  await release();
});

test('what nobody can do is said before anything is done', async () => {
  project.notebook('notebooks/a.ipynb', [reading]);
  const values = { detach: true, output: join(project.root, 'out') };
  await expect(runCommand(notebooksRun, config(), { values })).rejects.toThrow(
    '--detach and --output exclude each other',
  );
  await expect(
    runCommand(worker, config(), { values: { queues: 'notebooks.GPU' } }),
  ).rejects.toThrow('there is no queue notebooks.GPU');
  await expect(runCommand(notebooksWatch, config(), { positionals: ['999999'] })).rejects.toThrow(
    'no run 999999 of notebooks was handed over',
  );
});

test('a worker takes only notebooks that it has memory for', () => {
  const atWork = (memory: number) => ({
    data: { collection: 1, task: {} as never, memory },
  });
  const limits = { jobs: 4, memory: 2e9 };
  expect(roomOf('notebooks', limits, [])).toEqual({ jobs: 1, maxPriority: 2000 });
  expect(roomOf('notebooks.gpu', limits, [atWork(5e8)])).toEqual({ jobs: 1, maxPriority: 1500 });
  expect(roomOf('notebooks', limits, [atWork(2e9)])).toEqual({ jobs: 0 });
  expect(roomOf('models', limits, [atWork(2e9)])).toEqual({ jobs: 3 });
  expect(roomOf('notebooks', { jobs: 4, memory: undefined }, [atWork(2e9)])).toEqual({ jobs: 3 });
  expect(roomOf('runs', limits, [{ data: { collection: 1 } }])).toEqual({ jobs: 0 });
});
