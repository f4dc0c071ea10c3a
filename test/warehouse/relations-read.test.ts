import { expect, test } from 'vitest';
import { relationsRead } from '../../src/warehouse/relations-read.js';

test.each([
  ['select now()', 'now()'],
  ["select nextval('a')", 'nextval()'],
  ["select current_setting('TimeZone')", 'current_setting()'],
  ['select pg_backend_pid()', 'pg_backend_pid()'],
  ['select txid_current()', 'txid_current()'],
  ['select age(t) from silver.a', 'age()'],
  ["select 1 where t > 'today'", "'today'"],
  ['select * from silver.a tablesample system (1)', 'a sample'],
  ['select current_date', 'current_date and the like'],
  ['select age(t, u), pg_typeof(t) from silver.a', undefined],
])('%s may change by itself: %s', async (sql, restless) => {
  expect((await relationsRead(sql))?.restless).toBe(restless);
});

test('functions are named for the server to say what they are', async () => {
  const read = await relationsRead('select lib.dice(), sum(n) from silver.a, lib.rows(1)');
  expect(read).toMatchObject({ relations: ['silver.a'], functions: ['dice', 'sum', 'rows'] });
});
