import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { silentLogger } from '../../src/logger.js';
import { queueNames } from '../../src/worker/job.js';
import { handOverRun } from '../../src/worker/hand-over-run.js';
import { runWorker, type WorkerOptions } from '../../src/worker/worker.js';
import type { TestDatabase } from '../database.js';
import { projectFolder, startDaybook } from '../pipeline/daybook-process.js';
import { warehouseContent } from '../pipeline/warehouse-content.js';

const logLines = (count: number, from: number) =>
  Array.from({ length: count }, (_, i) =>
    i % 100 === 99
      ? `rejected ${i}`
      : JSON.stringify({ date: '2019-01-05T10:00:00-05:00', log_type: 'LOGIN', account: from + i }),
  ).join('\n');

const header = (columns: string) => `/* { description: x, columns: { ${columns} } } */\n`;

/** A project with files and models that last long enough to be met in the middle. */
export function workerProject(more: Readonly<Record<string, string>> = {}) {
  const folder = projectFolder({
    'data/a.log': logLines(20_000, 0),
    'data/b.log': logLines(20_000, 1_000_000),
    'sql/silver/event.sql': `${header('source_file: { type: text }, n: { type: bigint }')}select source_file, count(*) as n from bronze.log_event group by source_file`,
    'sql/gold/slow.sql': `${header('n: { type: numeric }')}select sum(n) as n from silver.event, pg_sleep(0.7)`,
    'sql/gold/after.sql': `${header('n: { type: numeric }')}select n + 1 as n from gold.slow`,
    ...more,
  });
  return folder;
}

/** Everything that a run of the project leaves. */
export const contentOf = (database: TestDatabase) =>
  warehouseContent(database.owner, ['silver.event', 'gold.slow', 'gold.after']);

const configOf = (database: TestDatabase, folder: string) => ({
  ...database.config,
  root: folder,
  dataDir: join(folder, 'data'),
});

/** A worker in this process. */
export function workerHere(
  database: TestDatabase,
  folder: string,
  options: Partial<WorkerOptions> = {},
) {
  const stop = new AbortController();
  const done = runWorker({
    ...{ readerUrl: database.readerUrl, env: process.env },
    ...{ url: database.ownerUrl, config: configOf(database, folder), codeVersion: undefined },
    ...{ queues: queueNames, jobs: 2, drainMs: 30_000, logger: silentLogger },
    ...{ signal: stop.signal, ...options },
  });
  onTestFinished(async () => {
    stop.abort();
    await done;
  });
  return {
    stop: async () => {
      stop.abort();
      await done;
    },
  };
}

/** A worker as a process of its own. */
export async function workerProcess(
  database: TestDatabase,
  folder: string,
  ...args: readonly string[]
) {
  const child = startDaybook(database, folder, ['worker', '--jobs', '2', ...args]);
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  child.stdout.resume();
  await atWork(database, child.pid ?? 0, () => log);
  return { pid: child.pid ?? 0, kill: child.kill.bind(child), ended: once(child, 'exit') };
}

async function atWork(database: TestDatabase, pid: number, log: () => string): Promise<void> {
  const found = 'select 1 from ops.worker where process_id = $1 and ended_at is null';
  await expect
    .poll(async () => (await database.owner.query(found, [pid])).rowCount, {
      ...{ interval: 20, timeout: 60_000 },
    })
    .toBe(1)
    .catch((error: unknown) => {
      throw new Error(`the worker did not start: ${log()}`, { cause: error });
    });
}

/** Hands a run of the project over to the workers; every task is shared out. */
export async function handOver(database: TestDatabase, folder: string): Promise<number> {
  const config = configOf(database, folder);
  const place = { pool: database.owner, url: database.ownerUrl, config, logger: silentLogger };
  return handOverRun(
    { ...place, trigger: 'command' },
    { select: [], fullRefresh: false, dataDir: config.dataDir, shareFrom: 0 },
  );
}

/** Waits until a condition of the warehouse holds. */
export async function untilRows(
  database: TestDatabase,
  sql: string,
  ...parameters: unknown[]
): Promise<void> {
  await expect
    .poll(async () => (await database.owner.query(sql, parameters)).rowCount, {
      ...{ interval: 10, timeout: 60_000 },
    })
    .toBeGreaterThan(0);
}

/** Waits until no worker has anything left to do for a run; its state. */
export async function endOf(database: TestDatabase, runId: number): Promise<string | undefined> {
  await untilRows(
    database,
    'select from ops.queued_run where run_id = $1 and ended_at is not null',
    runId,
  );
  const [row] = await database.rows<{ state: string }>(
    'select state from ops.pipeline_run_state where run_id = $1',
    runId,
  );
  return row?.state;
}

/** A session of a worker that is at something. */
export const midModel = `
  select pid, application_name as name from pg_stat_activity
  where datname = current_database() and wait_event = 'PgSleep' and application_name like 'daybook worker %'`;
