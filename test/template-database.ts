import { join } from 'node:path';
import pg from 'pg';
import { parseConfig } from '../src/config/config.js';
import { project } from './project.js';
import { defaultReaderRole } from '../src/warehouse/schema/reader-role.js';
import { openWarehouse } from '../src/warehouse/warehouse.js';

/** The database that those of tests are clones of. */
const template = 'daybook_template';

/** Makes the template once for all test files, which come here side by side. */
export async function ensureTemplate(admin: pg.Client, ownerUrl: string): Promise<void> {
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
    const config = parseConfig(
      { DATABASE_URL: withDatabase(ownerUrl, template) },
      join(import.meta.dirname, '..'),
      project,
    );
    await (await openWarehouse(config)).close();
    await admin.query(`alter database ${template} is_template true`);
  } finally {
    await admin.query('select pg_advisory_unlock(1)');
  }
}

/**
 * A copy of the template. Its four hundred files are copied as they are, by the kernel where Postgres can ask it to: to
 * write each page into the log first, as Postgres does by default for the sake of a crash, takes several times the
 * processor time.
 */
export async function cloneTemplate(admin: pg.Client, name: string): Promise<void> {
  const { rows } = await admin.query<{ version: number }>(
    `select current_setting('server_version_num')::int as version`,
  );
  const version = rows[0]?.version ?? 0;
  // Postgres 14 knows no other way.
  const strategy = version < 150_000 ? '' : 'strategy file_copy';
  const copy = () => admin.query(`create database ${name} template ${template} ${strategy}`);
  if (version >= 180_000) {
    await admin.query('set file_copy_method = clone');
    try {
      await copy();
      return;
    } catch {
      // The file system cannot.
      await admin.query('reset file_copy_method');
    }
  }
  await copy();
}

/**
 * Makes a server ready that outlives test runs: the template of an earlier run goes, since it may have
 * had other migrations, and the reader's role gets the password of {@link readerOf}.
 *
 * @param ownerUrl - Of a superuser.
 */
export async function prepareServer(ownerUrl: string): Promise<void> {
  await withAdmin(ownerUrl, async (admin) => {
    const of = (table: string, column: string, name: string) =>
      admin.query(`select from ${table} where ${column} = $1`, [name]);
    if ((await of('pg_database', 'datname', template)).rowCount === 1) {
      await admin.query(`alter database ${template} is_template false`);
      await admin.query(`drop database ${template} with (force)`);
    }
    if ((await of('pg_roles', 'rolname', defaultReaderRole)).rowCount === 0) {
      await admin.query(`create role ${defaultReaderRole}`);
    }
    const password = decodeURIComponent(new URL(ownerUrl).password);
    await admin.query(
      `alter role ${defaultReaderRole} nosuperuser login password ${pg.escapeLiteral(password)}`,
    );
  });
}

/** The reader's URL on such a server. */
export function readerOf(ownerUrl: string): string {
  const result = new URL(ownerUrl);
  result.username = defaultReaderRole;
  return result.href;
}

/** Work on a connection of its own. */
export async function withAdmin<T>(
  url: string,
  work: (admin: pg.Client) => Promise<T>,
): Promise<T> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

/** The URL of another database on the same server. */
export function withDatabase(url: string, name: string): string {
  const result = new URL(url);
  result.pathname = `/${name}`;
  return result.href;
}
