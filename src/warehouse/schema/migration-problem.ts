import type { Pool } from 'pg';
import { DaybookError } from '../../errors.js';
import { engineMigrations, pendingMigrations, readMigrations } from './migrate.js';

/** Why what is read from a warehouse may not be what this version expects. */
export interface MigrationProblem {
  readonly problem: string;
  readonly remedy: string;
}

/**
 * How a warehouse and the engine's migrations differ, for those who only read: a newer Daybook has
 * migrated it, or migrations of this one are still to be applied.
 *
 * @param reader - A pool that may read.
 * @returns undefined when they agree, when nothing was ever written there, and where it cannot be told.
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
