// @module-tag heavy
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase } from '../database.js';
import { temporaryFolder } from '../temporary-folder.js';
import { formatProjectTypes } from '../../src/row-types/project-types.js';
import { plain, startSession } from './session.js';

test('a query that is tried out has types at once, and its mistakes at their place', async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  await database.owner.query(`
    create schema if not exists gold;
    create table gold.month (month date not null, customers bigint not null);
    insert into gold.month values ('2019-01-01', 7)`);
  const types = formatProjectTypes("    'gold.month': {\n      month: string;\n    };\n", '');
  const folder = temporaryFolder({
    'daybook-env.d.ts': types,
    'daybook.config.ts': 'export default {};',
  });
  const session = await startSession({
    cwd: folder,
    env: { DAYBOOK_READER_URL: database.readerUrl },
  });
  onTestFinished(() => session.stop());

  await session.run("import { query } from 'daybook/pipeline';");
  const load = 'const [row] = await query(`\n  select month, customers from gold.month\n`);';
  const { result } = await session.run(`${load}\nrow.customers * 2n;`);
  expect(result).toMatchObject({ 'text/plain': '14n' });
  const later = await session.run('row.customers.length');
  expect(later.errors[0]).toMatchObject({ ename: 'TS2339' });

  const wrong = await session.run('await query(`\n  select moth\n  from gold.month\n`)');
  const [error] = wrong.errors;
  expect(error).toMatchObject({ ename: 'SQL42703' });
  expect(plain(error?.traceback ?? [])).toContain(
    'SQL42703: column "moth" does not exist: did you mean month?\nIn[4]:2:10',
  );
  const table = await session.run('await query("select 1 from gold.moth")');
  expect(table.errors[0]?.evalue).toContain('did you mean gold.month?');
  const parameter = await session.run(
    'const wanted = await query("select month from gold.month where customers > $1", ["x", 2]);',
  );
  expect(parameter.errors[0]?.evalue).toContain(
    "Type 'string' is not assignable to type 'number | bigint'",
  );

  // A query is described anew once a table that it reads has changed.
  await database.owner.query('alter table gold.month alter customers type text');
  const changed = types.replace('month: string;', 'month: string;\n      customers: string;');
  writeFileSync(join(folder, 'daybook-env.d.ts'), changed);
  const renewed = await session.run(`${load}\nrow.customers.length;`);
  expect(renewed.result).toMatchObject({ 'text/plain': '1' });
  // What is tried out is nothing to commit.
  expect(readFileSync(join(folder, 'daybook-env.d.ts'), 'utf8')).toBe(changed);
});

test('without a warehouse, a query says itself that it is away', async () => {
  const folder = temporaryFolder({ 'daybook-env.d.ts': formatProjectTypes('', '') });
  const session = await startSession({
    cwd: folder,
    env: { DAYBOOK_READER_URL: 'postgres://nobody@127.0.0.1:1/none' },
  });
  onTestFinished(() => session.stop());
  const { errors } = await session.run(
    "import { query } from 'daybook/pipeline';\nawait query('select 1 as one');",
  );
  expect(errors[0]?.evalue).toContain('127.0.0.1:1 cannot be reached');
});
