import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/logger.js';
import { createPool } from '../../../src/warehouse/connect/pool.js';
import { queryRows } from '../../../src/warehouse/query/query-rows.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** The value of an SQL expression as it arrives. */
async function valueOf(expression: string, values: unknown[] = []): Promise<unknown> {
  const [row] = await queryRows<{ value: unknown }>(
    db.reader,
    `select ${expression} as value`,
    values,
  );
  return row!.value;
}

describe('values arrive without loss', () => {
  it.each<[string, unknown]>([
    ['9007199254740993::bigint', 9007199254740993n],
    ["'-9223372036854775808'::bigint", -9223372036854775808n],
    ['42::int', 42],
    ['count(*)', 1n],
    ['sum(2.50)', '2.50'],
    ["'123456789012345678901234567890.10'::numeric", '123456789012345678901234567890.10'],
    ["'NaN'::numeric", 'NaN'],
    ["'-infinity'::numeric", '-Infinity'],
    ["'infinity'::float8", Infinity],
    ['0.1::float8 + 0.2::float8', 0.1 + 0.2],
    ["'2019-02-28'::date", '2019-02-28'],
    ["'infinity'::date", 'infinity'],
    ["'0044-03-15 BC'::date", '0044-03-15 BC'],
    ["'2019-01-01 00:00:00+00'::timestamptz", '2019-01-01T00:00:00Z'],
    ["'2019-01-01 00:00:00.000001-05'::timestamptz", '2019-01-01T05:00:00.000001Z'],
    ["'-infinity'::timestamptz", '-infinity'],
    ["'0044-03-15 12:00:00+00 BC'::timestamptz", '0044-03-15 12:00:00+00 BC'],
    ["'12019-01-01 00:00:00+00'::timestamptz", '12019-01-01 00:00:00+00'],
    ["'2019-03-10 02:30:00.5'::timestamp", '2019-03-10T02:30:00.5'],
    ["'infinity'::timestamp", 'infinity'],
    ["'23:59:60'::time", '24:00:00'],
    ["'1 year 2 days 3.5 seconds'::interval", 'P1Y2DT3.5S'],
    ["'-1 month'::interval", 'P-1M'],
    ['true', true],
    ['\'{"a": [1, null, "é"]}\'::jsonb', { a: [1, null, 'é'] }],
    ["'null'::jsonb", null],
    ['null::bigint', null],
    ["'{}'::bigint[]", []],
    ["'{1,NULL,9007199254740993}'::bigint[]", [1n, null, 9007199254740993n]],
    ["'{{1.10},{NULL}}'::numeric[]", [['1.10'], [null]]],
    ["'[5:6]={2019-01-01,infinity}'::date[]", ['2019-01-01', 'infinity']],
    ["'{2019-06-01 00:00:00+02,NULL}'::timestamptz[]", ['2019-05-31T22:00:00Z', null]],
    ["'{2019-06-01 01:00:00}'::timestamp[]", ['2019-06-01T01:00:00']],
    ["'{1 day}'::interval[]", ['P1D']],
    ["array['a,b', 'c\"d', null]::text[]", ['a,b', 'c"d', null]],
    ["'\\x00ff'::bytea", Buffer.from([0, 255])],
  ])('%s', async (expression, expected) => {
    expect(await valueOf(expression)).toEqual(expected);
  });

  it('every bigint there and back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)), async (numbers) => {
        expect(await valueOf('$1::bigint[]', [numbers])).toEqual(numbers);
      }),
      { numRuns: 50 },
    );
  });

  it('every instant to the microsecond, whatever zone the session is set to', async () => {
    const client = await db.reader.connect();
    try {
      await fc.assert(
        fc.asyncProperty(
          // 0001-01-02 to 9999-12-30, in microseconds since 1970.
          fc.bigInt(-62135510400000000n, 253402214399999999n),
          fc.constantFrom(
            'UTC',
            'America/Toronto',
            'Asia/Kolkata',
            'Africa/Monrovia',
            'Asia/Tokyo',
          ),
          async (micros, zone) => {
            await client.query(`select set_config('TimeZone', $1, false)`, [zone]);
            const [row] = await queryRows<{ value: string }>(
              client,
              `select timestamptz 'epoch' +
                 ($1::bigint / 1000000) * interval '1 second' +
                 ($1::bigint % 1000000) * interval '1 microsecond' as value`,
              [micros],
            );
            expect(fromRfc3339(row!.value)).toBe(micros);
          },
        ),
        { numRuns: 200 },
      );
    } finally {
      client.release(true);
    }
  });

  /** Independent of the mapping: the microseconds since 1970 of an RFC 3339 text in UTC. */
  function fromRfc3339(text: string): bigint | string {
    const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z$/.exec(text);
    if (parts === null) return text;
    const [, seconds = '', fraction = ''] = parts;
    return BigInt(Date.parse(`${seconds}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0'));
  }

  it('whatever the time zone of the process', async () => {
    const before = process.env['TZ'];
    try {
      for (const zone of ['America/Toronto', 'Asia/Tokyo', 'Pacific/Kiritimati']) {
        process.env['TZ'] = zone;
        expect(await valueOf("'2019-01-01'::date")).toBe('2019-01-01');
        expect(await valueOf("'2019-01-01 00:00Z'::timestamptz")).toBe('2019-01-01T00:00:00Z');
      }
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  });

  it("even when the role's own settings speak another notation", async () => {
    await db.owner.query(
      `alter role daybook_reader in database ${new URL(db.ownerUrl).pathname.slice(1)}
       set DateStyle = 'German'`,
    );
    // Only a new session sees the setting.
    const pool = createPool(db.readerUrl, silentLogger);
    try {
      const [row] = await queryRows(pool, `select '2019-02-28'::date as value`);
      expect(row).toEqual({ value: '2019-02-28' });
    } finally {
      await pool.end();
    }
  });

  it('and leaves other users of pg in the process alone', async () => {
    const client = new pg.Client({ connectionString: db.readerUrl });
    await client.connect();
    const { rows } = await client.query<{ value: unknown }>('select 1::bigint as value');
    await client.end();
    expect(rows[0]!.value).toBe('1');
  });
});
