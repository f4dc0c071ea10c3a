import { describe, expect, test } from 'vitest';
import { parseQuery } from '../../../src/pipeline/project/parse-query.js';
import { substituteSchema } from '../../../src/pipeline/transform/increment/substitute-schema.js';

describe('parseQuery', () => {
  test.each([
    [
      'a join',
      'select * from silver.a join silver.b using (x), gold.c',
      ['silver.a', 'silver.b', 'gold.c'],
    ],
    [
      'subqueries',
      'select (select 1 from silver.a) from silver.b where exists (select from silver.c) and x in (select y from silver.d)',
      ['silver.a', 'silver.b', 'silver.c', 'silver.d'],
    ],
    [
      'set operations',
      'select 1 from silver.a union all (select 2 from silver.b except select 3 from silver.c)',
      ['silver.a', 'silver.b', 'silver.c'],
    ],
    [
      'lateral',
      'select * from silver.a, lateral (select * from silver.b where b.x = a.x) as l',
      ['silver.a', 'silver.b'],
    ],
    ['values and table', 'table silver.a', ['silver.a']],
    ['values', 'values (1)', []],
    [
      'order, limit, window, filter',
      'select sum(x) filter (where x > (select 1 from silver.b)) over (order by (select 1 from silver.c)) from silver.a order by (select 1 from silver.d) limit (select 1 from silver.e)',
      ['silver.b', 'silver.a', 'silver.d', 'silver.e', 'silver.c'],
    ],
    ['quoted names', 'select * from "silver"."a"', ['silver.a']],
    [
      'a function in from',
      'select * from generate_series(1, (select max(x) from silver.a)) as n',
      ['silver.a'],
    ],
    ['only', 'select * from only silver.a', ['silver.a']],
    [
      'a common table expression',
      'with a as (select * from silver.x) select * from a',
      ['silver.x'],
    ],
    [
      'one that hides nothing with a schema',
      'with a as (select 1) select * from silver.a',
      ['silver.a'],
    ],
    [
      'one used in another',
      'with a as (select * from silver.x), b as (select * from a) select * from b, a',
      ['silver.x'],
    ],
    [
      'one inside a subquery',
      'select * from (with a as (select * from silver.x) select * from a) as s',
      ['silver.x'],
    ],
    [
      'one seen in a set operation and a sublink',
      'with a as (select 1) select 1 from a union select 2 where 1 in (select * from a)',
      [],
    ],
    [
      'a recursive one',
      'with recursive a as (select 1 as n union all select n + 1 from a) select * from a, silver.x',
      ['silver.x'],
    ],
  ])('%s', async (_, sql, expected) => {
    const query = await parseQuery(sql);
    const found = query.ok
      ? query.reads.map(({ schema, name }) => `${schema}.${name}`)
      : [query.message];
    expect(found.sort()).toEqual(expected.sort());
  });

  test.each([
    [
      'a name without a schema',
      'select * from customer',
      '"customer" needs its schema, like silver.customer',
    ],
    [
      'a common table expression out of its scope',
      'select * from (with a as (select 1) select * from a) as s, a',
      '"a" needs its schema, like silver.a',
    ],
    [
      'a later common table expression',
      'with a as (select * from b), b as (select 1) select * from a',
      '"b" needs its schema, like silver.b',
    ],
    [
      'one that reads itself without recursive',
      'with a as (select * from a) select * from a',
      '"a" needs its schema, like silver.a',
    ],
    ['a database', 'select * from db.silver.a', "a: leave out the database's name"],
    ['two statements', 'select 1; select 2', 'there is more than one statement'],
    ['nothing', '-- nothing\n', 'there is no query'],
    ['something else', 'delete from silver.a', 'not a select'],
    [
      'a hidden write',
      'with d as (delete from silver.a returning *) select * from d',
      'a model only selects',
    ],
    ['select into', 'select 1 into gold.x', 'select … into writes a table'],
    ['row locks', 'select * from silver.a for update', 'for update and for share lock rows'],
    [
      'the clock',
      'select now()',
      "now() would give another answer in each run; the report's time is in bronze.report_parameter",
    ],
    [
      'the clock as a keyword',
      'select current_date',
      "current_date and the like would give another answer in each run; the report's time is in bronze.report_parameter",
    ],
    [
      'chance',
      'select pg_catalog.random()',
      "random() would give another answer in each run; the report's time is in bronze.report_parameter",
    ],
    ...[
      ['a sample', 'select * from silver.a tablesample system (10)', 'tablesample'],
      ['chance by a bell curve', 'select random_normal()', 'random_normal()'],
      ['a sequence', "select nextval('silver.s')", 'nextval()'],
      ['a setting', "select current_setting('TimeZone')", 'current_setting()'],
      ['the session', 'select pg_backend_pid()', 'pg_backend_pid()'],
      ['the transaction', 'select txid_current()', 'txid_current()'],
      ['an age until today', 'select age(t) from silver.a', 'age()'],
    ].map(([name = '', sql = '', what = '']): [string, string, string] => [
      name,
      sql,
      `${what} would give another answer in each run; the report's time is in bronze.report_parameter`,
    ]),
    ['a syntax error', 'select * frm silver.a', 'syntax error at or near "frm"'],
  ])('refuses %s', async (_, sql, message) => {
    expect(await parseQuery(sql)).toMatchObject({ ok: false, message });
  });

  test('places are characters, also behind letters of several bytes', async () => {
    const sql = "select 'é😀' from  silver.a";
    const query = await parseQuery(sql);
    expect(query).toMatchObject({ ok: true, reads: [{ offset: sql.indexOf('silver') }] });
    const wrong = "select 'é' from customer";
    expect(await parseQuery(wrong)).toMatchObject({ ok: false, offset: wrong.indexOf('customer') });
    const broken = "select '😀😀', 'é' frm silver.a";
    expect(await parseQuery(broken)).toMatchObject({ ok: false, offset: broken.indexOf('silver') });
  });

  test('knows where the query begins and ends', async () => {
    const sql = '/* é */\n-- x\nselect 1 ;\n-- end\n';
    const query = await parseQuery(sql);
    expect(query).toMatchObject({ ok: true, sql: 'select 1', start: sql.indexOf('select') });
  });
});

describe('substituteSchema', () => {
  test.each([
    ['select * from gold.a where gold.a.x > 1', 'select * from pg_temp.a where pg_temp.a.x > 1'],
    [
      'select * from "gold"."a" as b join gold.b on true',
      'select * from pg_temp."a" as b join gold.b on true',
    ],
    ['select é from gold . a, silver.a', 'select é from pg_temp . a, silver.a'],
    ["select 'gold.a' from GOLD.A", "select 'gold.a' from pg_temp.A"],
    ['with x as (select 1) select * from x', 'with x as (select 1) select * from x'],
  ])('%s', async (sql, expected) => {
    const query = await parseQuery(sql);
    const gold = { schema: 'gold', name: 'a' };
    expect(query.ok && substituteSchema(query, gold, 'pg_temp')).toBe(expected);
  });
});
