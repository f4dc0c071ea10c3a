// @module-tag heavy
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { runPipeline } from '../../src/pipeline/run-pipeline.js';
import { startEmbedded, stopEmbedded } from '../../src/warehouse/embedded/server.js';
import { serverUserFor } from '../../src/warehouse/embedded/server-user.js';
import { createTestDatabase, root, type TestDatabase } from '../database.js';
import { seededRandom } from '../seeded-random.js';
import { cuttingProxy } from '../warehouse/cutting-proxy.js';
import { daybookInProcess } from '../commands/daybook-in-process.js';
import { daybook, daybookProcess, projectFolder, startDaybook } from './daybook-process.js';
import { warehouseContent } from './warehouse-content.js';

/** DAYBOOK_FAULT_SEED repeats a run's random moments. */
const seed = Number(process.env['DAYBOOK_FAULT_SEED'] ?? Date.now() % 1_000_000);
const random = seededRandom(seed);

let serial = 0;
/** Lines that were never written before, one in a hundred of them damaged. */
function lines(count: number): string {
  let text = '';
  for (let i = 0; i < count; i += 1) {
    serial += 1;
    text +=
      serial % 100 === 99
        ? `rejected ${serial}\n`
        : `{"date":"2019-01-05T10:00:00-05:00","log_type":"LOGIN","account":${serial},"n":${i}}\n`;
  }
  return text;
}

/** Tests follow each other on one warehouse, each with another project. */
const command = ['pipeline', 'run', '--allow-removal'];
const models = ['silver.event', 'gold.total'];
const header = (columns: string) => `/* { description: x, columns: { ${columns} } } */\n`;
const project = () =>
  projectFolder({
    'data/a.log': lines(8_000),
    'data/b.log': lines(8_000),
    'data/c.log': lines(8_000),
    'sql/silver/event.sql': `${header('source_file: { type: text }, n: { type: bigint }')}select source_file, count(*) as n from bronze.log_event group by source_file`,
    'sql/gold/total.sql': `${header('n: { type: numeric }')}select sum(n) as n from silver.event`,
  });

/** Bytes of the file that grows, before it begins anew: the runs that all are compared with read it as a whole. */
const most = 1_500_000;

/** Another file, a file that has grown, and one that stays. */
function change(folder: string): void {
  writeFileSync(join(folder, 'data/a.log'), lines(8_000));
  const grown = join(folder, 'data/b.log');
  if (statSync(grown).size < most) appendFileSync(grown, lines(2_000));
  else writeFileSync(grown, lines(8_000));
}

let clean: TestDatabase;
beforeAll(async () => {
  clean = await createTestDatabase();
});
afterAll(() => clean.drop());

/** What a run without faults that reads everything makes of the folder. */
async function cleanContent(folder: string): Promise<unknown> {
  const report = await runPipeline({
    warehouse: { owner: clean.owner },
    config: { ...clean.config, root: folder },
    dataDir: join(folder, 'data'),
    fullRefresh: true,
    allowRemoval: true,
  });
  expect(report).toMatchObject({ status: 'passed' });
  const content = await warehouseContent(clean.owner, models);
  expect(content).toMatchObject({ isBalanced: true, isLoaded: true, isKept: true });
  return content;
}

describe(`faults at random moments, DAYBOOK_FAULT_SEED=${seed}`, () => {
  const home = () => join(inject('testHome'), 'faults');
  afterAll(() => stopEmbedded(home()));

  const env = () => ({ PATH: process.env['PATH'], DAYBOOK_HOME: home() });

  /** `daybook pipeline run` on an embedded Postgres of its own, which it starts when it is gone. */
  function start(folder: string): ChildProcess {
    const child = spawn(process.execPath, [join(root, 'bin/daybook.js'), ...command], {
      cwd: folder,
      stdio: 'ignore',
      env: env(),
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    return child;
  }

  /** The run after a fault: in this process, which has read the code. */
  const next = (folder: string) => daybookInProcess(command, { cwd: folder, env: env() });

  async function finish(child: ChildProcess): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode;
  }

  async function embeddedContent(): Promise<unknown> {
    const { ownerUrl } = await startEmbedded(home());
    const pool = new pg.Pool({ connectionString: ownerUrl, max: 1 });
    try {
      await pool.query("set timezone = 'UTC'");
      return await warehouseContent(pool, models);
    } finally {
      await pool.end();
    }
  }

  test('kill -9 of the run and of Postgres at twenty moments: the next run ends with the rows of a clean run', async () => {
    const folder = project();
    const before = performance.now();
    expect(await finish(start(folder))).toBe(0);
    change(folder);
    const first = performance.now();
    expect(await finish(start(folder))).toBe(0);
    const duration = performance.now() - first;
    console.log(
      `seed ${seed}; a first run took ${Math.round(first - before)} ms, one of changes ${Math.round(duration)} ms`,
    );
    const ends: string[] = [];
    for (let round = 0; round < 20; round += 1) {
      change(folder);
      const { pid } = await startEmbedded(home());
      const moment = random() * duration * 0.8;
      const run = start(folder);
      // Not a wait for something: whatever goes on at that moment is what the fault must hit.
      await Promise.race([sleep(moment), finish(run)]);
      const victim = round % 2 === 0 ? 'run' : 'Postgres';
      if (victim === 'run') run.kill('SIGKILL');
      else process.kill(pid, 'SIGKILL');
      const exitCode = await finish(run);
      ends.push(`${victim} at ${Math.round(moment)} ms: ${exitCode ?? 'killed'}`);

      expect(await next(folder), ends.join(', ')).toMatchObject({ exitCode: 0 });
      expect(await embeddedContent(), ends.join(', ')).toEqual(await cleanContent(folder));
    }
    console.log(ends.join(', '));
    // Sixty runs, a third of them in processes of their own.
  }, 600_000);

  test('a full disk fails the run and spoils nothing', async (context) => {
    const folder = project();
    const { pid } = await startEmbedded(home());
    // Postgres takes a file that may not grow for a full disk; it leaves its log room to run.
    const limit = (bytes: string) =>
      execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}`], {
        stdio: 'ignore',
        ...serverUserFor(home()),
      });
    try {
      limit(`${17 * 2 ** 20}:unlimited`);
    } catch {
      context.skip('prlimit, which bounds the size of files, is not installed or not allowed');
    }
    try {
      writeFileSync(join(folder, 'data/d.log'), lines(300_000));
      expect(await finish(start(folder))).toBe(1);
    } finally {
      limit('unlimited:unlimited');
    }
    expect(await next(folder)).toMatchObject({ exitCode: 0 });
    expect(await embeddedContent()).toEqual(await cleanContent(folder));
  });
});

describe('faults of the connection', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const content = () => warehouseContent(database.owner, models);

  test('a connection that the server ends costs no more than the attempt, and the next run is right', async () => {
    const folder = project();
    const run = startDaybook(database, folder, command);
    const copying = `from pg_stat_activity where datname = current_database() and query like 'copy "bronze"%' and state = 'active'`;
    await expect
      .poll(
        async () =>
          (await database.owner.query(`select pg_terminate_backend(pid) ${copying}`)).rowCount,
        { interval: 5, timeout: 60_000 },
      )
      .toBeGreaterThan(0);
    const [exitCode] = (await once(run, 'exit')) as [number | null];
    // The file is tried again, unless it was the lock's connection that went.
    if (exitCode === 0) expect(await content()).toEqual(await cleanContent(folder));
    else expect(exitCode).toBe(1);
    expect((await daybook(database, folder, ...command)).exitCode).toBe(0);
    expect(await content()).toEqual(await cleanContent(folder));
  });

  test('a network that breaks off fails the run, and the next one is right', async () => {
    const folder = project();
    for (const bytes of [100_000, 600_000]) {
      change(folder);
      const proxy = await cuttingProxy(new URL(database.ownerUrl), bytes);
      const through = { ...database, ownerUrl: proxy(database.ownerUrl) };
      const cut = await daybookProcess(through, folder, ...command);
      expect([cut.exitCode, cut.stderr]).toEqual([75, expect.stringMatching(/\[[A-Z_]+\]/)]);
      const next = await daybook(database, folder, ...command);
      expect([next.exitCode, next.stderr]).toMatchObject([0, expect.any(String)]);
      expect(await content()).toEqual(await cleanContent(folder));
    }
  });

  test('two runs at once take turns and load everything once', async () => {
    const folder = project();
    change(folder);
    const runs = await Promise.all([1, 2].map(() => daybookProcess(database, folder, ...command)));
    for (const { exitCode, stderr } of runs)
      expect([exitCode, stderr]).toMatchObject([0, expect.any(String)]);
    expect(await content()).toEqual(await cleanContent(folder));
  });
});
