import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { publish } from '../../server/published.js';
import { jsonb } from '../../../src/warehouse/query/value-mapping.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('holds any value, and changes only what jsonb refuses', async () => {
  const text = fc.string({
    unit: fc.constantFrom('\0', '\\', 'u0000', 'ud800', '\ud800', '\udc00', '😀', '"', '\n', 'é'),
  });
  const value = fc.dictionary(text, text).map((entries) => Object.entries(entries));
  await fc.assert(
    fc.asyncProperty(value, async (entries) => {
      const { rows } = await database.owner.query<{ value: unknown }>('select $1::jsonb as value', [
        jsonb(entries),
      ]);
      const wanted = entries.map((pair) =>
        pair.map((each) => each.replace(/\0|\p{Surrogate}/gu, '\ufffd')),
      );
      expect(rows[0]?.value).toEqual(wanted);
    }),
    { numRuns: 200 },
  );
  expect(jsonb(undefined)).toBeNull();
});

test('the error of a notebook is published, whatever its message has', async () => {
  const error = { cell: 1, line: 1, column: 1, ename: 'Error', evalue: 'a\0b\ud800' };
  await publish(database.owner, 'odd', '{}', { error });
  const { rows } = await database.owner.query('select error from publication.notebook_run');
  expect(rows).toEqual([{ error: { ...error, evalue: 'a\ufffdb\ufffd' } }]);
});
