import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isReject } from '../../../src/pipeline/extract/event/log-event.js';
import { createLineParser } from '../../../src/pipeline/extract/lines/parse-line.js';
import { copyHeader, copyTrailer } from '../../../src/pipeline/load/encode/copy-binary.js';
import { copyIn } from '../../../src/pipeline/load/copy-in.js';
import { ensureTable } from '../../../src/pipeline/load/ensure-table.js';
import { EventRows } from '../../../src/pipeline/load/encode/event-rows.js';
import { copyStatement } from '../../../src/pipeline/load/load-file.js';
import { typeSql } from '../../../src/pipeline/project/column-type.js';
import { columnTypes, type Source } from '../../../src/pipeline/definitions/source.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { declared } from '../line-sources.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  // What Postgres itself makes of a text; null where it refuses it.
  await database.owner.query(`
    create function public.read_as(value text, type text) returns text language plpgsql as $$
      declare result text;
      begin
        execute format('select ($1::%s)::text', type) into result using value;
        return result;
      exception when others then return null;
      end $$`);
});
afterAll(() => database.drop());

/** A value as it was loaded, as text; or why it was not. */
type Outcome = { readonly loaded: string | null } | { readonly reject: string };

/** Loads values of the column v, each on a line of its own. */
async function load(source: Source, lines: readonly string[], file?: string): Promise<Outcome[]> {
  const parse = createLineParser(source, ['v'], undefined, file);
  const rows = new EventRows(source, Buffer.from('a'));
  const outcomes: Outcome[] = lines.map((line, index) => {
    const event = parse(Buffer.from(line));
    if (isReject(event)) return { reject: `${event.reason}: ${event.message}` };
    rows.add(event, index);
    return { loaded: null };
  });
  const client = await database.owner.connect();
  try {
    await client.query('begin');
    const data = [copyHeader, rows.written, copyTrailer].map((bytes) => ({ bytes }));
    await copyIn(client, copyStatement(source), data);
    const { rows: found } = await client.query<{ at: number; loaded: string | null }>(
      `select line_number::int as at, v::text as loaded from bronze."${source.name}"`,
    );
    for (const { at, loaded } of found) outcomes[at] = { loaded };
  } finally {
    await client.query('rollback');
    client.release();
  }
  return outcomes;
}

async function inPostgres(values: readonly string[], type: string): Promise<(string | null)[]> {
  const { rows } = await database.owner.query<{ value: string | null }>(
    `select public.read_as(value, $2) as value
    from unnest($1::text[]) with ordinality as given (value, nth) order by nth`,
    [values, type],
  );
  return rows.map(({ value }) => value);
}

const spaced = (values: fc.Arbitrary<string>) =>
  fc
    .tuple(fc.constantFrom('', '', ' ', '\t'), values, fc.constantFrom('', '', '  '))
    .map((parts) => parts.join(''));
const number = spaced(
  fc.oneof(
    fc.stringMatching(/^[+-]?\d{0,25}(\.\d{0,25})?([eE][+-]?\d{1,3})?$/),
    fc.integer().map(String),
    fc.double().map(String),
  ),
);
const time = fc.stringMatching(/^[0-2]\d:[0-6]\d:[0-6]\d(\.\d{0,6})?$/);
const date = fc.oneof(
  fc.stringMatching(/^(0|1|2|9)\d{3}-[01]\d-[0-3]\d( BC)?$/),
  fc.stringMatching(/^[0-6]?\d{5,6}-0[1-9]-[0-3]\d( BC)?$/),
);
const zoned = fc
  .tuple(
    date,
    fc.constantFrom('T', ' ', 't'),
    time,
    fc.constantFrom('Z', 'z', '+00', '-05:00', '+05:30', '+0930', '+15:59:59', '+16:00', ''),
  )
  .map(([day, between, clock, offset]) =>
    day.endsWith(' BC')
      ? `${day.slice(0, -3)}${between}${clock}${offset} BC`
      : `${day}${between}${clock}${offset}`,
  );

/** Of each type: values that must be loaded, values that must not, and any others. */
const types: Record<string, { loaded: string[]; rejected: string[]; any: fc.Arbitrary<string> }> = {
  text: {
    loaded: ['a', ' a ', '"', ',', 'é\n😀', 'x'.repeat(5000), '\\N', '\\.', 'now'],
    rejected: [],
    any: fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/\0|\p{Cs}/u.test(text)),
  },
  bigint: {
    loaded: [
      '0',
      '-0',
      '+5',
      ' 7 ',
      '007',
      '9007199254740993',
      '9223372036854775807',
      '-9223372036854775808',
    ],
    rejected: [
      '9223372036854775808',
      '-9223372036854775809',
      '5.0',
      '5e0',
      '1,234',
      '',
      'NaN',
      '1 2',
      '--1',
    ],
    any: number,
  },
  integer: {
    loaded: ['2147483647', '-2147483648', ' 1'],
    rejected: ['2147483648', '-2147483649', '1.5', 'x'],
    any: number,
  },
  numeric: {
    loaded: [
      '12345678901234567890.100',
      '.5',
      '5.',
      '-0',
      '0.000',
      '1e999',
      '1e-999',
      '+1.50e1',
      ' 2.50 ',
    ],
    rejected: ['NaN', 'Infinity', '1e1000', '5,3', '1.234,5', '', '.', 'e5', '1e', '0x10'],
    any: number,
  },
  'double precision': {
    loaded: ['0', '-0', '1e308', '5e-324', '2.2250738585072011e-308', '0e-999', '0.1', ' 1 '],
    rejected: ['1e309', '-1e400', '1e-400', '-1e-325', '2e-324', 'NaN', 'Infinity', '-inf', '5,3'],
    any: number,
  },
  'varchar(5)': {
    loaded: ['a', ' a ', 'äöü😀é', '12345', '     ', 'x'],
    rejected: ['123456', 'äöü😀éx', '12345 ', 'x'.repeat(5000)],
    any: fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
      .filter((text) => !/\0|\p{Cs}/u.test(text)),
  },
  smallint: {
    loaded: ['32767', '-32768', ' 1', '-0'],
    rejected: ['32768', '-32769', '1.5', '', 'x'],
    any: number,
  },
  'numeric(6,2)': {
    loaded: [
      '9999.99',
      '9999.994',
      '-9999.994',
      '1.005',
      '-1.005',
      '0.004',
      '1e3',
      '999999e-2',
      '.5',
      '1e-500',
      '-0.001',
    ],
    rejected: ['9999.995', '10000', '1e4', '-1e5', 'NaN', '1e999', ''],
    any: fc.oneof(
      number,
      spaced(fc.stringMatching(/^-?\d{1,4}\.\d{0,4}$/)),
      spaced(fc.stringMatching(/^9{3,5}\.9{0,3}[4-6]?$/)),
    ),
  },
  'numeric(3)': {
    loaded: ['999', '999.4', '-0.5', '0.5', '1.5', '2.5'],
    rejected: ['999.5', '1000'],
    any: number,
  },
  'numeric(2,2)': {
    loaded: ['0.99', '.994', '0'],
    rejected: ['0.995', '1'],
    any: number,
  },
  real: {
    loaded: [
      ...['0', '-0', '0.1', '3.4028235e38', '1e-45', '7.1e-46', '16777217', '16777219', '33554435'],
      // Just beside what lies between two: rounded to 64 bits first, these are on it.
      ...[
        '1.00000005960464477539062500000001',
        '1.000000059604644775390625',
        '1.00000005960464477539062499999999',
      ],
      ...[
        '-1.00000005960464477539062500000001',
        '1.0000001788139343261718750000001',
        '1.0000001788139343261718749999999',
      ],
      '2.10194769649722789302384e-45',
    ],
    rejected: ['3.5e38', '1e39', '-1e400', '1e-46', '7e-46', 'NaN', 'Infinity', '5,3'],
    any: fc.oneof(
      number,
      spaced(fc.float({ noNaN: true, noDefaultInfinity: true }).map(String)),
      // Halfway between two, and a little beside.
      fc
        .tuple(
          fc.integer({ min: 2 ** 23, max: 2 ** 24 - 1 }),
          fc.integer({ min: -60, max: 20 }),
          fc.constantFrom('', '0001', '4999'),
        )
        .map(([whole, two, more]) => `${((whole + 0.5) * 2 ** two).toFixed(80)}${more}`),
    ),
  },
  time: {
    loaded: [
      '00:00:00',
      '23:59:59.999999',
      '9:30',
      '09:30',
      ' 09:30:00.5 ',
      '00:00:00.000001',
      '9:30:00',
    ],
    rejected: [
      '24:00:00',
      '23:59:60',
      '25:00',
      '12:60',
      '',
      'now',
      '10:30 AM',
      '09:30:00Z',
      '09:30:00+01',
      '103000',
      'allballs',
    ],
    any: spaced(fc.oneof(time, fc.stringMatching(/^[0-2]?\d:[0-6]\d(:[0-6]\d)?$/))),
  },
  boolean: {
    loaded: [
      'true',
      'FALSE',
      't',
      'f',
      'tru',
      'yes',
      'No',
      'y',
      'n',
      'on',
      'off',
      'of',
      '1',
      '0',
      ' on ',
    ],
    rejected: ['o', '2', '', 'truer', 'nope', '01', 'null'],
    any: spaced(
      fc.constantFrom('t', 'tr', 'true', 'yess', 'ye', 'fals', 'o', 'oN', 'OFF', '10', 'ja'),
    ),
  },
  date: {
    loaded: [
      '1955-04-01',
      '9999-12-31',
      '0001-01-01',
      '0044-03-15 BC',
      '4714-11-24 BC',
      '5874897-12-31',
      '2020-02-29',
      ' 2020-01-01 ',
    ],
    rejected: [
      '2019-02-30',
      '1900-02-29',
      '0000-01-01',
      '4714-11-23 BC',
      '5874898-01-01',
      'infinity',
      'now',
      '01/02/2019',
      '2019-01-01T00:00:00Z',
      '',
    ],
    any: spaced(date),
  },
  timestamptz: {
    loaded: [
      '1955-04-01T00:00:00Z',
      '9999-12-31T23:59:59.999999Z',
      '0001-01-01T00:00:00+15:59',
      '0044-03-15 12:00:00+00 BC',
      '294276-12-31T23:59:59.999999Z',
      '4714-11-24 00:00:00+00 BC',
      '12019-01-01 00:00:00+00',
      ' 2019-01-01T00:00:00Z ',
      '2284-06-01T00:00:00.000001Z',
      '2286-06-01T00:00:00.000001Z',
      '1700-01-01T00:00:00.000001Z',
    ],
    rejected: [
      'infinity',
      '-infinity',
      'epoch',
      'now',
      '2019-01-01T24:00:00Z',
      '2016-12-31T23:59:60Z',
      '2019-02-30T00:00:00Z',
      '294277-01-01T00:00:00Z',
      '4714-11-23 00:00:00+00 BC',
      '2019-01-01T00:00:00',
      '0000-01-01T00:00:00Z',
    ],
    any: spaced(zoned),
  },
  timestamp: {
    loaded: [
      '1955-04-01T00:00:00',
      '9999-12-31 23:59:59.999999',
      '0044-03-15 12:00:00 BC',
      '294276-12-31T23:59:59',
      '2019-03-10T02:30:00',
    ],
    rejected: ['infinity', '2019-01-01T00:00:00Z', '2019-01-01 24:00:00', '2019-02-29 00:00:00'],
    any: spaced(zoned),
  },
};

const isJsonNumber = (text: string) => /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text);
const formats: Record<
  string,
  {
    yaml: string;
    coerce: string;
    line: (value: string) => string;
    takes: (value: string) => boolean;
  }
> = {
  json: {
    yaml: 'json',
    coerce: ', coerce: true',
    line: (value) =>
      `{"v": ${isJsonNumber(value) || /^(true|false)$/.test(value) ? value : JSON.stringify(value)}}`,
    takes: () => true,
  },
  csv: {
    yaml: '{ csv: { nulls: [] } }',
    coerce: '',
    line: (value) => `"${value.replaceAll('"', '""')}"`,
    takes: () => true,
  },
  pattern: {
    yaml: "{ pattern: 'v=(?<v>[^]*)' }",
    coerce: '',
    line: (value) => `v=${value}`,
    takes: (value) => !value.endsWith('\r'),
  },
};

test('every type has its values here', () => {
  const names = new Set(Object.keys(types).map((type) => type.replace(/\(.*/, '')));
  expect([...names].sort()).toEqual(columnTypes.filter((type) => type !== 'jsonb').sort());
});

describe.each(Object.keys(formats))('%s', (format) => {
  test.each(Object.keys(types))(
    '%s: Postgres reads the same, or it is rejected with a reason',
    async (type) => {
      const { yaml, coerce, line, takes } = formats[format]!;
      const { loaded, rejected, any } = types[type]!;
      const isCoerced = !/^(date|time)/.test(type);
      const source = declared(
        `${format}_${type.replaceAll(/\W+/g, '_')}`,
        `files: ['*']\nformat: ${yaml}\ncolumns: { v: { type: '${type}'${isCoerced ? coerce : ''} } }`,
      );
      await ensureTable(database.owner, source);
      const check = async (values: readonly string[]) => {
        const given = values.filter(takes);
        const outcomes = await load(source, given.map(line));
        const wanted = await inPostgres(given, type);
        for (const [index, outcome] of outcomes.entries()) {
          const value = given[index];
          if ('loaded' in outcome) expect([value, outcome.loaded]).toEqual([value, wanted[index]]);
          else expect(outcome.reject).toMatch(/^(invalid_(type|time|value)|missing_field): "v" \S/);
        }
        return outcomes.map((outcome, index) => [given[index], 'loaded' in outcome]);
      };
      const taken = loaded.filter(takes);
      expect(await check(loaded)).toEqual(taken.map((value) => [value, true]));
      expect(await check(rejected)).toEqual(rejected.map((value) => [value, false]));
      await fc.assert(
        fc.asyncProperty(fc.array(any, { minLength: 100, maxLength: 200 }), async (values) => {
          await check(values);
        }),
        { numRuns: 5, endOnFailure: true },
      );
    },
  );
});

test('the table has the type as it is declared', async () => {
  const columns = Object.keys(types).map((type, at) => `c${at}: { type: '${type}' }`);
  const source = declared(
    'typed',
    `files: ['*']\nformat: json\ncolumns: { ${columns.join(', ')} }`,
  );
  await ensureTable(database.owner, source);
  const { rows } = await database.owner.query<{ type: string }>(
    `select format_type(atttypid, atttypmod) as type from pg_attribute
    where attrelid = 'bronze.typed'::regclass and attname ~ '^c[0-9]' order by attnum`,
  );
  expect(rows.map(({ type }) => type)).toEqual(source.columns.map(typeSql));
});

test.each(['Europe/Berlin', 'America/Toronto', 'Australia/Lord_Howe', 'Asia/Kolkata', '-03:30'])(
  'times of %s: those that come twice are the first, those that never come are rejected',
  async (zone) => {
    const source = declared(
      'zoned',
      `files: ['*']\nformat: csv\ncolumns: { v: { type: timestamptz, format: '%Y-%m-%d %H:%M', zone: '${zone}' } }`,
    );
    await ensureTable(database.owner, source);
    const two = (value: number) => String(value).padStart(2, '0');
    const locals = [1950, 1980, 2024, 2025].flatMap((year) =>
      [3, 4, 10, 11].flatMap((month) =>
        Array.from({ length: 30 * 12 }, (_, n) => {
          const [day, half] = [1 + Math.floor(n / 12), n % 12];
          return `${year}-${two(month)}-${two(day)} ${two(Math.floor(half / 2))}:${half % 2 === 0 ? '00' : '30'}`;
        }),
      ),
    );
    const outcomes = await load(source, locals);
    const { rows } = await database.owner.query<{ instants: string[] }>(
      `select (
        select array_agg(candidate::text order by candidate)
        from generate_series(
          local at time zone 'UTC' - interval '15 hours', local at time zone 'UTC' + interval '15 hours', interval '15 minutes'
        ) as candidate
        where candidate at time zone $2::interval = local
      ) as instants
      from unnest($1::timestamp[]) with ordinality as given (local, nth) order by nth`.replace(
        '$2::interval',
        zone.startsWith('-') ? '$2::interval' : '$2',
      ),
      [locals, zone],
    );
    expect(outcomes.map((outcome) => ('loaded' in outcome ? outcome.loaded : undefined))).toEqual(
      rows.map(({ instants }) => (instants as string[] | null)?.[0]),
    );
  },
);
