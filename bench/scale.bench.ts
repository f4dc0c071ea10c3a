import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, test } from 'vitest';
import { silentLogger } from '../src/logger.js';
import { startDashboard, type Dashboard } from '../src/server/dashboard.js';
import { createTestDatabase, type TestDatabase } from '../test/database.js';
import { fillWarehouse, type WarehouseSize } from '../test/server/large-warehouse.js';
import { processorSeconds } from './measure.js';
import { reportTable } from './report.js';

const size: WarehouseSize = { models: 2000, runs: 1000, notebooks: 1000, files: 10_000 };

let database: TestDatabase;
let postmaster: number;

beforeAll(async () => {
  database = await createTestDatabase();
  await fillWarehouse(database.owner, size);
  const { rows } = await database.owner.query<{ pid: number }>('select pg_backend_pid() as pid');
  const status = readFileSync(`/proc/${rows[0]?.pid ?? 0}/status`, 'utf8');
  postmaster = Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]);
});

afterAll(async () => {
  await database.drop();
});

/** Processor time so far in milliseconds: of the server's own process, and of Postgres with all its processes. */
function spent(): { server: number; postgres: number } {
  const { user, system } = process.cpuUsage();
  return { server: (user + system) / 1000, postgres: processorSeconds(postmaster) * 1000 };
}

interface Look {
  readonly server: number;
  readonly postgres: number;
  readonly bytes: number;
}

async function look(dashboard: Dashboard, path: string): Promise<Look> {
  const before = spent();
  const response = await fetch(dashboard.url + path);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path} is answered ${response.status}`);
  const after = spent();
  return {
    server: after.server - before.server,
    postgres: after.postgres - before.postgres,
    bytes: Buffer.byteLength(text),
  };
}

const start = () =>
  startDashboard({
    pool: database.reader,
    config: { ...database.config, port: 0 },
    logger: silentLogger,
  });

test('pages of a large warehouse', async () => {
  const rows: string[][] = [];
  for (const path of [
    '/healthz',
    '/',
    '/notebooks/book-1',
    '/pipeline',
    `/pipeline/runs/${size.runs}`,
    '/data',
    '/data/gold.model_00504',
    '/status.json',
    '/metrics',
    '/feed.atom',
    '/search.js',
  ]) {
    // A server that has seen nothing yet.
    const dashboard = await start();
    try {
      const first = await look(dashboard, path);
      const second = await look(dashboard, path);
      rows.push([
        path,
        `${first.server.toFixed(0)} ms`,
        `${first.postgres.toFixed(0)} ms`,
        `${second.server.toFixed(0)} ms`,
        `${(first.bytes / 1000).toFixed(0)} kB`,
      ]);
    } finally {
      await dashboard.close();
    }
  }
  const dashboard = await start();
  const before = spent();
  // As soon as a page about all of them is asked for.
  let text: string;
  do {
    // Seldom: each look costs the server something, too.
    await sleep(5000);
    text = await (await fetch(`${dashboard.url}/search.js`)).text();
  } while (new Set(text.match(/book-\d+/g)).size < size.notebooks);
  const after = spent();
  await dashboard.close();
  rows.push([
    `reading ${size.notebooks} notebooks, in the background`,
    `${(after.server - before.server).toFixed(0)} ms`,
    `${(after.postgres - before.postgres).toFixed(0)} ms`,
    ...['', ''],
  ]);
  await reportTable('scale', {
    title: 'Pages of a large warehouse',
    method: `${size.models} models with a test each, ${size.runs} pipeline runs, ${size.notebooks} notebooks, ${size.files} files. Processor time of the first look at each page by a server that has seen nothing yet, of the server itself and of Postgres, and of the second look; bytes before compression. Pages wait for no more than 100 notebooks that are not rendered yet; of more they say at first what is known. The last row is what the server itself takes until it knows all of them; the processes that render are not counted.`,
    columns: ['page', 'server, first look', 'Postgres', 'server, second look', 'bytes'],
    rows,
  });
}, 3_600_000);
