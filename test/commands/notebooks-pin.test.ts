import { afterAll, beforeAll, expect, test } from 'vitest';
import { notebooksPin, notebooksUnpin } from '../../src/commands/notebooks/notebooks-pin.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { notebookOf, publish } from '../server/published.js';
import { runCommand } from './run-command.js';

let database: TestDatabase;
let run: string;
beforeAll(async () => {
  database = await createTestDatabase();
  run = String(await publish(database.owner, 'sales', notebookOf([]), { title: 'Sales' }));
});
afterAll(() => database.drop());

const pin = (positionals: string[], values: Record<string, string | boolean> = {}) =>
  runCommand(notebooksPin, database.config, { positionals, values });
const unpin = (...positionals: string[]) =>
  runCommand(notebooksUnpin, database.config, { positionals });

test('runs are pinned by number or page, listed, and unpinned', async () => {
  expect(await pin(['sales'])).toMatchObject({
    exitCode: 0,
    stdout: `run ${run} of sales is kept for good\n`,
  });
  expect((await pin([run], { until: '2999-12-31' })).stdout).toBe(
    `run ${run} of sales is kept through 2999-12-31\n`,
  );
  const listed = (await pin([])).stdout.trim().split('\n');
  expect(listed).toHaveLength(2);
  expect(listed[0]).toMatch(/^run +name +until +ended +title$/);
  expect(listed[1]).toMatch(/ sales +[23]\d{3}-\d\d-\d\dT.*Sales$/);
  expect(JSON.parse((await pin([], { json: true })).stdout)).toMatchObject({
    ...{ runId: run, slug: 'sales', title: 'Sales' },
  });
  expect((await unpin('sales')).stdout).toBe(`run ${run} is pinned no more\n`);
  expect((await unpin(run)).stdout).toBe(`run ${run} was not pinned\n`);
});

test('what is no run, no day, or over, is said, and nothing is pinned', async () => {
  for (const [positionals, values, message] of [
    [['sales', 'none'], {}, 'There is no run none, and no page of that name with one'],
    [['sales'], { until: 'tomorrow' }, '--until tomorrow is no day like 2027-12-31'],
    [['sales'], { until: '2001-01-01' }, '--until: the day 2001-01-01 is over'],
    [[], { until: '2999-01-01' }, '--until says how long to keep a run; name the run, too'],
  ] as const) {
    await expect(pin([...positionals], values)).rejects.toThrow(message);
  }
  expect((await pin([], { json: true })).stdout).toBe('');
});
