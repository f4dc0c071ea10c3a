import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { daybook, projectFolder } from '../../pipeline/daybook-process.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const line = '{"date":"2019-01-05T10:00:00-05:00","log_type":"LOGIN","account":1}\n';
const models = {
  'sql/gold/n.sql':
    '/* { description: n, columns: { n: { type: bigint } } } */\nselect count(*) as n from bronze.log_event',
};

test('without a word the logs are those of the last run', async () => {
  const folder = projectFolder({ 'elsewhere/a.log': line, ...models });
  const run = (...options: string[]) => daybook(database, folder, 'pipeline', 'run', ...options);

  expect((await run()).stderr).toContain('[DATA_MISSING]');
  expect((await run('--dry-run')).stderr).toContain('[DATA_MISSING]');
  expect((await run('--data', 'elsewhere')).exitCode).toBe(0);

  const again = await run();
  expect(again.stderr).toContain('reading the logs of the last run, in ');
  expect(again.stderr).toContain('files   0 loaded, 1 unchanged');
  expect(again.exitCode).toBe(0);
  expect(await run('--dry-run')).toMatchObject({ exitCode: 0 });
});

test('logs that vanish from data/ are missing: sample logs do not take their place', async () => {
  const folder = projectFolder({ 'data/a.log': line, ...models });
  expect((await daybook(database, folder, 'pipeline', 'run')).exitCode).toBe(0);
  renameSync(join(folder, 'data'), join(folder, 'away'));
  mkdirSync(join(folder, 'data')); // as a disk that is not mounted

  const { exitCode, stderr } = await daybook(database, folder, 'up', '--once');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('[DATA_MISSING]');
  expect(await database.owner.query('select n from gold.n')).toMatchObject({ rows: [{ n: 1n }] });
});
