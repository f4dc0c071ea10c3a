import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { inject } from 'vitest';
import { parseConfig, type Config } from '../src/config/config.js';
import { startEmbedded } from '../src/warehouse/embedded/server.js';
import { openWarehouse } from '../src/warehouse/warehouse.js';
import { project } from './project.js';
import {
  cloneTemplate,
  ensureTemplate,
  readerOf,
  withAdmin,
  withDatabase,
} from './template-database.js';

/** The project's root. */
export const root = join(import.meta.dirname, '..');

/** A database of a test's own, with all migrations. */
export interface TestDatabase {
  /** DATABASE_URL, DAYBOOK_READER_URL and DAYBOOK_HOME point at this database and a folder for it. */
  readonly config: Config;
  readonly ownerUrl: string;
  readonly readerUrl: string;
  readonly owner: pg.Pool;
  readonly reader: pg.Pool;
  /** The rows of a query of the owner. */
  rows<Row extends object>(sql: string, ...parameters: unknown[]): Promise<Row[]>;
  /** Closes the pools and drops the database, whoever is still connected. */
  drop(): Promise<void>;
}

/**
 * A new database, cloned from a migrated template on the test run's one Postgres: about 30 ms.
 * Give it to `beforeAll`, and its `drop` to `afterAll`. The Postgres is an embedded one, or that of
 * DAYBOOK_TEST_POSTGRES, the URL of a superuser: so another version of Postgres is tried.
 *
 * @param environment - More environment for the configuration, like DAYBOOK_DATA_DIR.
 */
export async function createTestDatabase(
  environment: Readonly<Record<string, string>> = {},
): Promise<TestDatabase> {
  const server = await testServer();
  const name = `test_${randomBytes(6).toString('hex')}`;
  const home = join(inject('testHome'), name);
  mkdirSync(home);
  await withAdmin(server.ownerUrl, async (admin) => {
    await ensureTemplate(admin, server.ownerUrl);
    await cloneTemplate(admin, name);
  });
  const config = parseConfig(
    {
      DATABASE_URL: withDatabase(server.ownerUrl, name),
      DAYBOOK_READER_URL: withDatabase(server.readerUrl, name),
      DAYBOOK_HOME: home,
      ...environment,
    },
    root,
    project,
  );
  const warehouse = await openWarehouse(config);
  return {
    config,
    ownerUrl: warehouse.ownerUrl,
    readerUrl: warehouse.readerUrl,
    owner: warehouse.owner,
    reader: warehouse.reader,
    rows: async <Row extends object>(sql: string, ...parameters: unknown[]) =>
      (await warehouse.owner.query<Row>(sql, parameters)).rows,
    drop: async () => {
      await warehouse.close();
      await withAdmin(server.ownerUrl, (admin) =>
        admin.query(`drop database ${name} with (force)`),
      );
    },
  };
}

async function testServer(): Promise<{ ownerUrl: string; readerUrl: string }> {
  const given = process.env['DAYBOOK_TEST_POSTGRES'];
  if (given !== undefined) return { ownerUrl: given, readerUrl: readerOf(given) };
  return startEmbedded(inject('testHome'), { durable: false });
}
