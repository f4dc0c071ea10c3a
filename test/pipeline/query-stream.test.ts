// @module-tag heavy
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { exportSnapshot } from '../../src/warehouse/query/snapshot.js';
import { openReader } from '../../src/warehouse/warehouse.js';
import { createTestDatabase, root, type TestDatabase } from '../database.js';
import { printsInSmallHeap, querySession } from './query-session.js';

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const startSession = (given?: Parameters<typeof querySession>[1]) => querySession(database, given);

const numbers = 'select n from generate_series(1, $1::int) as n';

/** Gives rows as they are asked for; a function after `from` would make them all first. */
const endless = 'select generate_series(1, 1000000000) as n';

/** The lengths of the batches of a stream. */
async function lengthsOf(batches: AsyncIterable<object[]>): Promise<number[]> {
  const lengths: number[] = [];
  for await (const rows of batches) lengths.push(rows.length);
  return lengths;
}

async function allOf(batches: AsyncIterable<object[]>): Promise<object[][]> {
  const all: object[][] = [];
  for await (const rows of batches) all.push(rows);
  return all;
}

test('a query with more rows than may be held says so, and what to do; the session goes on', async () => {
  const { session, log } = startSession({ queryRows: 10 });
  expect(await session.query(numbers, [10])).toHaveLength(10);
  const failure = await session.query(numbers, [11]).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'QUERY_TOO_LARGE',
    message: 'the query has more than 10 rows',
    hint: expect.stringContaining('queryStream()') as string,
  });
  expect(await session.query('select 1 as one')).toEqual([{ one: 1 }]);
  expect(log().map(({ rows }) => rows)).toEqual([10, null, 1]);
});

test('a stream gives rows in batches, recorded as one query', async () => {
  const { session, log } = startSession();
  expect(await lengthsOf(session.stream(numbers, [25], { batchRows: 10 }))).toEqual([10, 10, 5]);
  expect(await lengthsOf(session.stream(numbers, [20], { batchRows: 10 }))).toEqual([10, 10]);
  expect(await lengthsOf(session.stream(numbers, [0], {}))).toEqual([]);
  const [first] = await allOf(
    session.stream(
      "select 9007199254740993 as n, date '2019-01-01' as day, '{\"a\":1}'::json as j",
      [],
      {},
    ),
  );
  expect(first).toEqual([{ n: 9007199254740993n, day: '2019-01-01', j: { a: 1 } }]);
  expect(log().map(({ sql, parameters, rows }) => [sql === numbers, parameters, rows])).toEqual([
    [true, ['25'], 25],
    [true, ['20'], 20],
    [true, ['0'], 0],
    [false, undefined, 1],
  ]);
});

test('a loop that ends early ends the query, and queries within it have connections of their own', async () => {
  const { session, log } = startSession();
  for await (const rows of session.stream(endless, [], { batchRows: 2 })) {
    expect(rows).toEqual([{ n: 1 }, { n: 2 }]);
    expect(await session.query('select 1 as one')).toEqual([{ one: 1 }]);
    break;
  }
  const [running] = await session.query<{ n: number }>(
    "select count(*)::int as n from pg_stat_activity where query like '%generate_series%' and pid <> pg_backend_pid() and state <> 'idle'",
  );
  expect(running).toEqual({ n: 0 });
  expect(log().map(({ rows }) => rows)).toEqual([1, 2, 1]);
});

test('errors of a stream are those of a query, also in a later batch', async () => {
  const { session, log } = startSession();
  const failureOf = (sql: string, batchRows = 10) =>
    lengthsOf(session.stream(sql, [], { batchRows })).catch((error: unknown) => error);
  expect(await failureOf('select\n  moth')).toMatchObject({
    code: 'QUERY_FAILED',
    message: expect.stringMatching(/column "moth" does not exist[^]*> 2 \|/) as string,
  });
  expect(
    await failureOf('select 1 / (n - 15) as x from generate_series(1, 20) as n'),
  ).toMatchObject({
    code: 'QUERY_FAILED',
    message: expect.stringContaining('division by zero') as string,
  });
  expect(await failureOf('select 1 as a, 2 as a')).toMatchObject({
    message: 'two columns are called "a"',
  });
  expect(await failureOf('')).toMatchObject({ message: 'the query is empty' });
  expect(await failureOf('listen x')).toMatchObject({ message: 'listen answers with no rows' });
  const sql = 'select nullif(n, 15) as n from generate_series(1, 20) as n -- not null: n';
  expect(await failureOf(sql)).toMatchObject({
    message: expect.stringContaining('n is null in row 15') as string,
  });
  expect(await failureOf('select 1 as one', 0)).toBeInstanceOf(RangeError);
  expect(await session.query('select 1 as one')).toEqual([{ one: 1 }]);
  expect(log().at(-2)?.rows).toBe(null);
});

test('a stream may take longer than the time limit of a query', async () => {
  const { session } = startSession();
  const limit = () => session.query("select current_setting('statement_timeout') as limit");
  const before = await limit();
  expect(before).not.toEqual([{ limit: '0' }]);
  const [[shown] = []] = await allOf(
    session.stream("select current_setting('statement_timeout') as limit", [], {}),
  );
  expect(shown).toEqual({ limit: '0' });
  expect(await limit()).toEqual(before);
});

test('in a run a stream reads the state that the run reads, also after an error', async () => {
  await database.owner.query(
    'create schema if not exists gold; create table gold.n as select 1 as n',
  );
  const reader = await openReader(database.config);
  onTestFinished(() => reader.close());
  const snapshot = await exportSnapshot(reader.pool);
  onTestFinished(() => snapshot.close());
  await database.owner.query('insert into gold.n values (2)');
  const { session } = startSession({ snapshot: snapshot.id });
  const sql = 'select n from gold.n';
  const read = () => allOf(session.stream(sql, [], {}));
  expect(await read()).toEqual([[{ n: 1 }]]);
  await session.query('select moth').catch(() => undefined);
  await lengthsOf(session.stream('select 1 / 0', [], {})).catch(() => undefined);
  expect(await read()).toEqual([[{ n: 1 }]]);
  expect(await session.query(sql)).toEqual([{ n: 1 }]);
});

test('five million rows go through a heap of 48 MB', { timeout: 120_000 }, async () => {
  const script = `
    import { queryStream } from ${JSON.stringify(join(root, 'dist/pipeline/index.js'))};
    let [rows, sum] = [0, 0n];
    const sql = 'select generate_series(1, 5000000::bigint) as n';
    for await (const batch of queryStream(sql, [], { batchRows: 5000 })) {
      rows += batch.length;
      for (const { n } of batch) sum += n;
    }
    console.log(rows, sum);`;
  expect(await printsInSmallHeap(database, script)).toBe('5000000 12500002500000n\n');
});
