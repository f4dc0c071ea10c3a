import { expect, test } from 'vitest';
import { builtColumns } from '../../../src/parse-sql/columns/built-columns.js';

const tables: Readonly<Record<string, readonly string[]>> = {
  'bronze.event': ['account', 'occurred_at', 'payload'],
  'silver.signup': ['account', 'plan'],
};

async function lineage(sql: string): Promise<Record<string, string[]> | undefined> {
  const columns = await builtColumns(sql, (id) => tables[id]?.map((name) => ({ name })));
  return (
    columns && Object.fromEntries(columns.map(({ name, sources }) => [name, [...sources].sort()]))
  );
}

/** What an increment says to Postgres. */
const view = `create temp view "event" as
select * from "bronze"."event" where account = any (array[1, 2]);`;

test('what an increment builds comes from the source behind its temporary view', async () => {
  const slices = `create temp table daybook_slices on commit drop as
  select account, payload ->> 'plan' as plan from pg_temp.event where occurred_at < now();`;
  const whole = `create temp view "signup" as
  select * from "silver"."signup" where account <> 1 union all select * from pg_temp.daybook_slices;
  insert into "silver"."signup" select * from pg_temp.daybook_slices;`;
  const expected = { account: ['bronze.event.account'], plan: ['bronze.event.payload'] };
  expect(await lineage(`${view}\n${slices}\n${whole}`)).toEqual(expected);
  // One that found nothing to change ends after its comparison.
  expect(await lineage(`${view}\n${slices}\nselect exists (select 1) as differs;`)).toEqual(
    expected,
  );
});

test('counted rows are those of the source, too', async () => {
  const counts = 'create temp table n as select count(*) as events from pg_temp.event;';
  expect(await lineage(`${view}\n${counts}`)).toEqual({ events: ['bronze.event.*'] });
});

test('other statements answer as they are', async () => {
  expect(await lineage('create table silver.signup as select account from bronze.event')).toEqual({
    account: ['bronze.event.account'],
  });
  expect(await lineage(view)).toBeUndefined();
  expect(await lineage('select from where')).toBeUndefined();
  expect(await lineage('')).toBeUndefined();
});
