import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InstantReader, instantOf } from '../../../../src/pipeline/extract/time/instant.js';
import {
  CopyBinary,
  copyHeader,
  copyTrailer,
} from '../../../../src/pipeline/load/encode/copy-binary.js';
import { copyIn } from '../../../../src/pipeline/load/copy-in.js';
import { createTestDatabase, type TestDatabase } from '../../../database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.owner.query(
    'create table one (n bigint, at timestamptz, t text, j jsonb, b bytea, i bigint)',
  );
});
afterAll(() => database.drop());

const slice = (text: string) => {
  // Values lie somewhere in a block.
  const bytes = Buffer.from(`x${text}y`);
  return { bytes, start: 1, end: bytes.length - 1 };
};

/** Sends rows to Postgres and reads them back, as text where JavaScript would lose something. */
async function roundTrip(rows: CopyBinary): Promise<unknown[]> {
  const client = await database.owner.connect();
  try {
    await client.query('begin');
    const data = [copyHeader, rows.written, copyTrailer].map((bytes) => ({ bytes }));
    await copyIn(client, 'copy one from stdin with (format binary)', data);
    const { rows: found } = await client.query<object>(
      'select n::text, at::text, t, j::text, b, i::text from one order by one.i',
    );
    return found;
  } finally {
    await client.query('rollback');
    client.release();
  }
}

/** As a row of an event has it: as a number where one can hold it. */
function addInstant(copy: CopyBinary, text: string): void {
  const { bytes, start, end } = slice(text);
  const number = new InstantReader().read(bytes, start, end);
  if (!Number.isNaN(number)) copy.integer(number);
  else {
    const { seconds, microseconds } = instantOf(bytes, start, end);
    copy.digits(slice(String(BigInt(seconds) * 1_000_000n + BigInt(microseconds))));
  }
}

describe('CopyBinary', () => {
  const text = fc
    .string({ unit: 'binary' })
    .map((value) => value.replaceAll('\0', ''))
    .filter((value) => !/\p{Cs}/u.test(value));
  const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

  test('whatever the values hold, Postgres gives them back, and none can end a row or the data', async () => {
    const row = fc.record({
      n: fc.option(fc.oneof(int64, fc.bigInt({ min: -2000n, max: 2000n }))),
      t: fc.option(
        fc.oneof(text, fc.constantFrom('\\.', '\\N', '\t', '\n', '\r', '\\', '', '\uffff')),
      ),
      b: fc.option(fc.uint8Array({ maxLength: 200 })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 8 }), async (rows) => {
        // A small start, so that it has to grow.
        const copy = new CopyBinary(Buffer.alloc(1));
        for (const [i, { n, t, b }] of rows.entries()) {
          copy.row(6);
          if (n === null) copy.null();
          else copy.digits(slice(String(n)));
          copy.null();
          if (t === null) copy.null();
          else copy.text(t);
          if (t === null) copy.null();
          else copy.json(slice(`{"k":${JSON.stringify(t)},"l": 1.50}`));
          if (b === null) copy.null();
          else copy.bytes(b);
          copy.integer(i);
        }
        expect(copy.rows).toBe(rows.length);
        const found = await roundTrip(copy);
        expect(found).toEqual(
          rows.map(({ n, t, b }, i) => ({
            n: n === null ? null : String(n),
            at: null,
            t,
            j: t === null ? null : expect.stringMatching(/^\{"k": ".*", "l": 1\.50\}$/s),
            b: b === null ? null : Buffer.from(b),
            i: String(i),
          })),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('an instant is the one that Postgres reads from the text', async () => {
    const two = (n: number) => String(n).padStart(2, '0');
    const time = fc
      .record({
        ms: fc.integer({ min: Date.UTC(1970, 0, 2), max: Date.UTC(2999, 11, 30) }),
        fraction: fc.option(fc.stringMatching(/^\.\d{1,6}$/)),
        sign: fc.constantFrom('+', '-'),
        hours: fc.integer({ min: 0, max: 15 }),
        minutes: fc.integer({ min: 0, max: 59 }),
        zulu: fc.boolean(),
      })
      .map(({ ms, fraction, sign, hours, minutes, zulu }) => {
        const whole = new Date(ms).toISOString().slice(0, 19);
        return `${whole}${fraction ?? ''}${zulu ? 'Z' : `${sign}${two(hours)}:${two(minutes)}`}`;
      });
    await fc.assert(
      fc.asyncProperty(fc.array(time, { minLength: 1, maxLength: 40 }), async (times) => {
        const copy = new CopyBinary(Buffer.alloc(1));
        for (const [index, each] of times.entries()) {
          copy.row(6);
          copy.null();
          addInstant(copy, each);
          copy.null();
          copy.null();
          copy.null();
          copy.integer(index);
        }
        const found = (await roundTrip(copy)) as { at: string }[];
        const { rows } = await database.owner.query<{ at: string }>(
          'select t::timestamptz::text as at from unnest($1::text[]) with ordinality as u (t, n) order by n',
          [times],
        );
        expect(found.map(({ at }) => at)).toEqual(rows.map(({ at }) => at));
      }),
      { numRuns: 60 },
    );
  });

  test('whole numbers are written as they are', async () => {
    const numbers = [
      0,
      -1,
      9,
      2 ** 31,
      -(2 ** 31),
      2 ** 32,
      Number.MAX_SAFE_INTEGER,
      Number.MIN_SAFE_INTEGER,
    ];
    const copy = new CopyBinary(Buffer.alloc(1));
    for (const number of numbers) {
      copy.row(6);
      for (let i = 0; i < 5; i += 1) copy.null();
      copy.integer(number);
    }
    expect((await roundTrip(copy)).map((row) => Number((row as { i: string }).i))).toEqual(
      numbers.toSorted((a, b) => a - b),
    );
  });

  test('what is finer than a microsecond is cut, not rounded', async () => {
    const copy = new CopyBinary(Buffer.alloc(1));
    copy.row(6);
    copy.null();
    addInstant(copy, '2019-12-31T23:59:59.999999999-05:00');
    for (let i = 0; i < 4; i += 1) copy.null();
    expect(await roundTrip(copy)).toMatchObject([{ at: '2020-01-01 04:59:59.999999+00' }]);
  });
});
