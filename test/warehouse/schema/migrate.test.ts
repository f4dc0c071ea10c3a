import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  engineMigrations,
  migrate,
  readMigrations,
} from '../../../src/warehouse/schema/migrate.js';
import { createPool } from '../../../src/warehouse/connect/pool.js';
import { queryRows } from '../../../src/warehouse/query/query-rows.js';
import { silentLogger } from '../../../src/logger.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

let pool: Pool;
let folder: string;

/** An empty database beside the test's own, and a folder of two migrations. */
async function setUp(): Promise<void> {
  const url = new URL(db.ownerUrl);
  url.pathname += '_empty';
  await db.owner.query(`create database ${url.pathname.slice(1)} template template0`);
  pool = createPool(url.href, silentLogger);
  folder = mkdtempSync(join(tmpdir(), 'daybook-migrations-'));
  write('000001_one.sql', 'create table one (a int);\ncreate table two (a int);\n');
  write('000002_more.sql', 'insert into one values (1);\n');
}

async function tearDown(): Promise<void> {
  await pool.end();
  await db.owner.query(
    `drop database ${new URL(db.ownerUrl).pathname.slice(1)}_empty with (force)`,
  );
  rmSync(folder, { recursive: true });
}

function write(name: string, sql: string): void {
  writeFileSync(join(folder, name), sql);
}

const appliedNames = async () =>
  (await queryRows<{ name: string }>(pool, 'select name from ops.migration order by number')).map(
    ({ name }) => name,
  );

describe('migrate', () => {
  beforeEach(setUp);
  afterEach(tearDown);

  it('applies what is missing, in order, once', async () => {
    expect(await migrate(pool, folder)).toEqual(['000001_one.sql', '000002_more.sql']);
    expect(await migrate(pool, folder)).toEqual([]);
    write('000003_again.sql', 'insert into one values (2);');
    expect(await migrate(pool, folder)).toEqual(['000003_again.sql']);
    expect(await queryRows(pool, 'select a from one order by a')).toEqual([{ a: 1 }, { a: 2 }]);
    expect(await appliedNames()).toEqual(['000001_one.sql', '000002_more.sql', '000003_again.sql']);
  });

  it('may be done by several at once', async () => {
    const done = await Promise.all([1, 2, 3, 4].map(() => migrate(pool, folder)));
    expect(done.flat().sort()).toEqual(['000001_one.sql', '000002_more.sql']);
    expect(await queryRows(pool, 'select a from one')).toEqual([{ a: 1 }]);
  });

  it('names a file that was changed after it was applied, and applies nothing', async () => {
    await migrate(pool, folder);
    write('000002_more.sql', 'insert into one values (3);\n');
    write('000003_again.sql', 'insert into one values (2);');
    await expect(migrate(pool, folder)).rejects.toMatchObject({
      code: 'MIGRATION_INVALID',
      message: expect.stringContaining('000002_more.sql was changed') as string,
    });
    expect(await queryRows(pool, 'select a from one')).toEqual([{ a: 1 }]);
  });

  it('does not mind the line ends of another operating system', async () => {
    await migrate(pool, folder);
    const file = join(folder, '000001_one.sql');
    write('000001_one.sql', readFileSync(file, 'utf8').replaceAll('\n', '\r\n'));
    expect(await migrate(pool, folder)).toEqual([]);
  });

  it('names a file that was applied and is missing', async () => {
    await migrate(pool, folder);
    rmSync(join(folder, '000001_one.sql'));
    await expect(migrate(pool, folder)).rejects.toThrow(
      /000001_one\.sql was applied .* this Daybook does not have it$/,
    );
  });

  it('names what a newer version has applied', async () => {
    await migrate(pool, folder);
    rmSync(join(folder, '000002_more.sql'));
    await expect(migrate(pool, folder)).rejects.toMatchObject({
      code: 'MIGRATION_INVALID',
      message: expect.stringMatching(
        /000002_more\.sql was applied .* by a newer Daybook/,
      ) as string,
      hint: expect.stringContaining('npm install daybook@latest') as string,
    });
    await pool.query(
      'create table ops.engine_version (number int, version text, used_since timestamptz)',
    );
    await pool.query("insert into ops.engine_version values (1, '9.1.0', now())");
    await expect(migrate(pool, folder)).rejects.toMatchObject({
      message: expect.stringMatching(
        /000002_more\.sql was applied to this warehouse by Daybook 9\.1\.0; this is \d/,
      ) as string,
      hint: expect.stringMatching(
        /npm install daybook@9\.1\.0, or a later one.*no way back/,
      ) as string,
    });
  });

  it('names a file that was renamed', async () => {
    await migrate(pool, folder);
    renameSync(join(folder, '000002_more.sql'), join(folder, '000002_less.sql'));
    await expect(migrate(pool, folder)).rejects.toThrow(/000002_more\.sql was applied/);
  });

  it('refuses a new file before one that was applied', async () => {
    renameSync(join(folder, '000002_more.sql'), join(folder, '000005_more.sql'));
    await migrate(pool, folder);
    write('000003_late.sql', 'select 1');
    await expect(migrate(pool, folder)).rejects.toThrow(/000003_late\.sql .* 000005_more\.sql/);
  });

  it('refuses two files with one number, and names that are none', async () => {
    write('000002_twin.sql', 'select 1');
    await expect(migrate(pool, folder)).rejects.toThrow(/000002_more\.sql and 000002_twin\.sql/);
    rmSync(join(folder, '000002_twin.sql'));
    write('3_short.sql', 'select 1');
    await expect(migrate(pool, folder)).rejects.toThrow(/3_short\.sql is not named/);
  });

  it('leaves nothing of a migration that fails, keeps those before, and names file and line', async () => {
    write(
      '000003_broken.sql',
      "-- é 𝄞\ncreate table three (a int);\ninsert into one values (9);\nselect '𝄞', nonsense;\n",
    );
    await expect(migrate(pool, folder)).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      where: '000003_broken.sql:4',
      cause: { code: '42703' },
    });
    expect(await appliedNames()).toEqual(['000001_one.sql', '000002_more.sql']);
    expect(await queryRows(pool, `select to_regclass('three') as three`)).toEqual([
      { three: null },
    ]);
    write('000003_broken.sql', 'create table three (a int);');
    expect(await migrate(pool, folder)).toEqual(['000003_broken.sql']);
  });

  it('says what to do when the owner must not create schemas', async () => {
    await db.owner.query('create role without_rights login');
    try {
      await pool.query('set role without_rights'); // The pool has this one connection so far.
      const error: unknown = await migrate(pool, folder).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'WAREHOUSE_ACCESS_DENIED' });
    } finally {
      await db.owner.query('drop role without_rights');
    }
  });
});

it("the engine's own migrations are readable and numbered from 1", async () => {
  const migrations = await readMigrations(engineMigrations);
  const numbers = migrations.map(({ number }) => number);
  expect(numbers[0]).toBe(1);
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
});
