import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createJsonParser } from '../../../../src/pipeline/extract/json/json-line.js';
import { isReject } from '../../../../src/pipeline/extract/event/log-event.js';
import { copyHeader, copyTrailer } from '../../../../src/pipeline/load/encode/copy-binary.js';
import { copyIn } from '../../../../src/pipeline/load/copy-in.js';
import { ensureTable } from '../../../../src/pipeline/load/ensure-table.js';
import { EventRows } from '../../../../src/pipeline/load/encode/event-rows.js';
import { copyStatement } from '../../../../src/pipeline/load/load-file.js';
import { sourceTable } from '../../../../src/pipeline/definitions/source.js';
import { createTestDatabase, type TestDatabase } from '../../../database.js';
import { declared } from '../../line-sources.js';

/** A column of each type. */
const source = declared(
  'all_types',
  `
files: ['*.log']
format: json
columns:
  n: { type: bigint }
  i: { type: integer }
  x: { type: numeric }
  f: { type: double precision }
  b: { type: boolean }
  d: { type: date }
  at: { type: timestamptz }
  t: { type: text }
  j: { type: jsonb }
event_time: at
`,
);
const file = Buffer.from('2019/é.log');

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await ensureTable(database.owner, source);
});
afterAll(() => database.drop());

const digits = (most: number) => fc.stringMatching(new RegExp(`^-?[1-9]\\d{0,${most - 1}}$`));
const two = (n: number) => String(n).padStart(2, '0');
const time = fc
  .record({
    ms: fc.integer({ min: Date.parse('0001-01-03'), max: Date.UTC(9999, 11, 30) }),
    fraction: fc.constantFrom('', '', '.5', '.123456'),
    zone: fc.constantFrom('Z', '-05:00', '+05:30'),
  })
  .map(({ ms, fraction, zone }) => `${new Date(ms).toISOString().slice(0, 19)}${fraction}${zone}`);
const text = fc
  .string({ unit: 'grapheme', maxLength: 200 })
  .map((value) => value.replaceAll('\0', ''))
  .filter((value) => !/\p{Cs}/u.test(value));
const json = (value: unknown) => JSON.stringify(value);
const values = {
  n: fc.oneof(digits(18), fc.constantFrom('0', '9223372036854775807', '-9223372036854775808')),
  i: fc.integer().map(String),
  x: fc.oneof(digits(30), fc.constantFrom('0.0001', '-12345.678900', '1e20', '10000', '0')),
  f: fc.double({ noNaN: true, noDefaultInfinity: true }).map(json),
  b: fc.boolean().map(String),
  d: fc
    .record({ y: fc.integer({ min: 1000, max: 9999 }), m: fc.integer({ min: 1, max: 12 }) })
    .map(({ y, m }) => `"${y}-${two(m)}-28"`),
  at: time.map(json),
  t: text.map(json),
  j: fc.oneof(text.map(json), fc.constant('{"a": [1, null]}')),
  'p "1"': text.map(json),
  q: fc.oneof(digits(5), fc.constantFrom('null', 'true', '[]')),
};
const line = fc
  .record(
    Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        key,
        fc.oneof(value, value, fc.constant('null')),
      ]),
    ),
    { requiredKeys: [] },
  )
  .map((members) =>
    Buffer.from(
      `{${Object.entries(members)
        .map(([key, value]) => `${json(key)}: ${value}`)
        .join(', ')}}`,
    ),
  );

test('rows hold what Postgres itself reads in the lines', async () => {
  const table = sourceTable(source);
  const names = source.columns.map(({ name }) => name);
  const read = source.columns.map(({ name, type }) =>
    type === 'jsonb' ? `nullif(line -> '${name}', 'null')` : `(line ->> '${name}')::${type}`,
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 30 }), async (lines) => {
      const parse = createJsonParser(source);
      // Small memory, so that it has to grow.
      const rows = new EventRows(source, file, Buffer.alloc(1));
      for (const [index, bytes] of lines.entries()) {
        const event = parse(bytes);
        if (isReject(event)) throw new Error(`${event.message}: ${bytes.toString()}`);
        rows.add(event, index + 1);
      }
      expect(rows.count).toBe(lines.length);
      const client = await database.owner.connect();
      try {
        await client.query('begin');
        const data = [copyHeader, rows.written, copyTrailer].map((bytes) => ({ bytes }));
        await copyIn(client, copyStatement(source), data);
        const { rows: different } = await client.query(
          `select line, row(${names.join(', ')}) as found
          from ${table} as loaded
          full join unnest($1::jsonb[]) with ordinality as line (line, nth) on nth = line_number
          where
            row(${names.join(', ')}) is distinct from row(${read.join(', ')})
            or payload is distinct from line - $2::text[]
            or source_file is distinct from $3`,
          [lines.map(String), names, file.toString()],
        );
        expect(different).toEqual([]);
        const { rows: newest } = await client.query<{ newest: bigint | null }>(
          `select (extract(epoch from max(at) - timestamptz '2000-01-01Z') * 1e6)::bigint as newest from ${table}`,
        );
        expect(rows.newest).toBe(newest[0]?.newest);
      } finally {
        await client.query('rollback');
        client.release();
      }
    }),
    { numRuns: 60 },
  );
});
