import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../src/server/app.js';
import { loadAssets } from '../../src/server/parts/assets.js';
import { listen, type Listening } from '../../src/http/listen.js';
import { createReaders } from '../../src/server/reading/readers/readers.js';
import { stepsSql } from '../../src/history/runs/task-queries.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { fillWarehouse } from './large-warehouse.js';
import { tasksRead } from './reading/readers/tasks-read.js';

const size = { models: 600, runs: 40, notebooks: 60, files: 300 };
/** All but those of bronze. */
const built = size.models * 0.9;

let database: TestDatabase;
let server: Listening;
/** Rows that Postgres has sent since it was last looked at. */
let rows = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  await fillWarehouse(database.owner, size);
  const pool = database.reader;
  const query = pool.query.bind(pool) as (...given: unknown[]) => Promise<{ rows: unknown[] }>;
  Object.assign(pool, {
    query: async (...given: unknown[]) => {
      const answer = await query(...given);
      rows += answer.rows.length;
      return answer;
    },
  });
  const app = createApp({ ...createReaders(pool), assets: await loadAssets(), timeZone: 'UTC' });
  server = await listen(app, '127.0.0.1', 0);
});

afterAll(async () => {
  await server.close();
  await database.drop();
});

async function get(path: string) {
  const response = await fetch(server.url + path);
  const text = await response.text();
  return { status: response.status, text, elements: text.match(/<[a-z]/g)?.length ?? 0 };
}

/** Compared without printing a page of a megabyte. */
function says(text: string, words: string): boolean {
  return text.includes(words);
}

/** The steps that a page lists, in its order. */
function stepsOn(text: string): string[] {
  return [...text.matchAll(/<tr><th scope="row">([^<]*)/g)].map(([, name = '']) => name);
}

const newest = size.runs;

test('the page of a large pipeline is bounded, and leads to every step', async () => {
  await get('/');
  rows = 0;
  const { text, elements } = await get('/pipeline');
  // So many cells of so many runs, whatever the size of the warehouse.
  expect(rows).toBeLessThan(100 * 20 + 600);
  expect(text.length).toBeLessThan(1_500_000);
  expect(elements).toBeLessThan(20_000);
  expect(says(text, `Steps 1 to 100 of ${built + 1}`)).toBe(true);
  const found = stepsOn(text);
  // What failed and what was blocked by it stand first, then what was built.
  expect(found.slice(0, 7)).toEqual([
    'Load files',
    ...['silver.model_00042', 'silver.model_00501'],
    ...['gold.model_00084', 'gold.model_00085', 'silver.model_00402', 'silver.model_00403'],
  ]);
  expect(says(text, '2 failed, 4 were blocked and 19 were built')).toBe(true);
  for (let part = 2; text.includes(`/pipeline/steps/${part}"`); part += 1) {
    found.push(...stepsOn((await get(`/pipeline/steps/${part}`)).text));
  }
  expect(new Set(found).size).toBe(built + 1);
  expect(found).toHaveLength(built + 1);
});

test.each(['/pipeline/steps/1', '/pipeline/steps/8', '/pipeline/steps/x'])(
  '%s leads nowhere',
  async (path) => {
    expect((await get(path)).status).toBe(404);
  },
);

test('steps are read of the runs that are shown, not of the history', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => newest - index);
  const ofARun = 2 * built + size.files / size.runs;
  const read = await tasksRead(database.owner, stepsSql, [ids, 0, 100]);
  expect(read).toBeGreaterThan(20 * ofARun);
  expect(read).toBeLessThan(20 * ofARun * 3.1);
});

test('a run of more tasks than fit shows those that failed, says so, and each has a page', async () => {
  const run = await get(`/pipeline/runs/${newest}`);
  expect(says(run.text, 'Of 1,087 tasks 1,000 are shown')).toBe(true);
  expect(says(run.text, 'id="task-silver.model_00501" open')).toBe(true);
  expect(run.text.length).toBeLessThan(2_000_000);
  const { text } = await get('/pipeline/steps/5');
  const [, href = '', name = ''] =
    /<a href="(\/pipeline\/runs\/40\/tasks\/([^"]+))"/.exec(text) ?? [];
  const task = await get(href);
  expect(task.status).toBe(200);
  expect(says(task.text, `<h1>${name}</h1>`)).toBe(true);
  expect(says(task.text, 'Nothing that it reads has changed')).toBe(true);
  expect((await get(`/pipeline/runs/${newest}/tasks/gold.nothing`)).status).toBe(404);
  expect((await get(`/pipeline/runs/99999/tasks/${name}`)).status).toBe(404);
});

test('what everything reads has a lineage that can be looked at', async () => {
  const { text } = await get('/data/bronze.model_00000');
  expect(text.match(/class="graph-node/g)?.length).toBeLessThanOrEqual(60);
  expect(/The nearest 60 of \d+; the page of each shows those next to it\./.test(text)).toBe(true);
});

test('all relations and all notebooks are listed', async () => {
  const { text } = await get('/data');
  expect(new Set(text.match(/href="\/data\/[^"]+/g)).size).toBe(size.models + 2);
  const home = await get('/');
  expect(new Set(home.text.match(/href="\/notebooks\/[^"#]+/g)).size).toBe(size.notebooks);
});
