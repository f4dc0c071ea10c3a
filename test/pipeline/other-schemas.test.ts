// @module-tag heavy
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createReaders } from '../../src/server/reading/readers/readers.js';
import { readConfig } from '../../src/config/config.js';
import { readDataState } from '../../src/publication/publication-writer.js';
import { relationStates } from '../../src/history/models/relation-states.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { servePages } from '../server/serve-pages.js';
import { daybook } from './daybook-process.js';
import { temporaryFolder } from '../temporary-folder.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const header = (columns: string, rest = '') => `/*
description: A model.
columns: { ${columns} }
${rest}*/
`;

const projectFile = (first: string) => `import { defineConfig } from 'daybook/config';
export default defineConfig({
  schemas: { ${first}: 'Lines of the shop', mart: 'What the shop asks' },
  report: { timeZone: 'Asia/Tokyo', model: 'mart.report' },
});
`;

/** A project whose schemas have other names; nothing in it is named as in ours. */
const files = {
  'package.json': '{}',
  'daybook.config.ts': projectFile('raw'),
  'sql/sources/visit.yaml': `files: ['*.jsonl']
format: json
columns: { at: { type: timestamptz, required: true } }
event_time: at
`,
  'sql/mart/report.sql': `${header('as_of: { type: timestamptz }, time_zone: { type: text }')}
select coalesce(parameter.as_of, (select max(at) from raw.visit)) as as_of, time_zone
from raw.report_parameter as parameter`,
  'sql/mart/visits_by_day.sql': `${header(
    'day: { type: date }, visits: { type: bigint }',
    'incremental: { from: raw.visit, by: day, time: at, slice: day, key: [day] }\n',
  )}
select (at at time zone report.time_zone)::date as day, count(*) as visits
from raw.visit cross join mart.report
group by 1`,
  'data/a.jsonl': '{"at": "2020-03-01T20:00:00Z"}\n{"at": "2020-03-01T01:00:00Z"}\n',
  'data/b.jsonl': '{"at": "2020-03-05T01:00:00Z"}\n',
};

test('a project may name its schemas as it likes, from the lines to the pages', async () => {
  const folder = temporaryFolder(files);
  const run = async (...args: string[]) => {
    const ended = await daybook(database, folder, 'pipeline', 'run', ...args);
    expect(ended.exitCode, ended.stderr).toBe(0);
    return ended.stdout + ended.stderr;
  };
  const visits = async () =>
    (
      await database.reader.query<object>(
        'select day::text, visits::int from mart.visits_by_day order by 1',
      )
    ).rows;
  expect(await run('--dry-run')).toContain('mart.visits_by_day');
  await run();
  expect(await visits()).toEqual([
    { day: '2020-03-01', visits: 1 },
    { day: '2020-03-02', visits: 1 },
    { day: '2020-03-05', visits: 1 },
  ]);
  const { rows } = await database.owner.query<object>(
    'select as_of, time_zone from ops.pipeline_run order by run_id desc limit 1',
  );
  expect(rows).toEqual([{ as_of: '2020-03-05T01:00:00Z', time_zone: 'Asia/Tokyo' }]);

  // A slice grows, and a file goes.
  writeFileSync(
    join(folder, 'data/a.jsonl'),
    `${files['data/a.jsonl']}{"at": "2020-03-01T02:00:00Z"}\n`,
  );
  rmSync(join(folder, 'data/b.jsonl'));
  expect(await run('--allow-removal')).toContain('mart.visits_by_day');
  expect(await visits()).toEqual([
    { day: '2020-03-01', visits: 2 },
    { day: '2020-03-02', visits: 1 },
  ]);

  const { project } = await readConfig({}, folder);
  const { catalogue } = createReaders(database.reader, project.schemas);
  const relations = await catalogue.readRelations();
  expect(relations.map(({ id }) => id)).toEqual([
    'raw.report_parameter',
    'raw.visit',
    'mart.report',
    'mart.visits_by_day',
  ]);
  const server = await servePages(database.reader, {
    ...createReaders(database.reader, project.schemas),
    timeZone: project.timeZone,
  });
  const page = await (await fetch(`${server.url}/data`)).text();
  await server.close();
  expect(page).toMatch(/What the shop asks.*Lines of the shop/s);
  expect(page).not.toContain('bronze');

  expect(await readDataState(database.owner, ['mart.visits_by_day'], 'raw')).toMatchObject({
    dataThrough: '2020-03-01T20:00:00Z',
  });
  const client = await database.owner.connect();
  try {
    const states = await relationStates(client, ['raw.visit', 'mart.report'], 'raw');
    expect(states['raw.visit']).toMatch(/^3 rows/);
  } finally {
    client.release();
  }

  // Under another name the table is a new one: all files are loaded into it.
  for (const name of ['report', 'visits_by_day'] as const) {
    const sql = files[`sql/mart/${name}.sql`].replaceAll('raw.', 'lines.');
    writeFileSync(join(folder, `sql/mart/${name}.sql`), sql);
  }
  writeFileSync(join(folder, 'daybook.config.ts'), projectFile('lines'));
  await run();
  const loaded = await database.reader.query<{ count: number }>(
    'select count(*)::int as count from lines.visit',
  );
  expect(loaded.rows).toEqual([{ count: 3 }]);
  expect(await visits()).toHaveLength(2);
});

test('what belongs to the loaded schema is said of the one that the project names', async () => {
  const folder = temporaryFolder({
    ...files,
    'sql/mart/visits_by_day.sql': files['sql/mart/visits_by_day.sql'].replace(
      'from: raw.visit',
      'from: mart.report',
    ),
    'sql/mart/report.sql': `${header('now: { type: timestamptz }')}select now() as now`,
    'sql/mart/other.sql': `${header('n: { type: int }')}select n from visit`,
  });
  const { stderr } = await daybook(database, folder, 'pipeline', 'run');
  expect(stderr).toContain('header: incremental.from: must be a relation of schema raw');
  expect(stderr).toContain("the report's time is in raw.report_parameter");
  expect(stderr).toContain('"visit" needs its schema, like mart.visit');
});
