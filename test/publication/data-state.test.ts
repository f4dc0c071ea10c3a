import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDataState } from '../../src/publication/publication-writer.js';
import { createTestDatabase, type TestDatabase } from '../database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const graph = {
    'silver.strike': ['bronze.bird_strike', 'bronze.report_parameter'],
    'gold.strike_by_month': ['silver.strike'],
    'gold.both': ['gold.strike_by_month', 'bronze.weather'],
    'gold.constant': [],
  };
  await database.owner.query(
    `insert into ops.pipeline_run (trigger, status, data_dir, time_zone, graph)
    values ('test', 'passed', '', 'UTC', $1), ('test', 'failed', '', 'UTC', '{}')`,
    [JSON.stringify(graph)],
  );
  await database.owner.query(
    `insert into ops.source_file
      (source, definition, source_file, sha256, bytes, line_count, loaded_count, rejected_count, newest_event, run_id)
    select source, '', file, '', 0, 0, 0, 0, newest::timestamptz, 1
    from (values
      ('bird_strike', 'a.csv', '2001-09-30Z'),
      ('bird_strike', 'b.csv', '2002-09-30Z'),
      ('weather', 'c.csv', '2018-02-06Z'),
      ('untimed', 'd.csv', null)
    ) as file (source, file, newest)`,
  );
});
afterAll(() => database.drop());

test.each([
  ['gold.strike_by_month', '2002-09-30T00:00:00Z'],
  ['bronze.weather', '2018-02-06T00:00:00Z'],
  ['gold.both', '2018-02-06T00:00:00Z'],
  ['gold.constant', null],
  ['bronze.untimed', null],
  ['ops.pipeline_run', null],
])('the data of %s go through %s, whatever other sources have', async (table, dataThrough) => {
  expect(await readDataState(database.owner, [table], 'bronze')).toEqual({
    pipelineRunId: 1n,
    dataThrough,
  });
});

test('of several tables the newest counts, of none nothing', async () => {
  const tables = ['gold.strike_by_month', 'bronze.weather'];
  expect(await readDataState(database.owner, tables, 'bronze')).toMatchObject({
    dataThrough: '2018-02-06T00:00:00Z',
  });
  expect(await readDataState(database.owner, [], 'bronze')).toEqual({
    pipelineRunId: 1n,
    dataThrough: null,
  });
});
