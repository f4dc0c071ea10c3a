import { statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureTable } from '../../../src/pipeline/load/ensure-table.js';
import { readLedger } from '../../../src/history/files/ledger.js';
import { loadFile } from '../../../src/pipeline/load/load-file.js';
import { RunRecord } from '../../../src/history/runs/run-record.js';
import type { Source } from '../../../src/pipeline/definitions/source.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { declared } from '../line-sources.js';
import { temporaryFolder } from '../../temporary-folder.js';

let database: TestDatabase;
let runId: number;
beforeAll(async () => {
  database = await createTestDatabase();
  const start = { trigger: 'test', codeVersion: undefined, dataDir: '', timeZone: 'UTC' };
  ({ runId } = await RunRecord.start(database.owner, start));
});
afterAll(() => database.drop());

async function load(source: Source, content: Buffer, file = 'a.csv') {
  const path = join(temporaryFolder({ [file]: content }), file);
  const known = (await readLedger(database.owner)).get(file);
  const job = { file: { name: file, path, bytes: statSync(path).size }, source, known };
  return loadFile(database.owner, job, {
    runId,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
}

const order = declared(
  'shop_order',
  `
files: ['*.csv']
format: csv
columns:
  id: { type: bigint, required: true }
  placed_at:
    type: timestamptz
    from: Placed
    format: '%d.%m.%Y %H:%M'
    zone: Europe/Berlin
    may_be_absent: true
  amount: { type: numeric }
event_time: placed_at
`,
);

async function everything() {
  return {
    rows: await database.rows('select * from bronze.shop_order order by line_number'),
    rejects: await database.rows(
      'select line_number, byte_offset, reason, message, raw from ops.reject order by line_number',
    ),
    ledger: await database.rows(
      'select sha256, bytes, line_count, loaded_count, rejected_count, unfinished_bytes, next_line, header, newest_event from ops.source_file',
    ),
  };
}
const forget = () => database.owner.query('truncate bronze.shop_order, ops.source_file cascade');

test('a CSV: names in the header, quoted line feeds, local times, lines that are wrong', async () => {
  await ensureTable(database.owner, order);
  const content =
    '\ufeffid,Placed,amount,note,note\r\n' +
    '1,31.03.2026 02:30,1,"a\nb",x\r\n' +
    '2,29.03.2026 02:30,1,,\r\n' +
    '3,25.10.2026 02:30,12345678901234567890.100,"say ""hi""",\r\n' +
    '4,,,\r\n' +
    '5,,,"open,\r\n' +
    'x,,,,\r\n' +
    '7,,-0.00012,,';
  expect(await load(order, Buffer.from(content))).toEqual({
    ...{ lines: 7, loaded: 3, rejected: 4, blank: 0 },
  });
  const { rows: loaded, rejects } = await everything();
  expect(loaded).toMatchObject([
    {
      id: 1n,
      placed_at: '2026-03-31T00:30:00Z',
      line_number: 2n,
      payload: { note: 'a\nb', note_2: 'x' },
    },
    {
      id: 3n,
      placed_at: '2026-10-25T00:30:00Z',
      amount: '12345678901234567890.100',
      line_number: 5n,
      payload: { note: 'say "hi"', note_2: null },
    },
    { id: 7n, placed_at: null, amount: '-0.00012', line_number: 9n },
  ]);
  expect(rejects).toMatchObject([
    { line_number: 4n, reason: 'invalid_time' },
    { line_number: 6n, reason: 'field_count' },
    { line_number: 7n, reason: 'invalid_csv', raw: Buffer.from('5,,,"open,\r') },
    { line_number: 8n, reason: 'invalid_type' },
  ]);
  const bytes = Buffer.from(content);
  for (const { byte_offset, raw } of rejects as { byte_offset: bigint; raw: Buffer }[]) {
    expect(bytes.subarray(Number(byte_offset), Number(byte_offset) + raw.length)).toEqual(raw);
  }
});

test('a CSV that grows at any byte ends with the rows of a clean load', async () => {
  await ensureTable(database.owner, order);
  const piece = fc.constantFrom(
    '1,',
    '2',
    '"',
    '""',
    ',',
    '\n',
    '\r\n',
    '3,,4,"a\nb"\n',
    '5,,6\n',
    '7,,8,"open\n',
  );
  const text = fc.array(piece, { minLength: 1, maxLength: 25 }).map((parts) => parts.join(''));
  const header = fc.constantFrom(
    'id,Placed,amount\n',
    'id,Placed,amount,note\r\n',
    '\ufeffid,"Pla\nced",amount\n',
  );
  await fc.assert(
    fc.asyncProperty(header, text, fc.nat(), fc.nat(), async (first, rest, a, b) => {
      const content = Buffer.from(first + rest);
      await forget();
      await load(order, content);
      const clean = await everything();
      await forget();
      for (const end of [a % content.length, b % content.length].sort((x, y) => x - y)) {
        await load(order, content.subarray(0, end));
      }
      await load(order, content);
      expect(await everything()).toEqual(clean);
    }),
    { numRuns: 60 },
  );
});

test('every type arrives as Postgres itself reads its text', async () => {
  const types = [
    'integer',
    'numeric',
    'double precision',
    'boolean',
    'date',
    'timestamptz',
  ] as const;
  const source = declared(
    'typed',
    `files: ['*.csv']\nformat: { csv: { delimiter: ';', names: [${types.map((_, i) => `c${i}`).join(', ')}] } }\ncolumns:\n${types.map((type, i) => `  c${i}: { type: ${type} }`).join('\n')}\n`,
  );
  await ensureTable(database.owner, source);
  const digits = fc.stringMatching(/^-?(\d{1,25}(\.\d{0,25})?|\.\d{1,9})([eE][+-]?\d{1,2})?$/);
  const day = fc.date({
    min: new Date('1970-01-01T00:00:00Z'),
    max: new Date('2999-12-31T00:00:00Z'),
    noInvalidDate: true,
  });
  const record = fc.tuple(
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map(String),
    digits,
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.constantFrom('true', 'false'),
    day.map((date) => date.toISOString().slice(0, 10)),
    day.map((date) => date.toISOString()),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 30 }), async (records) => {
      await database.owner.query('truncate bronze.typed, ops.source_file cascade');
      const content = records.map((fields) => fields.join(';')).join('\n');
      expect(await load(source, Buffer.from(content))).toMatchObject({ rejected: 0 });
      const columns = types.map((_, i) => `c${i}::text`).join(', ');
      const wanted = types
        .map(
          (type, i) => `($1::text[])[(n - 1) * ${types.length} + ${i + 1}]::${type}::text as c${i}`,
        )
        .join(', ');
      const { rows: expected } = await database.owner.query<object>(
        `select ${wanted} from generate_series(1, ${records.length}) as n order by n`,
        [records.flat()],
      );
      expect(
        await database.rows(`select ${columns} from bronze.typed order by line_number`),
      ).toEqual(expected);
    }),
    { numRuns: 40 },
  );
});

test('a table follows its declaration, and says when it cannot', async () => {
  const yaml = (columns: string) =>
    `files: ['*.x']\nformat: json\ncolumns: { ${columns} }\ndistribute_by: a\n`;
  const types = async () =>
    (
      await database.rows<{ column: string }>(
        `select column_name || ' ' || data_type || case is_nullable when 'NO' then ' not null' else '' end as column
        from information_schema.columns where table_schema = 'bronze' and table_name = 'changing'
          and column_name not in ('payload', 'source_file', 'line_number')
        order by ordinal_position`,
      )
    ).map(({ column }) => column);
  await ensureTable(
    database.owner,
    declared(
      'changing',
      yaml('a: { type: bigint, required: true }, b: { type: text, required: true }'),
    ),
  );
  expect(await types()).toEqual(['a bigint not null', 'b text not null']);
  await ensureTable(
    database.owner,
    declared(
      'changing',
      yaml('a: { type: bigint, required: true }, c: { type: date, description: it’s new }'),
    ),
  );
  expect(await types()).toEqual(['a bigint not null', 'b text', 'c date']);
  expect(
    await database.rows("select col_description('bronze.changing'::regclass, 6) as description"),
  ).toEqual([{ description: 'it’s new' }]);
  await database.owner.query('create view bronze.shown as select c from bronze.changing');
  await expect(
    ensureTable(
      database.owner,
      declared('changing', yaml('a: { type: bigint, required: true }, c: { type: text }')),
    ),
  ).rejects.toMatchObject({ code: 'SOURCE_TABLE', where: 'sql/sources/changing.yaml' });
  // What a Citus cluster has, as far as this looks at it.
  await database.owner.query(`
    create table public.pg_dist_partition (logicalrelid regclass);
    create function public.create_distributed_table(t regclass, c text) returns void language sql
      as 'insert into public.pg_dist_partition values (t)'`);
  const source = declared('changing', yaml('a: { type: bigint, required: true }'));
  await ensureTable(database.owner, source);
  await ensureTable(database.owner, source);
  expect(
    await database.rows('select logicalrelid::text as table from public.pg_dist_partition'),
  ).toEqual([{ table: 'bronze.changing' }]);
});
