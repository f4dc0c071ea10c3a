import { expect, test } from 'vitest';
import { queryColumns } from '../../../src/parse-sql/columns/query-columns.js';

const tables: Readonly<Record<string, readonly string[]>> = {
  'silver.customer': ['account', 'plan', 'first_login'],
  'silver.month': ['month', 'ends_at'],
};

async function lineage(sql: string): Promise<Record<string, string> | undefined> {
  const columns = await queryColumns(sql, (id) => tables[id]?.map((name) => ({ name })));
  if (columns === undefined) return undefined;
  return Object.fromEntries(
    columns.map(({ name, sources }) => [
      name,
      [...sources].map((source) => source.replace('silver.', '')).join(' '),
    ]),
  );
}

test.each<[string, string, Record<string, string>]>([
  [
    'columns, renamed and computed',
    'select account, plan as p, upper(plan) || account::text as both from silver.customer where first_login is null',
    { account: 'customer.account', p: 'customer.plan', both: 'customer.plan customer.account' },
  ],
  [
    'joins with aliases',
    'select c.plan, month.ends_at from silver.customer as c join silver.month on month.month = c.first_login',
    { plan: 'customer.plan', ends_at: 'month.ends_at' },
  ],
  [
    'stars',
    'select month.*, c.plan from silver.month cross join silver.customer c',
    { month: 'month.month', ends_at: 'month.ends_at', plan: 'customer.plan' },
  ],
  [
    'common table expressions and subqueries',
    'with a (x) as (select plan from silver.customer), b as (select x as y from a) select (select max(y) from b) as z, s.q from (select ends_at as q from silver.month) s',
    { z: 'customer.plan', q: 'month.ends_at' },
  ],
  [
    'what changes data, and rows of other things than tables',
    "with customer as (delete from silver.month returning month) select customer.month, j.a from customer cross join json_table('[1]', '$[*]' columns (a int path '$')) as j",
    { month: 'month.month', a: '' },
  ],
  [
    'set operations',
    'select plan as x from silver.customer union all select month::text from silver.month',
    { x: 'customer.plan month.month' },
  ],
  [
    'aggregates, windows and case',
    "select count(*) as n, count(distinct account) as people, sum(account) over (order by first_login) as s, case when plan = 'a' then account end from silver.customer",
    {
      n: 'customer.*',
      people: 'customer.account',
      s: 'customer.account customer.first_login',
      case: 'customer.plan customer.account',
    },
  ],
  [
    'correlated and lateral',
    'select (select c.plan) as a, l.v from silver.customer c, lateral (select c.account as v) l',
    { a: 'customer.plan', v: 'customer.account' },
  ],
  [
    'functions in from',
    'select d.day, e from silver.month, generate_series(month, ends_at) as d (day), unnest(array[month]) e',
    { day: 'month.month month.ends_at', e: 'month.month' },
  ],
  [
    'recursion',
    'with recursive r as (select month as m from silver.month union all select m + 1 from r) select m from r',
    { m: 'month.month' },
  ],
  ['values', "select * from (values (1, 'a')) as v (n, word)", { n: '', word: '' }],
  [
    'what makes a table',
    'create temp table "x" on commit drop as select plan from silver.customer; analyze x',
    { plan: 'customer.plan' },
  ],
  [
    'what makes a view',
    'create view v as select plan from silver.customer',
    { plan: 'customer.plan' },
  ],
  ['relations that are not known', 'select a from gold.other', { a: '' }],
])('%s', async (_, sql, expected) => {
  expect(await lineage(sql)).toEqual(expected);
});

test.each(['', 'not sql at all', 'copy a from stdin', 'vacuum'])('no query: %s', async (sql) => {
  expect(await lineage(sql)).toBeUndefined();
});
