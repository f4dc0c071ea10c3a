// @module-tag heavy
import { afterAll, beforeAll, expect, test } from 'vitest';
import { queryCsv, queryJson, queryTable } from '../../../src/commands/warehouse/query-result.js';
import { parseExact, writeExact } from '../../../src/text/exact-json.js';
import { toColumns } from '../../../src/pipeline/data-frame.js';
import { readerConfig } from '../../../src/config/workspace-config.js';
import { Session } from '../../../src/pipeline/session.js';
import { mappingWithJson } from '../../../src/warehouse/query/value-mapping.js';
import { createTestDatabase, root, type TestDatabase } from '../../database.js';

let database: TestDatabase;
let session: Session;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.owner.query(`
    create type public.mood as enum ('sad', 'very, "happy"');
    create domain public.percent as numeric check (value between 0 and 100);
    create type public.pair as (a bigint, b text)`);
  const config = readerConfig({ DAYBOOK_READER_URL: database.readerUrl }, root);
  session = new Session(() => config);
});
afterAll(async () => {
  await session.close();
  await database.drop();
});

const samples: Record<string, readonly string[]> = {
  bool: ['true', 'false'],
  int2: ['-32768', '32767'],
  int4: ['-2147483648', '0'],
  int8: ['9223372036854775807', '-9223372036854775808', '9007199254740993'],
  float4: ['0.1', '-0', '1e-45', '3.4028235e38', 'NaN', '-Infinity', '16777217'],
  float8: ['0.1', '-0', '5e-324', '1.7976931348623157e308', 'NaN', 'Infinity', '9007199254740993'],
  numeric: ['12345678901234567890.10', '0.00', '1e-20', 'NaN', '-Infinity', '1e400'],
  money: ['$1,234.56'],
  text: ['', ' a ', '"', "'", 'é😀', 'NULL', '{a,b}', 'a\nb', '-0'],
  varchar: ['x'],
  bpchar: ['a  '],
  char: ['c'],
  name: ['n'],
  bytea: ['\\x00ff5c', '\\x'],
  date: ['2019-02-28', '0044-03-15 BC', '5874897-12-31', 'infinity'],
  time: ['24:00:00', '00:00:00.000001'],
  timetz: ['10:00:00.5+05:30'],
  timestamp: [
    '2019-03-10 02:30:00.000001',
    '0044-03-15 12:00:00 BC',
    '294276-12-31 23:59:59',
    '-infinity',
  ],
  timestamptz: [
    '2019-03-10 02:30:00.000001+00',
    '0044-03-15 12:00:00+00 BC',
    '9999-12-31 23:59:59+00',
    '12019-01-01 00:00:00+00',
    'infinity',
  ],
  interval: ['P1Y2M3DT4H5M6.000007S', '-1 mon', '0'],
  uuid: ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  inet: ['10.0.0.1/8', '::1'],
  cidr: ['10.0.0.0/8'],
  macaddr: ['08:00:2b:01:02:03'],
  macaddr8: ['08:00:2b:01:02:03:04:05'],
  bit: ['1'],
  varbit: ['1010'],
  point: ['(0.1,-0)', '(1e-300,1e300)'],
  line: ['{1,2,3}'],
  lseg: ['[(1,2),(3,4)]'],
  box: ['(3,4),(1,2)'],
  path: ['((1,2),(3,4))'],
  polygon: ['((1,2),(3,4))'],
  circle: ['<(0.1,2),3>'],
  int4range: ['[1,5)', 'empty'],
  int8range: ['[9007199254740993,)'],
  numrange: ['[1.10,2.20]'],
  tsrange: ['["2019-01-01 00:00:00","2019-02-01 00:00:00")'],
  tstzrange: ['["2019-01-01 00:00:00+00",)'],
  daterange: ['[2019-01-01,2019-02-01)'],
  tsvector: ["'a':1 'b':2"],
  tsquery: ["'a' & 'b'"],
  json: [
    '{"a": 12345678901234567890,  "a": 1e400}',
    'null',
    '"x"',
    '-0',
    '[0.1, 1.10, 0.12345678901234567890]',
  ],
  jsonb: [
    '{"a": 12345678901234567890, "b": [0.12345678901234567890, "12345678901234567890"]}',
    'null',
    '"null"',
    '1234567890123456789',
    '"1234567890123456789"',
    'true',
  ],
  jsonpath: ['$."a"[*]'],
  xml: ['<a>é</a>'],
  oid: ['4294967295'],
  xid8: ['18446744073709551615'],
  pg_lsn: ['16/B374D848'],
  regclass: ['pg_class'],
  'public.mood': ['sad', 'very, "happy"'],
  'public.percent': ['12.50'],
  'public.pair': ['(9007199254740993,"a, ""b""")'],
};
const jsonTypes = new Set(['json', 'jsonb']);

/** A value as the text that Postgres reads it from. */
function textOf(value: unknown, type: string): string | null {
  if (jsonTypes.has(type)) return writeExact(value);
  if (value === null || typeof value === 'string') return value;
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  return Object.is(value, -0) ? '-0' : `${value as number | bigint | boolean}`;
}

/** Whether each text is the value that each sample is. */
async function same(
  type: string,
  texts: readonly (string | null)[],
  isNumber = false,
): Promise<void> {
  // A number of JSON has no zeros at its end.
  const written = (value: string) => (isNumber ? `trim_scale(${value})::text` : `${value}::text`);
  const form = type === 'json' ? 'jsonb' : type;
  const { rows } = await database.owner.query<{ found: string; wanted: string }>(
    `select ${written(`found::${form}`)} as found, ${written(`wanted::${type}::${form}`)} as wanted
    from unnest($1::text[], $2::text[]) as pair (found, wanted)`,
    [texts, samples[type]],
  );
  expect(rows.map(({ found }) => found)).toEqual(rows.map(({ wanted }) => wanted));
}

test.each(Object.keys(samples))('%s arrives as it is, everywhere', async (type) => {
  const given = samples[type]!.map((text) => `('${text.replaceAll("'", "''")}'::${type})`).join(
    ', ',
  );
  const sql = `select v from (values ${given}) as given (v)`;
  const rows = (await session.query<{ v: unknown }>(sql)).map(({ v }) => v);
  // Numbers of JSON that no double holds, and have a fraction, come as their text.
  if (!jsonTypes.has(type))
    await same(
      type,
      rows.map((value) => textOf(value, type)),
    );
  else expect(rows).toEqual(samples[type]!.map((text) => parseExact(text)));

  const types = mappingWithJson(String);
  const answer = await database.reader.query({ text: sql, rowMode: 'array', types });
  const result = answer as unknown as Parameters<typeof queryCsv>[0];
  const csv = queryCsv(result).split('\r\n').slice(1, -1);
  const fields = csv.map((line) =>
    line.startsWith('"') ? line.slice(1, -1).replaceAll('""', '"') : line,
  );
  await same(type, fields);
  if (!samples[type]!.some((text) => text.includes('\n'))) {
    const table = queryTable(result).split('\n').slice(2, -2);
    if (type !== 'text' && type !== 'bpchar')
      await same(
        type,
        table.map((line) => line.trim()),
      );
  }
  const shown = queryJson(result)
    .split('\n')
    .slice(1, -2)
    .map((line) => line.replace(/,$/, '').slice('{"v":'.length, -1));
  await same(
    type,
    shown.map((text) =>
      jsonTypes.has(type) || !text.startsWith('"') ? text : (JSON.parse(text) as string),
    ),
    type === 'numeric' || type === 'public.percent',
  );
});

test.each(Object.keys(samples))('an array of %s arrives as it is', async (type) => {
  const texts = samples[type]!;
  const sql = 'select $1::text[]::' + `${type}[] as v, null::${type}[] as nothing`;
  const [row] = await session.query<{ v: unknown; nothing: null }>(sql, [texts]);
  expect(row?.nothing).toBeNull();
  if (!Array.isArray(row?.v)) {
    // Types that the driver does not know: Postgres's own text of the array.
    const { rows } = await database.owner.query<{ found: string; wanted: string }>(
      `select $1::${type}[]::text as found, $2::text[]::${type}[]::text as wanted`,
      [row?.v, texts],
    );
    expect(rows[0]?.found).toBe(rows[0]?.wanted);
  } else if (jsonTypes.has(type)) {
    expect(row.v).toEqual(texts.map((text) => parseExact(text)));
  } else {
    await same(
      type,
      row.v.map((value) => textOf(value, type)),
    );
  }
});

test('a data frame has what rows have, or its text', async () => {
  const names = Object.keys(samples);
  const columns = names.map(
    (type, at) => `'${samples[type]![0]!.replaceAll("'", "''")}'::${type} as c${at}`,
  );
  const rows = await session.query<Record<string, unknown>>(`select ${columns.join(', ')}`);
  const frame = toColumns(rows, Object.keys(rows[0] ?? {}));
  for (const [at, type] of names.entries()) {
    const [value] = frame[`c${at}`] ?? [];
    const row = rows[0]?.[`c${at}`];
    const exact = typeof row === 'bigint' && !Number.isSafeInteger(Number(row)) ? String(row) : row;
    if (typeof row === 'object' && row !== null)
      expect([type, value]).toEqual([
        type,
        Buffer.isBuffer(row) ? JSON.stringify(row) : writeExact(row),
      ]);
    else expect([type, value]).toEqual([type, typeof exact === 'bigint' ? Number(exact) : exact]);
  }
});

test('every type of Postgres that a column can have is among these', async () => {
  const { rows } = await database.owner.query<{ name: string }>(
    `select typname as name from pg_type
    where typnamespace = 'pg_catalog'::regnamespace and typtype in ('b', 'r') and typcategory <> 'A'
      and typname !~ '^(pg_(?!lsn)|reg(?!class)|_|gtsvector|aclitem|refcursor|txid_snapshot|.?cid|xid|tid|(int2|oid)vector)'`,
  );
  const known = new Set(Object.keys(samples));
  expect(rows.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
});
