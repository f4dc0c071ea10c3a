// @module-tag heavy
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase } from '../database.js';
import { temporaryFolder } from '../temporary-folder.js';
import { formatProjectTypes } from '../../src/row-types/project-types.js';
import { plain, startSession } from './session.js';

test('SQL cells in a kernel: typed rows, a table, errors at their place, results of results', async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  await database.owner.query(`
    create schema if not exists gold;
    create table gold.month (month date not null, customers bigint not null, rate numeric(6,4));
    insert into gold.month values ('2019-01-01', 7, 0.5), ('2019-02-01', 9, null)`);
  const folder = temporaryFolder({
    'daybook-env.d.ts': formatProjectTypes(
      "    'gold.month': {\n      month: string;\n    };\n",
      '',
    ),
    'daybook.config.ts': 'export default {};',
    'queries.jsonl': '',
  });
  const log = join(folder, 'queries.jsonl');
  const session = await startSession({
    cwd: folder,
    env: { DAYBOOK_READER_URL: database.readerUrl, DAYBOOK_QUERY_LOG: log },
  });
  onTestFinished(() => session.stop());

  await session.run("const since = '2019-01-01';");
  const months = await session.run(
    '%%sql months\nselect month, customers, rate\nfrom gold.month where month >= ${since} order by month',
  );
  expect(months.errors).toEqual([]);
  expect(months.result?.['text/plain']).toBe(
    '2 rows\n\nmonth       customers    rate\n2019-01-01          7  0.5000\n2019-02-01          9       –',
  );
  const heads = '>month <small>date</small>.*>customers <small>bigint</small>.*numeric\\(6,4\\)';
  expect(months.result?.['text/html']).toMatch(new RegExp(heads));
  expect((await session.run('months[1].customers * 2n')).result?.['text/plain']).toBe('18n');
  expect((await session.run('months[0].moth')).errors[0]?.ename).toBe('TS2551');

  const empty = await session.run("%%sql\nselect month from gold.month where month < '1999-01-01'");
  expect(empty.result?.['text/plain']).toBe('0 rows\n\nmonth');

  // A cell over a result reads the statement of the result.
  const over = await session.run(
    '%%sql total\nselect sum(customers)::int as n from ${months} where month > ${months[0].month}',
  );
  expect(over.errors).toEqual([]);
  expect((await session.run('total[0].n + 1')).result?.['text/plain']).toBe('10');
  const records = readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(records.at(-1)).toMatchObject({
    sql:
      'with "months" as (\nselect month, customers, rate\nfrom gold.month where month >= $2 order by month\n)\n' +
      'select sum(customers)::int as n from "months" where month > $1',
    parameters: ['2019-01-01', '2019-01-01'],
    rows: 1,
  });
  await session.run('months.reverse();');
  const changed = await session.run('%%sql\nselect count(*) from ${months}');
  expect(changed.errors[0]?.evalue).toContain('the rows after from have been changed');

  const column = await session.run('%%sql\nselect ${since}::date,\n  moth from gold.month');
  expect(plain(column.errors[0]?.traceback ?? [])).toMatch(
    /^SQL42703: column "moth" does not exist.*\nIn\[\d+\]:3:3\n/,
  );
  const type = await session.run('%%sql\nselect month from gold.month\nwhere customers > ${true}');
  expect(plain(type.errors[0]?.traceback ?? [])).toMatch(
    /^TS2322: Type 'boolean' is not assignable to type 'number \| bigint'.*\nIn\[\d+\]:3:21\n/,
  );
  const thrown = await session.run(
    '%%sql\nselect month from gold.month\nwhere customers > ${BigInt((() => { throw new Error("no") })())}',
  );
  expect(plain(thrown.errors[0]?.traceback ?? [])).toMatch(/^Error: no\n.*\n?.*\n?> 3 \| where/);
  const failed = await session.run('%%sql\nselect 1 / (customers - 7) as x from gold.month');
  expect(plain(failed.errors[0]?.traceback ?? [])).toMatch(/division by zero[^]*In\[\d+\]:2:1/);

  // A name of metadata: no first line, and the same places.
  const request = session.kernel.channels.request(
    'execute_request',
    {
      ...{ code: 'select 1 as one', silent: false, store_history: true },
      ...{ user_expressions: {}, allow_stdin: false, stop_on_error: true },
    },
    { daybook: { language: 'sql', name: 'ones' } },
  );
  await session.kernel.channels.send('shell', request);
  expect((await session.finished(request.header.msg_id)).errors).toEqual([]);
  expect((await session.run('ones[0].one + 1')).result?.['text/plain']).toBe('2');

  // Fragments, completion and documentation.
  const complete = async (code: string) =>
    (await session.ask('shell', 'is_complete_request', { code }))['status'];
  expect(await complete('%%sql\nselect 1')).toBe('incomplete');
  expect(await complete('%%sql\nselect (1;')).toBe('incomplete');
  expect(await complete("%%sql\nselect 'a;")).toBe('incomplete');
  expect(await complete('%%sql\nselect ${;')).toBe('incomplete');
  expect(await complete('%%sql months\n')).toBe('incomplete');
  expect(await complete('%%sql\nselect 1;')).toBe('complete');
  expect(await complete('%%sql\nselect 1\n')).toBe('complete');
  const code = '%%sql\nselect ${months[0].cust} + 1';
  const offered = await session.ask('shell', 'complete_request', { code, cursor_pos: 28 });
  expect(offered).toMatchObject({ matches: ['customers'], cursor_start: 25, cursor_end: 28 });
  const told = await session.ask('shell', 'inspect_request', {
    ...{ code, cursor_pos: 17, detail_level: 0 },
  });
  expect(JSON.stringify(told['data'])).toContain('const months');
});
