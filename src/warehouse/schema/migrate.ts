// Migrations of the engine's tables.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientBase, Pool, PoolClient } from 'pg';
import { DaybookError } from '../../errors.js';
import { silentLogger, type Logger } from '../../logger.js';
import { sqlstate, sqlstateOf } from '../query/sqlstate.js';
import { lockWarehouse, withTransaction } from '../query/transaction.js';
import { packageFile, packageVersion } from '../../files/package-file.js';
import { versionOfMigration } from './engine-version.js';

/** The folder of the engine's own migrations. The build copies it into dist. */
export const engineMigrations = packageFile('dist/warehouse/migrations');

/** A migration file. */
export interface Migration {
  /** The number at the start of its name. */
  readonly number: number;
  /** `000001_schemas.sql`. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of its text, line ends as line feeds, in hexadecimal. */
  readonly checksum: string;
}

/**
 * Applies pending migrations of a folder. Each runs once, in a transaction of its own, under an advisory lock, so
 * that concurrent processes are safe.
 *
 * @param owner - A pool of the owner.
 * @param folder - The folder of `NNNNNN_name.sql` files.
 * @returns The names of the migrations that this call applied.
 * @throws DaybookError `MIGRATION_INVALID` when the files contradict applied ones, `MIGRATION_FAILED` when
 *   Postgres refuses one.
 */
export async function migrate(
  owner: Pool,
  folder: string,
  { logger = silentLogger }: { logger?: Logger } = {},
): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const applied: string[] = [];
  if ((await pendingMigrations(owner, migrations)).length === 0) return applied;
  for (let next = true; next;) {
    next = await withTransaction(owner, async (client) => {
      await lockWarehouse(client);
      await createBookkeeping(client);
      // Under the lock: a concurrent process may have applied some meanwhile.
      const [migration, ...others] = await pendingMigrations(client, migrations);
      if (migration === undefined) return false;
      logger.info('applying a migration', { migration: migration.name });
      await client.query(migration.sql).catch((error: unknown) => {
        throw migrationFailed(migration, error);
      });
      await client.query('insert into ops.migration (number, name, checksum) values ($1, $2, $3)', [
        migration.number,
        migration.name,
        migration.checksum,
      ]);
      applied.push(migration.name);
      return others.length > 0;
    });
  }
  return applied;
}

/** The table of applied migrations cannot be created by one of them. */
async function createBookkeeping(client: PoolClient): Promise<void> {
  try {
    await client.query(
      `create schema if not exists ops;
       create table if not exists ops.migration (
         number integer primary key,
         name text not null,
         checksum text not null,
         applied_at timestamptz not null default clock_timestamp()
       )`,
    );
  } catch (cause) {
    if (sqlstateOf(cause) !== sqlstate.insufficientPrivilege) throw cause;
    throw new DaybookError(
      'WAREHOUSE_ACCESS_DENIED',
      'The role in DATABASE_URL must not create schemas in its database',
      { cause, hint: 'As the owner of the database: grant create on database NAME to ROLE' },
    );
  }
}

/** Reads the migrations of a folder in order. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const migrations = await Promise.all(
    names.map(async (name): Promise<Migration> => {
      const sql = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n');
      const number = Number(/^(\d{6})_[a-z0-9_]+\.sql$/.exec(name)?.[1] ?? Number.NaN);
      return { number, name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
  migrations.forEach(({ number, name }, index) => {
    if (Number.isNaN(number)) {
      throw invalid(`${name} is not named like 000001_name.sql`, `Rename it in ${folder}`);
    }
    const twin = migrations[index - 1];
    if (twin?.number === number) {
      throw invalid(`${twin.name} and ${name} have the same number`, 'Give the later one the next');
    }
  });
  return migrations;
}

/**
 * The pending migrations, after comparing the applied ones.
 *
 * @throws DaybookError `MIGRATION_INVALID` when the files contradict applied ones.
 */
export async function pendingMigrations(
  connection: Pool | ClientBase,
  migrations: readonly Migration[],
): Promise<Migration[]> {
  const table = await connection.query<{ name: string | null }>(
    `select to_regclass('ops.migration')::text as name`,
  );
  if (table.rows[0]?.name == null) return [...migrations];
  const { rows } = await connection.query<{ number: number; name: string; checksum: string }>(
    'select number, name, checksum from ops.migration order by number',
  );
  const files = new Map(migrations.map((migration) => [migration.number, migration]));
  const newest = migrations.at(-1)?.number ?? 0;
  for (const row of rows) {
    if (row.number > newest) {
      throw newerWarehouse(row.name, await versionOfMigration(connection, row.number));
    }
    const file = files.get(row.number);
    if (file?.name !== row.name) {
      throw invalid(
        `${row.name} was applied to this warehouse but this Daybook does not have it`,
        'Put the file back, or use the version of Daybook that has it',
      );
    }
    if (file.checksum !== row.checksum) {
      throw invalid(
        `${row.name} was changed after it was applied to this warehouse`,
        'Put the file back as it was, and make the change in a new migration',
      );
    }
  }
  const last = rows.at(-1);
  const rest = migrations.filter(({ number }) => !rows.some((row) => row.number === number));
  const late = rest.find(({ number }) => last !== undefined && number < last.number);
  if (late !== undefined && last !== undefined) {
    throw invalid(
      `${late.name} is new but comes before ${last.name}, which was applied already`,
      'Give it the next free number',
    );
  }
  return rest;
}

/** A warehouse that a newer Daybook has brought along. */
function newerWarehouse(migration: string, version: string | undefined): DaybookError {
  const [newer, command] =
    version === undefined
      ? ['a newer Daybook', 'npm install daybook@latest']
      : [`Daybook ${version}`, `npm install daybook@${version}`];
  return invalid(
    `${migration} was applied to this warehouse by ${newer}; this is ${packageVersion()}, which does not have it`,
    `${command}, or a later one; until then this one may read what it does not understand. There is no way back for a warehouse: an older Daybook needs a copy from before the upgrade, or an empty one`,
  );
}

function invalid(problem: string, hint: string): DaybookError {
  return new DaybookError('MIGRATION_INVALID', `Migrations: ${problem}`, { hint });
}

function migrationFailed(migration: Migration, error: unknown): unknown {
  const state = sqlstateOf(error);
  if (state === undefined || !(error instanceof Error)) return error;
  // `position` counts characters of the file from 1.
  const position = 'position' in error ? Number(error.position) : 0;
  const line =
    Array.from(migration.sql)
      .slice(0, position)
      .filter((char) => char === '\n').length + 1;
  return new DaybookError('MIGRATION_FAILED', `Postgres refuses it (SQLSTATE ${state})`, {
    cause: error,
    where: position > 0 ? `${migration.name}:${line}` : migration.name,
  });
}

/** A difference between a warehouse and this version. */
export interface MigrationProblem {
  readonly problem: string;
  readonly remedy: string;
}

/**
 * Compares a warehouse with the engine's migrations, for readers: a newer Daybook has migrated it, or migrations
 * of this one are pending.
 *
 * @param reader - A pool that may read.
 * @returns undefined when they agree, when the warehouse is empty, and where it is unknown.
 */
export async function migrationProblem(reader: Pool): Promise<MigrationProblem | undefined> {
  try {
    const migrations = await readMigrations(engineMigrations);
    const pending = await pendingMigrations(reader, migrations);
    if (pending.length === 0 || pending.length === migrations.length) return undefined;
    const names = pending.map(({ name }) => name).join(', ');
    return {
      problem: `The warehouse is of an older Daybook: ${names} ${pending.length === 1 ? 'is' : 'are'} still to be applied`,
      remedy: '`daybook pipeline run` applies what is missing before it begins',
    };
  } catch (error) {
    if (!(error instanceof DaybookError) || error.code !== 'MIGRATION_INVALID') return undefined;
    return { problem: error.message, remedy: error.hint ?? '' };
  }
}
