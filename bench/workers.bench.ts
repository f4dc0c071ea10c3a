import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, test } from 'vitest';
import { prepareLogs } from '../sample-logs/generate-logs.js';
import { startEmbedded, stopEmbedded } from '../src/warehouse/embedded/server.js';
import { byTurns, runProcess, spread, timed } from './measure.js';
import { reportTable } from './report.js';

const root = join(import.meta.dirname, '..');
const daybook = join(root, 'bin/daybook.js');
const rounds = 3;
/** A chain of models that take no time: what remains is the way through the queue. */
const chain = 30;
/** The generated logs so often: about 1.84 million lines. */
const copies = 20;

let work: string;
let pool: pg.Pool;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'daybook-bench-'));
  chmodSync(work, 0o755);
  const { ownerUrl } = await startEmbedded(join(work, 'home'));
  env = { ...process.env, DATABASE_URL: ownerUrl, DAYBOOK_HOME: join(work, 'home') };
  pool = new pg.Pool({ connectionString: ownerUrl });
  pool.on('error', () => undefined);
  for (const name of ['chain', 'load']) {
    mkdirSync(join(work, name, 'sql'), { recursive: true });
    symlinkSync(join(root, 'sql/sources'), join(work, name, 'sql/sources'));
    writeFileSync(join(work, name, 'package.json'), '{}');
    mkdirSync(join(work, name, 'data'));
  }
  mkdirSync(join(work, 'chain/sql/gold'));
  const header = '/* { description: x, columns: { n: { type: bigint } } } */\n';
  for (let i = 0; i < chain; i += 1) {
    const query = i === 0 ? 'select 1::bigint as n' : `select n + 1 as n from gold.m${i - 1}`;
    writeFileSync(join(work, 'chain/sql/gold', `m${i}.sql`), `${header}${query}`);
  }
  const sleeper = `${header}select count(*) as n from gold.m0, pg_sleep(600)`;
  mkdirSync(join(work, 'load/sql/gold'));
  writeFileSync(
    join(work, 'load/sql/gold/sleeper.sql'),
    sleeper.replace('gold.m0', 'bronze.report_parameter'),
  );
  mkdirSync(join(work, 'sample'));
  await prepareLogs()(join(work, 'sample'));
  const months = readdirSync(join(work, 'sample')).filter((name) => name.endsWith('.log'));
  for (const month of months) {
    const content = readFileSync(join(work, 'sample', month));
    for (let i = 0; i < copies; i += 1) appendFileSync(join(work, 'load/data', month), content);
  }
  const [first = ''] = months;
  writeFileSync(join(work, 'chain/data', first), readFileSync(join(work, 'sample', first)));
});
afterAll(async () => {
  await pool.end();
  await stopEmbedded(join(work, 'home'));
  rmSync(work, { recursive: true, force: true });
});

const until = async (statement: string, values: unknown[] = []): Promise<void> => {
  while ((await pool.query(statement, values)).rowCount === 0) await sleep(5);
};

async function startWorker(project: string, ...args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [daybook, 'worker', ...args], {
    ...{ cwd: join(work, project), env, stdio: 'ignore' },
  });
  await until('select from ops.worker where process_id = $1 and ended_at is null', [child.pid]);
  return child;
}

async function stopWorkers(workers: readonly ChildProcess[]): Promise<void> {
  await Promise.all(
    workers.map(async (worker) => {
      const ended = once(worker, 'exit');
      worker.kill('SIGTERM');
      await ended;
    }),
  );
}

/** Hands a run over; resolves to its number. */
async function handOver(project: string, ...args: string[]): Promise<string> {
  const made = await runProcess(
    process.execPath,
    [daybook, 'pipeline', 'run', '--detach', '--full-refresh', ...args],
    { cwd: join(work, project), env },
  );
  return /^\d+$/m.exec(made.output)?.[0] ?? '';
}

/** How long the workers took for a run. */
async function secondsOf(runId: string): Promise<number> {
  await until('select from ops.queued_run where run_id = $1 and ended_at is not null', [runId]);
  const { rows } = await pool.query<{ seconds: number; state: string }>(
    `select extract(epoch from max(task.finished_at) - min(task.started_at))::float8 as seconds, min(run.status) as state
    from ops.task_run as task join ops.pipeline_run as run using (run_id)
    where run_id = $1 and task.kind <> 'test'`,
    [runId],
  );
  if (rows[0]?.state !== 'passed') throw new Error(`run ${runId}: ${rows[0]?.state ?? 'nothing'}`);
  return rows[0].seconds;
}

test('workers', { timeout: 30 * 60_000 }, async () => {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const s = (value: number) => `${value.toFixed(2)} s`;
  const rows: string[][] = [];
  const row = (name: string, values: readonly number[], text: (value: number) => string) => {
    const { min, median, max } = spread(values);
    rows.push([name, text(median), `${text(min)} to ${text(max)}`]);
  };
  await runProcess(process.execPath, [daybook, 'pipeline', 'run'], {
    ...{ cwd: join(work, 'chain'), env },
  });

  let workers = [await startWorker('chain'), await startWorker('chain')];
  const times: Record<'shared' | 'here', number[]> = { shared: [], here: [] };
  const trips: number[] = [];
  const ways = {
    shared: async () => {
      times.shared.push(await secondsOf(await handOver('chain', '--no-load', '--share', '0')));
    },
    here: async () => {
      times.here.push(await secondsOf(await handOver('chain', '--no-load', '--share', '3600')));
    },
  };
  const asks = 200;
  const bare = async () => {
    for (let i = 0; i < asks; i += 1) await pool.query('select 1');
  };
  // A machine that has other work shows in both.
  await byTurns({ ...ways, bare: async () => void trips.push((await timed(bare)) / asks) }, rounds);
  const overheads = times.shared.map(
    (shared, i) => ((shared - (times.here[i] ?? 0)) * 1000) / chain,
  );
  row('a task through the queue, beside its work', overheads, ms);
  row('a bare `select 1`, by turns with it', trips, ms);
  row(
    'a task through the queue, in such round trips',
    overheads.map((overhead, i) => overhead / (trips[i] ?? 1)),
    (value) => value.toFixed(0),
  );
  await stopWorkers(workers);

  const takeOvers: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const leader = await startWorker('load', '--queues', 'runs');
    const killed = await startWorker('load', '--queues', 'models');
    const runId = await handOver('load', '--no-load', '--share', '0');
    const asleep = "select from pg_stat_activity where wait_event = 'PgSleep'";
    await until(asleep);
    const other = await startWorker('load', '--queues', 'models');
    killed.kill('SIGKILL');
    takeOvers.push(
      await timed(() =>
        until(
          'select from ops.worker_task join ops.worker using (worker_id) where process_id = $1',
          [other.pid],
        ),
      ),
    );
    await runProcess(process.execPath, [daybook, 'pipeline', 'cancel', runId], {
      ...{ cwd: join(work, 'load'), env },
    });
    await until('select from ops.queued_run where run_id = $1 and ended_at is not null', [runId]);
    await stopWorkers([leader, other]);
  }
  row(
    'from kill -9 in a model until another worker has it',
    takeOvers.map((value) => value / 1000),
    s,
  );

  const loads: Record<'one' | 'two', number[]> = { one: [], two: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, count] of [
      ['one', 1],
      ['two', 2],
    ] as const) {
      workers = [];
      for (let i = 0; i < count; i += 1) workers.push(await startWorker('load', '--jobs', '1'));
      loads[name].push(await secondsOf(await handOver('load', '--only-load', '--share', '0')));
      await stopWorkers(workers);
    }
  }
  row('loading 1.84 million lines, one worker', loads.one, s);
  row('loading 1.84 million lines, two workers', loads.two, s);
  row(
    'two workers against one, in the same round',
    loads.one.map((one, i) => one / (loads.two[i] ?? 1)),
    (value) => `${value.toFixed(2)} ×`,
  );
  await reportTable('workers', {
    title: 'Workers',
    method: `Processes of \`daybook worker\` on one machine with the embedded Postgres. The way through the queue is that of a chain of ${chain} models that take no time, shared out against done where the run is led, by turns. Workers load one file at a time (\`--jobs 1\`): one that loads two uses both processors already. ${rounds} rounds.`,
    columns: ['figure', 'median', 'range'],
    rows,
  });
});
