import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Listening } from '../../../../src/http/listen.js';
import { createTestDatabase, type TestDatabase } from '../../../database.js';
import { servePages } from '../../serve-pages.js';
import { addPipelineHistory, code, notebookOf, prose, publish } from '../../published.js';

let database: TestDatabase;
let server: Listening;
let passed: bigint;
let failed: bigint;

beforeAll(async () => {
  database = await createTestDatabase();
  [passed, failed] = await addPipelineHistory(database.owner);
  const notebook = notebookOf([
    prose('# Churn'),
    code("query('select * from gold.monthly_churn')"),
  ]);
  await publish(database.owner, 'churn', notebook, { title: 'Churn', pipelineRunId: passed });
  server = await servePages(database.reader);
});

afterAll(async () => {
  await server.close();
  await database.drop();
});

async function get(path: string) {
  const response = await fetch(server.url + path);
  return { status: response.status, text: await response.text() };
}

/** The text of a page as it is read, without its markup. */
function wordsOf(html: string): string {
  return html
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#x3C;', '<')
    .replace(/\s+/g, ' ');
}

test('the pipeline page shows the graph from files to notebooks and the runs as a grid', async () => {
  // What a notebook's code reads is known once it was rendered: the page does not wait for that.
  await expect
    .poll(async () => wordsOf((await get('/pipeline')).text))
    .toContain('Churn: Up to date');
  const { status, text } = await get('/pipeline');
  expect(status).toBe(200);
  const words = wordsOf(text);
  expect(words).toContain('Log files: 1 file');
  expect(words).toContain('gold.monthly_churn: Failed, 2 rows, 40 ms');
  expect(text).toContain(`aria-label="gold.monthly_churn in run ${passed}: Passed, 40 ms"`);
  expect(text).toContain(`href="/pipeline/runs/${failed}#task-load"`);
  expect(words).toContain(`Run ${failed} failed`);
  expect(words).toContain('invalid_json 1 line');
});

test('a failed run shows the test, its failing rows, its SQL, and nothing of it as markup', async () => {
  const { text } = await get(`/pipeline/runs/${failed}`);
  const words = wordsOf(text);
  expect(words).toContain('failed: not_null(churned)');
  expect(words).toContain('not_null(churned): the first 1 of 21 failing rows');
  expect(text).toContain('&#x3C;i>');
  expect(text).not.toContain('<i>');
  expect(words).toContain('12,345 lines loaded, 2 rejected');
});

test('rejected lines stand with the run that rejected them, as text', async () => {
  const { text } = await get(`/pipeline/runs/${passed}`);
  expect(text).toContain('a.log:3');
  expect(text).toContain('{&#x3C;script>');
  expect(text).toContain('a\ufffd');
});

test('the catalogue lists relations with what a row is, tests and files', async () => {
  const words = wordsOf((await get('/data')).text);
  expect(words).toContain('monthly_churn One row for each month.');
  expect(words).toContain('1 of 1 failed');
  expect(words).toContain('log_event');
  expect(words).toContain('a.log 100 12,345 2');
});

test('a relation has columns, tests, first rows, lineage up to files and down to notebooks, SQL', async () => {
  const { text } = await get('/data/gold.monthly_churn');
  const words = wordsOf(text);
  expect(text).toContain('<code>silver.month</code>');
  expect(words).toContain('Customers who <b>left</b>');
  expect(words).toContain('not null (failed)');
  expect(words).toContain('2019-02-01 –');
  expect(words).toContain('Log files');
  expect(text).toContain('href="/notebooks/churn"');
  expect(text).toContain('href="/data/bronze.log_event"');
  // What ends a script is text in a page, too.
  expect(text).toContain('-- &#x3C;/script>');
});

test('each column leads to what it is made of, to what is made of it, and to who reads it', async () => {
  const sql = 'create view gold.rate as select churned * 2 as rate from gold.monthly_churn';
  await database.owner.query(sql);
  await database.owner.query(
    `insert into ops.task_run (run_id, task, kind, status, sql)
    values ($1, 'gold.rate', 'view', 'passed', $2)`,
    [passed, sql],
  );
  await publish(database.owner, 'rates', notebookOf([prose('# Rates')]), {
    title: 'Rates',
    queries: [
      {
        ...{ sql: 'select max(rate) from gold.rate', tables: ['gold.rate'] },
        ...{ rows: 1, milliseconds: 1, cell: 1 },
      },
    ],
  });
  await expect
    .poll(async () => (await get('/data/gold.rate')).text)
    .toMatch(
      /<code id="column-rate">.*<td data-label="Read by"><a href="\/notebooks\/rates">Rates<\/a>/,
    );
  expect((await get('/data/gold.rate')).text).toContain(
    'href="/data/gold.monthly_churn#column-churned"',
  );
  expect((await get('/data/gold.monthly_churn')).text).toContain(
    '<a href="/data/gold.rate#column-rate"><code>gold.rate.rate</code></a>',
  );
  expect((await get('/data/bronze.log_event')).text).toContain(
    '<a href="/data#files">the files</a>',
  );
});

test.each(['/pipeline/runs/999', '/pipeline/runs/x', '/data/ops.reject', '/data/gold.nothing'])(
  '%s leads nowhere',
  async (path) => {
    expect((await get(path)).status).toBe(404);
  },
);

test('a view that runs for long has a page without rows', async () => {
  await database.owner.query(
    'create view gold.slow as select pg_sleep(60)::text as never, 1 as one',
  );
  const { status, text } = await get('/data/gold.slow');
  expect(status).toBe(200);
  expect(text).toContain('The rows could not be read in two seconds');
});

test('a step that found nothing to do shows no time', async () => {
  const { rows } = await database.owner.query<{ run_id: bigint }>(
    `insert into ops.pipeline_run (trigger, status, data_dir, time_zone, finished_at)
     values ('command', 'passed', 'data', 'America/Toronto', now() + interval '2 s') returning run_id`,
  );
  const run = rows[0]!.run_id;
  await database.owner.query(
    `insert into ops.task_run (run_id, task, kind, status, started_at, finished_at)
     values ($1, 'gold.monthly_churn', 'view', 'unchanged', now(), now() + interval '1 us')`,
    [run],
  );
  const page = await get(`/pipeline/runs/${run}`);
  expect(wordsOf(page.text)).toMatch(/gold\.monthly_churn Unchanged (?!\d)/);
  const grid = await get('/pipeline');
  expect(grid.text).toContain(`aria-label="gold.monthly_churn in run ${run}: Unchanged"`);
});

test.each([
  ['one word', 'a'.repeat(1_000_000)],
  ['open comments', '/* '.repeat(330_000)],
  ['quotes and lines', `"\n'`.repeat(330_000)],
  ['dollars', '$a$ \n'.repeat(200_000)],
])(
  'statements of a megabyte are shown whole with the table, cut in the log: %s',
  async (_, text) => {
    const sql = `${text} the end`;
    await database.owner.query('create table if not exists gold.long (one integer)');
    await database.owner.query(
      `insert into ops.task_run (run_id, task, kind, status, sql, error)
    values ($1, 'gold.long', 'model', 'failed', $2, $3)
    on conflict (run_id, task) do update set sql = excluded.sql`,
      [
        passed,
        sql,
        {
          code: 'MODEL_FAILED',
          message: sql,
          failures: [{ test: 'x', count: 1, rows: [{ sql }] }],
        },
      ],
    );
    const relation = await get('/data/gold.long');
    expect([relation.status, relation.text.includes('the end')]).toEqual([200, true]);
    const run = await get(`/pipeline/runs/${passed}`);
    expect(run.text.includes('… (cut)')).toBe(true);
    expect(run.text.includes('the end')).toBe(false);
    expect(run.text.length).toBeLessThan(500_000);
    const task = await get(`/pipeline/runs/${passed}/tasks/gold.long`);
    expect([task.status, task.text.includes('… (cut)')]).toEqual([200, true]);
  },
);
