// @module-tag heavy
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replayRejects } from '../../src/pipeline/rejects/replay-rejects.js';
import { limitsBySource } from '../../src/pipeline/load/limits/source-limits.js';
import { readSources } from '../../src/pipeline/project/read-sources.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { pipelineWorkspace } from './pipeline-workspace.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

test('every word of SQL can be the name of a column', async () => {
  const words = (await database.rows<{ word: string }>('select word from pg_get_keywords()'))
    .map(({ word }) => word)
    .filter((word) => word.length < 60);
  const { run } = pipelineWorkspace(database, {
    'sql/sources/user.yaml': `files: ['*.csv']\nformat: csv\ncolumns:\n${words.map((word) => `  '${word}': { type: text }\n`).join('')}`,
    'data/a.csv': `${words.join(',')}\n${words.map((word) => `the ${word}`).join(',')}\n`,
  });
  expect(await run()).toMatchObject({ status: 'passed', lines: { loaded: 1 } });
  const [row] = await database.rows<Record<string, string>>('select * from bronze."user"');
  expect(row).toMatchObject(Object.fromEntries(words.map((word) => [word, `the ${word}`])));
});

test('a source, its columns and models named by words of SQL go through everything', async () => {
  const { root, write, run } = pipelineWorkspace(
    database,
    {
      'sql/sources/order.yaml': `
description: Orders
files: ['*.csv']
format: csv
columns:
  user: { type: bigint, required: true, description: Who }
  end: { type: timestamptz, required: true }
  select: { type: text, values: seen }
event_time: end
`,
      'sql/gold/group.sql': `/*
description: Orders by day
columns:
  day: { type: date, tests: [not_null] }
  user: { type: bigint, tests: [{ relationships: { to: gold.table, column: user } }] }
  all: { type: bigint, tests: [{ accepted_values: [1, 2] }] }
incremental: { from: bronze.order, by: day, time: end, slice: day, key: [day, user] }
indexes: [[user]]
tests: [{ freshness: { column: day, within: 10000 days } }]
*/
select
  ("end" at time zone (select time_zone from bronze.report_parameter))::date as day,
  "user", count(*) as "all"
from bronze."order" group by 1, 2`,
      'sql/gold/table.sql':
        '/*\ndescription: Users\ncolumns: { user: { type: bigint, tests: [unique] } }\n*/\nselect distinct "user" from bronze."order"',
      'sql/gold/where.sql':
        '/*\ndescription: View\nmaterialized: view\ncolumns: { user: { type: bigint } }\n*/\nselect "user" from gold."table"',
      'data/a.csv':
        'user,end,select\n1,2019-01-05T10:00:00Z,a\nx,2019-01-05T10:00:00Z,a\n2,2019-01-06T10:00:00Z,b',
    },
    { maxRejects: { percent: 50 }, allowRemoval: true },
  );
  expect(await run()).toMatchObject({
    ...{ status: 'passed', lines: { loaded: 2, rejected: 1 } },
  });
  // The last line was not finished, and was the newest.
  appendFileSync(join(root, 'data/a.csv'), 'x\n1,2019-01-07T10:00:00Z,c\n');
  expect(await run()).toMatchObject({
    status: 'passed',
    lines: { loaded: 2 },
    models: [{ model: 'gold.table' }, { model: 'gold.where' }, { model: 'gold.group' }],
  });
  expect(await database.rows('select "user", "all" from gold."group" order by 1, day')).toEqual([
    { user: 1n, all: 1n },
    { user: 1n, all: 1n },
    { user: 2n, all: 1n },
  ]);
  const [sources, signal] = [await readSources(root), new AbortController().signal];
  const limitsOf = limitsBySource(sources, database.config.limits, {});
  expect(await replayRejects(database.owner, sources, { limitsOf, signal })).toMatchObject({
    rejected: 1,
  });
  rmSync(join(root, 'data/a.csv'));
  write('data/b.csv', 'user,end,select\n3,2019-01-08T10:00:00Z,a\n');
  expect(await run()).toMatchObject({ status: 'passed', lines: { loaded: 1 } });
  expect(await database.rows('select "user", "end" from bronze."order"')).toEqual([
    { user: 3n, end: '2019-01-08T10:00:00Z' },
  ]);
});
