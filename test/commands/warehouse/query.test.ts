// @module-tag heavy
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { query } from '../../../src/commands/warehouse/query.js';
import { queryRows } from '../../../src/warehouse/query/query-rows.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { runCommand } from '../run-command.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await db.owner.query('create table gold.answer as select 42 as value');
});
afterAll(() => db.drop());

const run = async (sql: string, format?: string, config = db.config) => {
  const values = format === undefined ? {} : { format };
  return (await runCommand(query, config, { positionals: [sql], values })).stdout;
};

describe('daybook query', () => {
  it('prints a table, JSON or CSV', async () => {
    const sql = 'select * from gold.answer';
    expect(await run(sql)).toBe('value\n-----\n   42\n(1 row)\n');
    expect(await run(sql, 'json')).toBe('[\n{"value":42}\n]\n');
    expect(await run(sql, 'csv')).toBe('value\r\n42\r\n');
    await expect(run(sql, 'xml')).rejects.toMatchObject({ code: 'USAGE' });
  });

  it.each([
    'insert into gold.answer values (1)',
    'create table gold.other (a int)',
    'set transaction read write',
    'select 1; drop table gold.answer',
    'commit; drop table gold.answer',
    'do $$ begin execute $x$drop table gold.answer$x$; end $$',
    `do $$ begin commit; execute $x$drop table gold.answer$x$; end $$`,
  ])('writes nothing: %s', async (sql) => {
    await expect(run(sql)).rejects.toMatchObject({ code: 'QUERY_FAILED' });
    // A reader's URL that is the owner's is refused before anything is asked.
    const config = { ...db.config, readerUrl: db.ownerUrl };
    await expect(run(sql, undefined, config)).rejects.toMatchObject({ code: 'WAREHOUSE_READER' });
    expect(await queryRows(db.owner, 'select * from gold.answer')).toEqual([{ value: 42 }]);
  });

  it('prints json as Postgres has it, whatever the size of its numbers', async () => {
    const sql = `select '{"id": 1234567890123456789, "x": 1e400, "y": [0.12345678901234567890]}'::json as a,
      array['{"id": -9007199254740993}'::jsonb, null, 'null'] as b`;
    const payload = '{"id": 1234567890123456789, "x": 1e400, "y": [0.12345678901234567890]}';
    expect(await run(sql, 'csv')).toContain(`"${payload.replaceAll('"', '""')}"`);
    expect(await run(sql)).toContain(payload);
    expect(await run(sql, 'json')).toBe(
      `[\n{"a":${payload.replaceAll(' ', '')},"b":[{"id":-9007199254740993},null,null]}\n]\n`,
    );
  });

  it.each([
    ['copy (select 1) to stdout', 'copy answers with no rows'],
    ['listen x', 'listen answers with no rows'],
    ["set work_mem = '1MB'", 'set answers with no rows'],
    ['begin', 'begin answers with no rows'],
    ['do $$ begin end $$', 'do answers with no rows'],
    ['', 'the query is empty'],
    [' -- nothing', 'the query is empty'],
  ])('refuses what answers with no rows: %s', async (sql, message) => {
    await expect(run(sql)).rejects.toMatchObject({ code: 'QUERY_FAILED', message });
  });

  it('takes one statement, of any kind that answers with rows', async () => {
    await expect(run('select 1; select 2')).rejects.toMatchObject({
      hint: 'ask one statement after the other, each in a query of its own',
    });
    expect(await run('explain select 1', 'csv')).toContain('QUERY PLAN');
    expect(await run('show work_mem', 'csv')).toContain('work_mem');
    expect(await run('select from gold.answer')).toContain('(1 row)');
  });

  it('shows where Postgres found the mistake, and its advice', async () => {
    await expect(run("select 'é𝄞' as a,\n\tanswer.valu\nfrom gold.answer")).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      message: [
        'column answer.valu does not exist (SQLSTATE 42703)',
        "    1 | select 'é𝄞' as a,",
        '  > 2 | \tanswer.valu',
        '      | \t^^^^^^^^^^^',
        '    3 | from gold.answer',
      ].join('\n'),
      hint: 'Perhaps you meant to reference the column "answer.value".',
    });
  });

  it('says how tables come about when one is missing', async () => {
    await expect(run('select * from gold.nothing')).rejects.toMatchObject({
      hint: expect.stringContaining('pipeline run') as string,
    });
  });

  it('is cancelled on the server when it is interrupted', async () => {
    const controller = new AbortController();
    const reason = new Error('interrupted');
    const sql = 'select pg_sleep(59)';
    const running = runCommand(query, db.config, { positionals: [sql], signal: controller.signal });
    const active = `select count(*)::int as count from pg_stat_activity
                    where datname = current_database() and state = 'active' and query = '${sql}'`;
    const count = async () => (await queryRows<{ count: number }>(db.owner, active))[0]!.count;
    while ((await count()) === 0);
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    while ((await count()) > 0);
  });
});
