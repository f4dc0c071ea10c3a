import { afterAll, beforeAll, expect, test } from 'vitest';
import { findRun, pinRun, readPinnedRuns, unpinRun } from '../../src/publication/pinned-runs.js';
import { createPublicationReader } from '../../src/publication/publication-reader.js';
import { holdOf } from '../../src/publication/run-retention.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { notebookOf, publish } from '../server/published.js';

let database: TestDatabase;
let runs: string[];
beforeAll(async () => {
  database = await createTestDatabase();
  runs = [];
  for (const error of [undefined, undefined, { ename: 'E', evalue: 'v' }]) {
    const options = { title: 'Churn', ...(error === undefined ? {} : { error }) };
    runs.push(String(await publish(database.owner, 'churn', notebookOf([]), options)));
  }
});
afterAll(() => database.drop());

test('a run is found by its number, or by the page that shows it', async () => {
  const { owner } = database;
  expect(await findRun(owner, runs[0] ?? '')).toBe(runs[0]);
  expect(await findRun(owner, 'churn')).toBe(runs[1]);
  for (const name of ['none', '999999', "'; drop table x; --", '']) {
    expect([name, await findRun(owner, name)]).toEqual([name, undefined]);
  }
});

test('pins are for good or through a day of the report, change, and are taken away', async () => {
  const { owner, reader } = database;
  const [run = ''] = runs;
  await pinRun(owner, run, undefined, 'America/Toronto');
  expect(await readPinnedRuns(reader)).toMatchObject([
    { runId: run, slug: 'churn', title: 'Churn', until: undefined },
  ]);
  await pinRun(owner, run, '2999-12-31', 'America/Toronto');
  const pinned = '3000-01-01T05:00:00.000Z';
  expect(await readPinnedRuns(reader)).toMatchObject([{ runId: run, until: pinned }]);
  const { notebooks } = await createPublicationReader(reader).readPublication();
  expect(notebooks[0]?.pinned).toEqual({ [run]: pinned });
  expect(await unpinRun(owner, run)).toBe(true);
  expect(await unpinRun(owner, run)).toBe(false);
  expect(await readPinnedRuns(reader)).toEqual([]);
});

test.each([
  ['2001-01-01', 'the day 2001-01-01 is over'],
  ['2999-02-30', 'there is no day 2999-02-30'],
])('a run cannot be pinned through %s', async (day, message) => {
  await expect(pinRun(database.owner, runs[0] ?? '', day, 'UTC')).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining(message) as string,
  });
  expect(await readPinnedRuns(database.reader)).toEqual([]);
});

test('how long a run is kept is said by its pin, else by the retention', () => {
  const run = { runId: '7', startedAt: '2026-11-30T20:00:00.000Z' };
  const retention = { runs: 100, days: 365 };
  expect(holdOf(run, {}, retention)).toEqual({
    ...{ until: '2027-11-30T20:00:00.000Z', isPinned: false, newerRuns: 100 },
  });
  const until = '2999-01-01T00:00:00.000Z';
  for (const end of [until, null]) {
    expect(holdOf(run, { pinned: { 7: end, 8: null } }, retention)).toEqual({
      ...{ until: end, isPinned: true, newerRuns: null },
    });
  }
  // A retention beyond what a date can hold.
  expect(holdOf(run, {}, { runs: 1, days: 1e12 }).until).toBeNull();
});

test('a warehouse of a version without pins has none', async () => {
  const older = await createTestDatabase();
  try {
    await older.owner.query('alter table publication.notebook_run drop column pinned_until');
    expect(await readPinnedRuns(older.reader)).toEqual([]);
  } finally {
    await older.drop();
  }
});
