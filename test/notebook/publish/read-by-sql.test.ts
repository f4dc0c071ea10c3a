import { expect, test } from 'vitest';
import { readBySql } from '../../../src/notebook/publish/read-by-run.js';

test.each([
  ['select now()', 'now()'],
  ["select nextval('a')", 'nextval()'],
  ["select current_setting('TimeZone')", 'current_setting()'],
  ['select pg_backend_pid()', 'pg_backend_pid()'],
  ['select txid_current()', 'txid_current()'],
  ['select age(t) from silver.a', 'age()'],
  ["select 1 where t > 'today'", "'today'"],
  ['select * from silver.a tablesample system (1)', 'tablesample'],
  ['select current_date', 'current_date and the like'],
  ['select age(t, u), pg_typeof(t) from silver.a', undefined],
])('%s may change by itself: %s', async (sql, volatile) => {
  expect((await readBySql(sql))?.volatile).toBe(volatile);
});

test('functions are named for the server to say what they are', async () => {
  const read = await readBySql('select lib.dice(), sum(n) from silver.a, lib.rows(1)');
  expect(read).toMatchObject({ relations: ['silver.a'], functions: ['dice', 'sum', 'rows'] });
});

test('names of common table expressions are no relations where they are visible', async () => {
  const read = (sql: string) => readBySql(sql).then((found) => found?.relations);
  expect(await read('with a as (select * from silver.b) select * from a')).toEqual(['silver.b']);
  expect(await read('with a as (select * from a) select * from a')).toEqual(['a']);
  expect(await read('select * from a; with a as (select 1) select * from a')).toEqual(['a']);
});
