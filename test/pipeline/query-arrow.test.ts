// @module-tag heavy
import { join } from 'node:path';
import { RecordBatchReader, tableFromIPC, Vector, type Table } from 'apache-arrow';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Session, type QueryParameter } from '../../src/pipeline/session.js';
import { createTestDatabase, root, type TestDatabase } from '../database.js';
import { printsInSmallHeap, querySession } from './query-session.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const startSession = (given?: Parameters<typeof querySession>[1]) => querySession(database, given);

/** A query's result as the library reads it. */
function tableOf(
  session: Session,
  sql: string,
  params: readonly QueryParameter[] = [],
  batchRows?: number,
): Promise<Table> {
  const options = batchRows === undefined ? {} : { batchRows };
  return tableFromIPC(session.arrow(sql, params, options));
}

/** The columns as `name: type`. */
const typesOf = ({ schema }: Table) =>
  schema.fields.map(({ name, type }) => `${name}: ${String(type)}`);

const valuesOf = (table: Table) =>
  table
    .toArray()
    .map((row: { toArray(): unknown[] }) =>
      row.toArray().map((value) => (value instanceof Vector ? [...value] : value)),
    );

test('each type of Postgres has its type of Arrow, and null in all of them', async () => {
  const { session } = startSession();
  const sql = `select
    true as b, 1::int2 as i2, -7 as i4, 9007199254740993 as i8, 4000000000::oid as o, 0.5::float4 as f4, 'NaN'::float8 as f8,
    12345678901234567890.10 as n, 'é' as t, date '2019-03-10' as d, '\\x00ff'::bytea as y, interval '1 day' as v,
    '{"a": 1.10}'::jsonb as j, 'a'::char(3) as c, array[1, null, 3] as l, array['x', null] as s,
    array[date '0044-03-15 BC'] as days, array[1.10] as ns, '{}'::int8[] as e, int4range(1, 3) as r, 'x'::name as nm`;
  const columns = 'b, i2, i4, i8, o, f4, f8, n, t, d, y, v, j, c, l, s, days, ns, e, r, nm';
  const nulls = columns.replace(/\w+/g, (name) => `null as ${name}`);
  const table = await tableOf(session, `${sql} union all select ${nulls}`);
  expect(typesOf(table)).toEqual([
    ...['b: Bool', 'i2: Int16', 'i4: Int32', 'i8: Int64', 'o: Uint32', 'f4: Float32'],
    ...['f8: Float64', 'n: Utf8', 't: Utf8', 'd: Date32<DAY>', 'y: Binary', 'v: Utf8', 'j: Utf8'],
    ...['c: Utf8', 'l: List<Int32>', 's: List<Utf8>', 'days: List<Date32<DAY>>'],
    ...['ns: List<Utf8>', 'e: List<Int64>', 'r: Utf8', 'nm: Utf8'],
  ]);
  expect(valuesOf(table)).toEqual([
    [
      ...[true, 1, -7, 9007199254740993n, 4000000000, 0.5, Number.NaN, '12345678901234567890.10'],
      ...['é', Date.UTC(2019, 2, 10), new Uint8Array([0, 255]), 'P1D', '{"a": 1.10}', 'a  '],
      ...[
        [1, null, 3],
        ['x', null],
      ],
      [Date.parse('-000043-03-15T00:00Z')],
      ['1.10'],
      [],
      '[1,3)',
      'x',
    ],
    columns.split(', ').map(() => null),
  ]);
});

test('instants keep their microseconds, whatever zone they are written in', async () => {
  const { session } = startSession();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n })),
      fc.constantFrom('UTC', 'America/St_Johns', 'Asia/Kathmandu', 'Africa/Monrovia'),
      async (instants, zone) => {
        // A product of an interval is one of doubles.
        const sql = `select timestamptz '1970-01-01 00:00Z' + span as at, local, local::date as day, local::date - date '1970-01-01' as days
          from unnest($1::int8[]) with ordinality as u (n, o), set_config('TimeZone', $2, true),
          lateral (select (n / 86400000000 * 24) * interval '1 hour' + n % 86400000000 * interval '1 microsecond' as span) as s,
          lateral (select timestamp '1970-01-01' + span as local) as l order by o`;
        const table = await tableOf(session, sql, [instants, zone]);
        const stored = (name: string) =>
          table.getChild(name)?.data.flatMap((d) => [...(d.values as Iterable<unknown>)]);
        expect(stored('at') ?? []).toEqual(instants);
        expect(stored('local') ?? []).toEqual(instants);
        expect(stored('day') ?? []).toEqual(stored('days') ?? []);
      },
    ),
    { numRuns: 20 },
  );
});

test('batches come as they are asked for, are no limit, and are recorded as one query', async () => {
  const { session, log } = startSession({ queryRows: 10 });
  const numbers = 'select n from generate_series(1, $1::int) as n';
  const reader = await RecordBatchReader.from(session.arrow(numbers, [25], { batchRows: 10 }));
  const lengths: number[] = [];
  for await (const batch of reader) lengths.push(batch.numRows);
  expect(lengths).toEqual([10, 10, 5]);
  const none = await tableOf(session, numbers, [0]);
  expect([none.numRows, ...typesOf(none)]).toEqual([0, 'n: Int32']);
  // A loop that ends early ends the query.
  for await (const bytes of session.arrow('select generate_series(1, 1000000000) as n', [], {})) {
    expect(bytes.length).toBeGreaterThan(40_000);
    break;
  }
  expect(log().map(({ parameters, rows }) => [parameters, rows])).toEqual([
    [['25'], 25],
    [['0'], 0],
    [undefined, 10_000],
  ]);
});

test('what Arrow cannot hold is an error with the way out, and the session goes on', async () => {
  const { session } = startSession();
  const failureOf = (sql: string) => tableOf(session, sql).catch((error: unknown) => error);
  for (const [sql, message] of [
    ["select date 'infinity' as d", '"infinity" is not a date that Arrow can hold'],
    ["select timestamptz '-infinity' as t", '"-infinity" is not a timestamp that Arrow can hold'],
    ['select array[[1, 2], [3, 4]] as m', 'm holds arrays of arrays'],
    ['select 1 as a, 2 as a', 'two columns are called "a"'],
    ['listen x', 'listen answers with no rows'],
    ['select moth', 'column "moth" does not exist'],
  ] as const) {
    expect(await failureOf(sql)).toMatchObject({
      code: 'QUERY_FAILED',
      message: expect.stringContaining(message) as string,
    });
  }
  expect(await failureOf('select 1 as one')).toMatchObject({ numRows: 1 });
  await expect(tableOf(session, 'select 1 as one', [], 0)).rejects.toBeInstanceOf(RangeError);
});

test('a million rows go through a heap of 48 MB', { timeout: 60_000 }, async () => {
  const script = `
    import { queryArrow } from ${JSON.stringify(join(root, 'dist/pipeline/index.js'))};
    let bytes = 0;
    const sql = "select n, 'x' || n as t from (select generate_series(1, 1000000::bigint) as n) as s";
    for await (const part of queryArrow(sql)) bytes += part.length;
    console.log(bytes > 18_000_000, process.resourceUsage().maxRSS < 250_000);`;
  expect(await printsInSmallHeap(database, script)).toBe('true true\n');
});
