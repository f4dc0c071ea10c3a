// @module-tag heavy
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { runOnDaybook } from './kernel-runs.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await db.owner.query('create table gold.share_price (month date, price float8)');
  await db.owner.query('grant select on gold.share_price to public');
});
afterAll(() => db.drop());

const run = (cell: string) =>
  runOnDaybook(
    [
      `import { query } from 'daybook/pipeline'; const table = String('gold.share_price');\n${cell}`,
    ],
    {
      env: { DAYBOOK_READER_URL: db.readerUrl, DATABASE_URL: db.readerUrl },
    },
  );

test('a mistake in SQL reads as a compiler would say it: what, where in the SQL, what to do, where in the cell', async () => {
  const { outputs, failure } = await run(
    // A text that is put together is not described before it runs.
    'const rows = await query(`\n  select price,\n    mnth\n  from ${table}`);\nrows.length',
  );
  const [error] = outputs[0] ?? [];
  const traceback = error?.output_type === 'error' ? error.traceback.join('\n') : '';
  expect(stripVTControlCharacters(traceback)).toBe(
    [
      'QUERY_FAILED: column "mnth" does not exist (SQLSTATE 42703)',
      '    1 |',
      '    2 |   select price,',
      '  > 3 |     mnth',
      '      |     ^^^^',
      '    4 |   from gold.share_price',
      '→ Perhaps you meant to reference the column "share_price.month".',
      "  1 | import { query } from 'daybook/pipeline'; const table = String('gold.share_price');",
      '> 2 | const rows = await query(`',
      '    |              ^',
      '  3 |   select price,',
      '  4 |     mnth',
      '    at async In[1]:2:14',
    ].join('\n'),
  );
  expect(failure).toMatchObject({ kind: 'error', cell: 1, line: 2, ename: 'QUERY_FAILED' });
  expect(failure?.evalue).toContain('→ Perhaps you meant');
});

test('so does one in a function of an earlier cell, and a promise that nobody awaited', async () => {
  const { outputs } = await run('query("select *\\nfrm gold.share_price")');
  expect(JSON.stringify(outputs)).not.toMatch(/Promise|pg-pool|node_modules|session\.js|undefined/);
  expect(outputs[0]).toHaveLength(1);
});
