import { expect, test } from 'vitest';
import { scopeAt } from '../../src/parse-sql/scope-at.js';

const stored = new Map([
  [
    'gold.month',
    [
      { name: 'month', type: 'date' },
      { name: 'customers', type: 'int8' },
    ],
  ],
  [
    'gold.plan',
    [
      { name: 'plan', type: 'text' },
      { name: 'price', type: 'numeric' },
    ],
  ],
  ['public.note', [{ name: 'text', type: 'text' }]],
]);

/** What is in scope where `|` stands. */
async function seen(marked: string): Promise<string> {
  const offset = marked.indexOf('|');
  const sql = marked.slice(0, offset) + marked.slice(offset + 1);
  const { clause, levels, tables } = await scopeAt(sql, offset, (id) => stored.get(id));
  const named = (columns: readonly { name: string }[]) => columns.map(({ name }) => name).join(' ');
  const items = levels.map((level) =>
    level.map(({ name, columns }) => `${name}(${named(columns)})`).join(' '),
  );
  const ctes = [...tables].map(([name, columns]) => `${name}(${named(columns)})`);
  return [clause, ...items, ...(ctes.length > 0 ? [`with ${ctes.join(' ')}`] : [])].join('; ');
}

test.each([
  ['select | from gold.month', 'select; month(month customers)'],
  ['select m.| from gold.month as m', 'select; m(month customers)'],
  ['select from gold.month m where |', 'where; m(month customers)'],
  ['select * from gold.month join gold.plan p on |', 'on; month(month customers) p(plan price)'],
  ['select * from gold.month, |', 'from; month(month customers)'],
  ['select * from gold.month left join | where true', 'from; month(month customers)'],
  ['select * from |', 'from'],
  ['|', 'start'],
  ['select count(|) from note', 'select; note(text)'],
  [
    'select (select | from gold.plan) from gold.month',
    'select; plan(plan price); month(month customers)',
  ],
  [
    'with a as (select month, 1 as one from gold.month), b as (select | from a) select * from b',
    'select; a(month one); with a(month one)',
  ],
  [
    'with a as (select month from gold.month) select | from a join (select plan as p from gold.plan) q on true',
    'select; a(month) q(p); with a(month)',
  ],
  [
    'with recursive t(n) as (select 1 union all select n + 1 from t) select | from t',
    'select; t(n); with t(n)',
  ],
  ['select month from gold.month union select | from gold.plan', 'select; plan(plan price)'],
  ['select month from gold.month where month is distinct from |', 'where; month(month customers)'],
  ['select extract(year from |) from gold.month', 'select; month(month customers)'],
  [
    'select * from (gold.month m cross join gold.plan) where |',
    'where; m(month customers) plan(plan price)',
  ],
  ['select * from generate_series(1, 2) as g (n) where |', 'where; g(n)'],
  ['select * from gold.month, abs(|', 'select; month(month customers) abs()'],
  [
    'select * from gold.month join gold.plan on true, note where |',
    'where; month(month customers) plan(plan price) note(text)',
  ],
  ['select * from gold.month group by |', 'group; month(month customers)'],
  ['select * from gold.month order by |', 'order; month(month customers)'],
  ["select 'from x', | from gold.month -- from y", 'select; month(month customers)'],
  ['select | from "gold"."month" as "My month"', 'select; My month(month customers)'],
  ['select 1; select | from gold.plan; select 2 from gold.month', 'select; plan(plan price)'],
  [
    'select * from gold.plan, lateral (select | from gold.month) x',
    'select; month(month customers); plan(plan price) x()',
  ],
  ['update gold.month set customers = | where true', 'set; month(month customers)'],
  ['insert into gold.plan (plan) values (|)', 'values; plan(plan price)'],
])('%s', async (marked, expected) => {
  expect(await seen(marked)).toBe(expected);
});
