// @module-tag heavy
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parseConfig, type Config } from '../../../src/config/config.js';
import { describeError } from '../../../src/errors.js';
import { silentLogger } from '../../../src/logger.js';
import { Session } from '../../../src/pipeline/session.js';
import { runPipeline } from '../../../src/pipeline/run-pipeline.js';
import { createPool } from '../../../src/warehouse/connect/pool.js';
import { queryRows } from '../../../src/warehouse/query/query-rows.js';
import {
  readerSettings,
  settingsOf,
  withSettings,
} from '../../../src/warehouse/connect/session-settings.js';
import { openReader, openWarehouse } from '../../../src/warehouse/warehouse.js';
import { createTestDatabase, root, type TestDatabase } from '../../database.js';
import { event, pipelineWorkspace } from '../../pipeline/pipeline-workspace.js';
import { startPgBouncer } from '../pgbouncer.js';

let db: TestDatabase;
/** An owner who is no superuser; the reader is a role that it may take on. */
let owner: string;
const name = 'pooled_owner';
beforeAll(async () => {
  db = await createTestDatabase();
  await db.owner.query(`create role ${name} login createrole password 'pooled'`);
  await db.owner.query(`grant daybook_reader to ${name}`);
  const [{ database } = { database: '' }] = await queryRows<{ database: string }>(
    db.owner,
    'select current_database() as database',
  );
  for (const schema of ['bronze', 'silver', 'gold', 'ops', 'publication', 'public']) {
    await db.owner.query(`alter schema ${schema} owner to ${name}`);
    const tables = await queryRows<{ statement: string }>(
      db.owner,
      `select format('alter %s %I.%I owner to ${name}', case relkind when 'v' then 'view' else 'table' end, $1::text, relname) as statement
      from pg_class where relnamespace = to_regnamespace($1) and relkind in ('r', 'v')`,
      [schema],
    );
    for (const { statement } of tables) await db.owner.query(statement);
  }
  await db.owner.query(`grant create on database ${database} to ${name}`);
  const url = new URL(db.ownerUrl);
  [url.username, url.password] = [name, 'pooled'];
  owner = url.href;
});
afterAll(async () => {
  await db.owner.query(`drop owned by ${name} cascade`);
  await db.owner.query(`drop role ${name}`);
  await db.drop();
});

const configOf = (environment: Record<string, string>): Config =>
  parseConfig({ DAYBOOK_HOME: db.config.home, ...environment }, root);

const refusal = (error: unknown) => error;

const whoReads = `select current_user as role, current_setting('default_transaction_read_only') as read_only`;

describe('PgBouncer in session mode', () => {
  test('serves runs and readers, although it drops start-up parameters', async (context) => {
    const pooled = await startPgBouncer(context, [owner], { mode: 'session' });
    const warehouse = await openWarehouse(configOf({ DATABASE_URL: pooled(owner) }));
    onTestFinished(() => warehouse.close());
    expect(await queryRows(warehouse.reader, whoReads)).toEqual([
      { role: 'daybook_reader', read_only: 'on' },
    ]);
    expect(
      await queryRows(
        warehouse.owner,
        "select current_user as role, current_setting('TimeZone') as zone",
      ),
    ).toEqual([{ role: name, zone: 'UTC' }]);

    const workspace = pipelineWorkspace(db, { 'data/a.log': event(1, '2019-03-01T00:00:00Z') });
    const config = { ...configOf({ DATABASE_URL: pooled(owner) }), root: workspace.root };
    const report = await runPipeline({ warehouse, config, dataDir: `${workspace.root}/data` });
    expect(report.lines).toEqual({ read: 1, loaded: 1, rejected: 0 });

    const session = new Session(() => config, { snapshot: undefined, queryLog: undefined });
    onTestFinished(() => session.close());
    await expect(session.query('create table public.pwned (a int)')).rejects.toMatchObject({
      code: 'QUERY_FAILED',
    });
  });

  test('gives nobody the session of somebody else: what a reader set is gone', async (context) => {
    const pooled = await startPgBouncer(context, [owner], { mode: 'session' });
    const reader = createPool(
      withSettings(pooled(owner), { ...readerSettings, role: 'daybook_reader' }),
      silentLogger,
    );
    expect(await queryRows(reader, whoReads)).toEqual([
      { role: 'daybook_reader', read_only: 'on' },
    ]);
    await reader.end();
    const writer = createPool(pooled(owner), silentLogger);
    onTestFinished(() => writer.end());
    expect(await queryRows(writer, whoReads)).toEqual([{ role: name, read_only: 'off' }]);
  });
});

describe.each(['transaction', 'statement'] as const)('PgBouncer in %s mode', (mode) => {
  test('is refused for writers and for readers, which says what to do', async (context) => {
    const pooled = await startPgBouncer(context, [owner, db.readerUrl], { mode });
    const config = configOf({ DATABASE_URL: pooled(owner) });
    for (const open of [openWarehouse, openReader]) {
      const error: unknown = await open(config).then(() => undefined, refusal);
      expect(error).toMatchObject({ code: 'WAREHOUSE_POOLED' });
      expect(describeError(error)).toMatch(/pool_mode = session/);
    }
    // A reader's own role is no better: its limits would be those of somebody else.
    const reader = configOf({ DATABASE_URL: owner, DAYBOOK_READER_URL: pooled(db.readerUrl) });
    expect(await openReader(reader).then(() => undefined, refusal)).toMatchObject({
      code: 'WAREHOUSE_POOLED',
    });
    const session = new Session(() => config, { snapshot: undefined, queryLog: undefined });
    await expect(session.query('create table public.pwned (a int)')).rejects.toMatchObject({
      code: 'WAREHOUSE_POOLED',
    });
    expect(await queryRows(db.owner, "select to_regclass('public.pwned') as pwned")).toEqual([
      { pwned: null },
    ]);
  });

  test('is found out also while others use the pool', async (context) => {
    const pooled = await startPgBouncer(context, [owner], { mode });
    const stop = new AbortController();
    const others = Array.from({ length: 4 }, async () => {
      const client = new pg.Client({ connectionString: pooled(owner) });
      await client.connect();
      while (!stop.signal.aborted) await client.query('select 1');
      await client.end();
    });
    try {
      for (let attempt = 0; attempt < 5; attempt += 1) {
        const error = await openWarehouse(configOf({ DATABASE_URL: pooled(owner) })).then(
          () => undefined,
          refusal,
        );
        expect(error).toMatchObject({ code: 'WAREHOUSE_POOLED' });
      }
    } finally {
      stop.abort();
      await Promise.all(others);
    }
  });
});

test('a pool that refuses start-up parameters says so, and no word of host and port', async (context) => {
  const pooled = await startPgBouncer(context, [owner], { mode: 'session', refusesOptions: true });
  const error = await openWarehouse(configOf({ DATABASE_URL: pooled(owner) })).then(
    () => undefined,
    refusal,
  );
  expect(error).toMatchObject({
    code: 'WAREHOUSE_POOLED',
    hint: expect.stringContaining('ignore_startup_parameters = options') as string,
  });
});

describe('a reader', () => {
  test('that is the owner, a superuser or a member of the owner is refused', async () => {
    await db.owner.query(`create role too_mighty login password 'x' in role ${name}`);
    onTestFinished(async () => {
      await db.owner.query('drop role too_mighty');
    });
    const member = new URL(owner);
    [member.username, member.password] = ['too_mighty', 'x'];
    for (const url of [owner, db.ownerUrl, member.href]) {
      const config = configOf({ DATABASE_URL: owner, DAYBOOK_READER_URL: url });
      expect(await openReader(config).then(() => undefined, refusal)).toMatchObject({
        code: 'WAREHOUSE_READER',
      });
    }
  });

  test('is verified on each of its connections', async () => {
    await db.owner.query("create role promoted login password 'x'");
    onTestFinished(async () => {
      await db.owner.query('drop role promoted');
    });
    const url = new URL(owner);
    [url.username, url.password] = ['promoted', 'x'];
    const pool = createPool(withSettings(url.href, readerSettings), silentLogger);
    onTestFinished(() => pool.end());
    const first = await pool.connect();
    await db.owner.query(`grant ${name} to promoted`);
    expect(await pool.connect().then(() => undefined, refusal)).toMatchObject({
      code: 'WAREHOUSE_READER',
    });
    first.release();
  });
});

test('limits of time that somebody set on the role are not those of a run', async () => {
  const limits = {
    idle_session_timeout: '50ms',
    idle_in_transaction_session_timeout: '50ms',
    statement_timeout: '50ms',
    lock_timeout: '50ms',
    transaction_timeout: '50ms',
  };
  const known = await queryRows<{ name: string }>(
    db.owner,
    'select name from pg_settings where name = any ($1)',
    [Object.keys(limits)],
  );
  for (const [setting, value] of Object.entries(limits)) {
    if (known.some((each) => each.name === setting)) {
      await db.owner.query(`alter role ${name} set ${setting} = '${value}'`);
    }
  }
  onTestFinished(async () => {
    await db.owner.query(`alter role ${name} reset all`);
  });
  const pool = createPool(owner, silentLogger);
  onTestFinished(() => pool.end());
  const shown = await queryRows(
    pool,
    'select name, setting from pg_settings where name = any ($1) order by name',
    [Object.keys(limits)],
  );
  expect(shown).toEqual(
    known
      .map((each) => ({ name: each.name, setting: '0' }))
      .sort((a, b) => a.name.localeCompare(b.name)),
  );
});

test('settings of a URL are read as Postgres reads them', () => {
  const settings = { TimeZone: 'UTC', a: 'with blanks', b: String.raw`back\slash`, c: 'x=y' };
  const url = withSettings('postgres://me@host/db', settings);
  expect(Object.fromEntries(settingsOf(url))).toEqual(settings);
  const own = encodeURIComponent('-cwork_mem=7MB --statement-timeout=3s -c a=mine');
  expect(
    Object.fromEntries(settingsOf(withSettings(`postgres://me@host/db?options=${own}`, settings))),
  ).toEqual({
    ...settings,
    a: 'mine',
    work_mem: '7MB',
    statement_timeout: '3s',
  });
});
