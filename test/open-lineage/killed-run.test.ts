// @module-tag heavy
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { projectFolder, startDaybook } from '../pipeline/daybook-process.js';
import { event, model } from '../pipeline/pipeline-workspace.js';
import { expectLineage, linesOf, told } from './event-schema.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

test('a run that is killed leaves whole lines, and no end', async () => {
  const folder = projectFolder({
    'data/a.log': event(1, '2019-01-05T10:00:00Z'),
    'sql/gold/total.sql': model('n: { type: integer }', 'select 1 as n from pg_sleep(60)'),
    'daybook.config.ts': `export default { openLineage: { file: 'lineage.ndjson' } };`,
  });
  const file = join(folder, 'lineage.ndjson');
  const child = startDaybook(database, folder, ['pipeline', 'run']);
  await expect
    .poll(() => database.rows(`select 1 from pg_stat_activity where wait_event = 'PgSleep'`), {
      timeout: 30_000,
    })
    .not.toEqual([]);
  await expect.poll(() => readFileSync(file, 'utf8'), { timeout: 10_000 }).toContain('gold.total');
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exited;
  const events = linesOf(file);
  expectLineage(events);
  expect(told(events)).toContain('START pipeline.gold.total');
  expect(told(events)).not.toContain('FAIL pipeline');
}, 60_000);
