import { test } from 'vitest';
import { silentLogger } from '../src/logger.js';
import { startDashboard } from '../src/server/dashboard.js';
import { createTestDatabase } from '../test/database.js';
import { addPipelineHistory, churnNotebook, publish } from '../test/server/published.js';
import { reportTable } from './report.js';

const query = {
  sql: 'select month, churn_rate from gold.monthly_churn',
  tables: ['gold.monthly_churn'],
  rows: 12,
  milliseconds: 1,
  cell: 2,
};

test('pages of many notebooks', async () => {
  const rows: string[][] = [];
  for (const count of [200, 1000]) rows.push(...(await measure(count)));
  await reportTable('many-notebooks', {
    title: 'Pages of many notebooks',
    method:
      'Each notebook is the same of 49 kB as a page, with a query. Processor time of the server alone, without those of the processes that render and of Postgres; beside it, how long the answer took. The first look is that of a server that has rendered nothing; the second, once it has rendered all; the third, after one notebook was published again.',
    columns: ['notebooks', 'page', 'first look', 'second', 'after a publication'],
    rows,
  });
}, 3_600_000);

async function measure(count: number): Promise<string[][]> {
  const database = await createTestDatabase();
  await addPipelineHistory(database.owner);
  const name = (index: number) => `book-${String(index).padStart(4, '0')}`;
  for (let index = 0; index < count; index += 1) {
    await publish(database.owner, name(index), churnNotebook, { queries: [query] });
  }
  const dashboard = await startDashboard({
    pool: database.reader,
    config: { ...database.config, port: 0 },
    logger: silentLogger,
  });
  const ask = async (path: string): Promise<string> => {
    const start = performance.now();
    const before = process.cpuUsage();
    await (await fetch(dashboard.url + path)).text();
    const { user, system } = process.cpuUsage(before);
    const waited = performance.now() - start;
    return `${((user + system) / 1000).toFixed(0)} ms (${waited.toFixed(0)} ms)`;
  };
  /** Asks until the server has told all: then nothing more is rendered. */
  const settle = async (): Promise<void> => {
    let last = '';
    for (let same = 0; same < 2;) {
      const text = await (await fetch(`${dashboard.url}/search.js`)).text();
      same = text === last ? same + 1 : 0;
      last = text;
    }
  };
  const paths = [
    '/',
    '/search.js',
    '/pipeline',
    '/data',
    '/data/gold.monthly_churn',
    `/notebooks/${name(1)}`,
  ];
  try {
    const cells = new Map(paths.map((path) => [path, [] as string[]]));
    const look = async () => {
      for (const path of paths) cells.get(path)?.push(await ask(path));
    };
    await look();
    await settle();
    for (const isPublished of [false, true]) {
      if (isPublished) await publish(database.owner, name(0), churnNotebook, { queries: [query] });
      // Until the server has seen it: it looks once a second.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await look();
    }
    return paths.map((path) => [String(count), path, ...(cells.get(path) ?? [])]);
  } finally {
    await dashboard.close();
    await database.drop();
  }
}
