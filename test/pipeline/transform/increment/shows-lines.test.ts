import { afterAll, beforeAll, expect, test } from 'vitest';
import { withTransaction } from '../../../../src/warehouse/query/transaction.js';
import { showsLines } from '../../../../src/pipeline/transform/increment/shows-lines.js';
import { createTestDatabase, type TestDatabase } from '../../../database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const lines = 'source_file, line_number';

// What each view is, and whether a line that is added to a file leaves its other rows as they are.
test.each([
  [`select * from bronze.click`, true],
  [`select ${lines}, at as time, lower(kind) as kind from bronze.click where kind <> 'x'`, true],
  [
    `select c.source_file, c.line_number from bronze.click as c cross join bronze.report_parameter where at < as_of`,
    true,
  ],
  [
    `select ${lines}, at at time zone (select time_zone from bronze.report_parameter) as d from bronze.click`,
    true,
  ],
  [`select ${lines} from bronze.some_click where at is not null`, true],
  [`select source_file from bronze.click`, false],
  [`select source_file, line_number + 1 as line_number from bronze.click`, false],
  [`select source_file, other as line_number, line_number as other from bronze.click`, false],
  [`select distinct ${lines} from bronze.click`, false],
  [`select distinct on (kind) ${lines} from bronze.click order by kind, line_number desc`, false],
  [`select ${lines} from bronze.click group by 1, 2`, false],
  [`select ${lines} from bronze.click order by line_number desc limit 5`, false],
  [`select ${lines}, lag(at) over (order by at) as before from bronze.click`, false],
  [`select ${lines} from bronze.click union all select ${lines} from bronze.click`, false],
  [
    `with c as (select max(line_number) as line_number from bronze.click) select 'a' as source_file, line_number from c`,
    false,
  ],
  [
    `select * from bronze.click as c where not exists (select from bronze.click as d where d.line_number > c.line_number)`,
    false,
  ],
  [
    `select c.source_file, c.line_number from bronze.click as c join bronze.click as d using (kind)`,
    false,
  ],
  [`select ${lines} from (select * from bronze.click limit 3) as few`, false],
  [`select ${lines} from bronze.click where bronze.is_newest(line_number)`, false],
  [`select ${lines} from bronze.last_click`, false],
  [`select 'a.log' as source_file, 1 as line_number`, false],
])('%s: %s', async (sql, expected) => {
  await withTransaction(database.owner, async (client) => {
    await client.query(`
      create table bronze.click (at timestamptz, kind text, other bigint, source_file text, line_number bigint);
      create view bronze.some_click as select * from bronze.click where kind = 'a';
      create view bronze.last_click as select max(line_number) as line_number, source_file from bronze.click group by 2;
      create function bronze.is_newest(bigint) returns boolean stable language sql as 'select $1 = max(line_number) from bronze.click';
      create view bronze.seen as ${sql}`);
    const seen = { schema: 'bronze', name: 'seen' };
    expect(await showsLines(client, seen, ['bronze.click'])).toBe(expected);
    throw new Rollback();
  }).catch((error: unknown) => {
    if (!(error instanceof Rollback)) throw error;
  });
});

class Rollback extends Error {}
