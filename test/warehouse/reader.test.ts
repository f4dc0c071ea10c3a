import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PoolClient } from 'pg';
import { queryRows } from '../../src/warehouse/query/query-rows.js';
import { sqlstate, sqlstateOf } from '../../src/warehouse/query/sqlstate.js';
import { createTestDatabase, type TestDatabase } from '../database.js';

let db: TestDatabase;
let client: PoolClient;
beforeAll(async () => {
  db = await createTestDatabase();
  await db.owner.query(
    'create table gold.answer as select 42 as value; create view gold.answer_view as table gold.answer',
  );
  // As docs/operator.md says for Postgres 14, where everybody may; later ones come so.
  await db.owner.query('revoke create on schema public from public');
  client = await db.reader.connect();
});
afterAll(async () => {
  client.release(true);
  await db.drop();
});

describe('the reader', () => {
  it('reads every table of the five schemas, those made later included', async () => {
    const unreadable = await queryRows(
      db.reader,
      `select oid::regclass from pg_class
       where relnamespace in (select oid from pg_namespace
                              where nspname in ('bronze', 'silver', 'gold', 'ops', 'publication'))
         and relkind in ('r', 'v', 'm') and not has_table_privilege(oid, 'select')`,
    );
    expect(unreadable).toEqual([]);
    expect(await queryRows(db.reader, 'select * from gold.answer_view')).toEqual([{ value: 42 }]);
  });

  // Tried with the read-only default taken away, as anybody can: the role itself must not be able to.
  it.each([
    'insert into gold.answer values (1)',
    'update gold.answer set value = 1',
    'delete from gold.answer',
    'truncate gold.answer',
    'drop table gold.answer',
    'alter table gold.answer add column other int',
    'create table gold.mine (a int)',
    'create table public.mine (a int)',
    'create schema mine',
    'create function gold.mine() returns int language sql return 1',
    'create extension dblink',
    'create role other',
    'create database other',
    'set role OWNER',
    'set session authorization OWNER',
    'alter role daybook_reader superuser',
    'alter system set work_mem = 1',
    'select * from pg_authid',
    'select * from pg_shadow',
    'select * from pg_hba_file_rules',
    "select pg_read_file('postgresql.conf')",
    "select pg_ls_dir('.')",
    "copy gold.answer to '/tmp/daybook-answer'",
    "copy (select 1) to program 'true'",
    'do $$ begin execute $x$insert into gold.answer values (1)$x$; end $$',
    "select setval(pg_get_serial_sequence('ops.pipeline_run', 'run_id'), 1)",
    'do $$ begin lock table gold.answer in access exclusive mode; end $$',
    'select pg_reload_conf()',
    `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'OWNER'`,
  ])('must not %s', async (sql) => {
    await client.query('set default_transaction_read_only = off');
    const statement = sql.replace('OWNER', new URL(db.ownerUrl).username);
    const error: unknown = await client.query(statement).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: sqlstate.insufficientPrivilege });
  });

  it('cannot read a password, its own included', async () => {
    const rows = await queryRows(db.reader, 'select distinct passwd from pg_user');
    expect(rows).toEqual([{ passwd: '********' }]);
  });

  it('starts in read-only transactions with limits on time', async () => {
    const [row] = await queryRows(
      db.reader,
      `select current_user as role,
              current_setting('default_transaction_read_only') as read_only,
              current_setting('statement_timeout') as statement_timeout,
              current_setting('idle_in_transaction_session_timeout') as idle_timeout`,
    );
    expect(row).toEqual({
      role: 'daybook_reader',
      read_only: 'on',
      statement_timeout: '1min',
      idle_timeout: '1min',
    });
  });

  it('has its statements cancelled by the limit', async () => {
    const impatient = await db.reader.connect();
    try {
      await impatient.query("set statement_timeout = '20ms'");
      const error: unknown = await impatient
        .query('select pg_sleep(60)')
        .catch((caught: unknown) => caught);
      expect(sqlstateOf(error)).toBe(sqlstate.queryCanceled);
      await impatient.query(
        "set statement_timeout = 0; set idle_in_transaction_session_timeout = '20ms'",
      );
      const lost = new Promise<Error>((resolve) => impatient.once('error', resolve));
      await impatient.query('begin');
      expect(sqlstateOf(await lost)).toBe('25P03');
    } finally {
      impatient.release(true);
    }
  });
});
