import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { parseConfig, type Config } from '../src/config.js';
import { startEmbedded } from '../src/warehouse/embedded/server.js';
import { openWarehouse } from '../src/warehouse/warehouse.js';

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
  /** Closes the pools and drops the database, whoever is still connected. */
  drop(): Promise<void>;
}

/**
 * A new database, cloned from a migrated template on the test run's one Postgres: about 50 ms.
 * Give it to `beforeAll`, and its `drop` to `afterAll`.
 *
 * @param environment - More environment for the configuration, like DAYBOOK_DATA_DIR.
 */
export async function createTestDatabase(
  environment: Readonly<Record<string, string>> = {},
): Promise<TestDatabase> {
  const server = await startEmbedded(inject('testHome'), { durable: false });
  const name = `test_${randomBytes(6).toString('hex')}`;
  const home = join(inject('testHome'), name);
  mkdirSync(home);
  await withAdmin(server.ownerUrl, async (admin) => {
    await ensureTemplate(admin, server.ownerUrl);
    await admin.query(`create database ${name} template ${template}`);
  });
  const config = parseConfig(
    {
      DATABASE_URL: withDatabase(server.ownerUrl, name),
      DAYBOOK_READER_URL: withDatabase(server.readerUrl, name),
      DAYBOOK_HOME: home,
      ...environment,
    },
    root,
  );
  const warehouse = await openWarehouse(config);
  return {
    config,
    ownerUrl: warehouse.ownerUrl,
    readerUrl: warehouse.readerUrl,
    owner: warehouse.owner,
    reader: warehouse.reader,
    drop: async () => {
      await warehouse.close();
      await withAdmin(server.ownerUrl, (admin) =>
        admin.query(`drop database ${name} with (force)`),
      );
    },
  };
}

const template = 'daybook_template';

/** Makes the template once for all test files, which come here side by side. */
async function ensureTemplate(admin: pg.Client, ownerUrl: string): Promise<void> {
  await admin.query('select pg_advisory_lock(1)');
  try {
    // It is marked as a template when it is complete; one that is not was left half-made.
    const { rowCount } = await admin.query(
      'select from pg_database where datname = $1 and datistemplate',
      [template],
    );
    if (rowCount === 1) return;
    await admin.query(`drop database if exists ${template} with (force)`);
    await admin.query(`create database ${template}`);
    const config = parseConfig({ DATABASE_URL: withDatabase(ownerUrl, template) }, root);
    await (await openWarehouse(config)).close();
    await admin.query(`alter database ${template} is_template true`);
  } finally {
    await admin.query('select pg_advisory_unlock(1)');
  }
}

async function withAdmin<T>(url: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

function withDatabase(url: string, name: string): string {
  const result = new URL(url);
  result.pathname = `/${name}`;
  return result.href;
}
