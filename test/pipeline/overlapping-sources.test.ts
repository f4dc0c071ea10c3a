// @module-tag heavy
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dryRun } from '../../src/pipeline/dry-run.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { model, pipelineWorkspace } from './pipeline-workspace.js';
import { warehouseContent } from './warehouse-content.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const source = (files: string) =>
  `files: [${files}]\nformat: json\ncolumns: { n: { type: bigint } }\n`;
const counting = (table: string) =>
  model('n: { type: numeric }', `select sum(n) as n from bronze.${table}`);

test('a file belongs to one source at a time, and moves with the declarations', async () => {
  const { root, run, write } = pipelineWorkspace(
    database,
    {
      'sql/sources/log_event.yaml': source("'*.log'"),
      'sql/gold/every.sql': counting('log_event'),
      'data/app.log': '{"n":1}\nbad\n',
      'data/web-1.log': '{"n":10}\n{"n":20}\nworse\n',
    },
    { maxRejects: { percent: 50 }, allowRemoval: true },
  );
  const config = { ...database.config, root, dataDir: join(root, 'data') };
  const sums = async (...tables: string[]) => {
    const found = tables.map(async (table) => {
      const { rows } = await database.owner.query<{ n: string | null }>(
        `select n from gold.${table}`,
      );
      return rows[0]?.n ?? null;
    });
    return Promise.all(found);
  };
  const balances = (...sources: string[]) => warehouseContent(database.owner, [], sources);
  const isBalanced = { isBalanced: true, isLoaded: true, isKept: true };
  await run();
  expect(await sums('every')).toEqual(['31']);

  // A more precise pattern takes the file over, with its rejected lines.
  write('sql/sources/web.yaml', source("'web-*.log'"));
  write('sql/gold/web.sql', counting('web'));
  const dry = await dryRun(database.reader, { config });
  expect(dry.files.map(({ file, source: owner, action }) => [file, owner, action])).toEqual([
    ['app.log', 'log_event', 'keep'],
    ['web-1.log', 'web', 'load'],
  ]);
  expect(dry.models.map(({ model: id, action }) => [id, action])).toEqual([
    ['gold.every', 'build'],
    ['gold.web', 'build'],
  ]);
  expect(await run()).toMatchObject({
    status: 'passed',
    lines: { read: 3, loaded: 2, rejected: 1 },
  });
  expect(await sums('every', 'web')).toEqual(['1', '30']);
  expect(await balances('log_event', 'web')).toMatchObject(isBalanced);

  // Two that are equally precise are asked back, before anything is touched.
  write('sql/sources/other.yaml', source("'web-*.log'"));
  const before = await balances('log_event', 'web');
  const ambiguous = {
    code: 'DATA_AMBIGUOUS',
    message: 'both other and web take web-1.log',
    hint: expect.stringContaining('more precise pattern') as unknown,
  };
  await expect(run()).rejects.toMatchObject(ambiguous);
  await expect(dryRun(database.reader, { config })).rejects.toMatchObject(ambiguous);
  expect(await balances('log_event', 'web')).toEqual(before);

  // And back again.
  for (const name of ['other', 'web']) rmSync(join(root, `sql/sources/${name}.yaml`));
  rmSync(join(root, 'sql/gold/web.sql'));
  expect(await run()).toMatchObject({ status: 'passed', rejects: { invalid_json: 2 } });
  expect(await sums('every')).toEqual(['31']);
  expect(await balances('log_event')).toMatchObject(isBalanced);
});
