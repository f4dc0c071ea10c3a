// Creation of the embedded Postgres's data folder.

import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DaybookError } from '../../errors.js';
import { defaultReaderRole } from '../schema/reader-role.js';
import { credentialsFile, newCredentials, writeSecret } from './credentials.js';
import { isInitialised, type EmbeddedLocation } from './location.js';
import { runPostgresProgram } from './postgres-process.js';
import { tuning } from './settings.js';

/** Roles and database of an embedded Postgres. */
export const embeddedNames = { owner: 'daybook', reader: defaultReaderRole, database: 'daybook' };

/**
 * Creates the data folder (a cluster in Postgres's terms) with both roles, their passwords and the database. It is
 * made aside and renamed when complete: of concurrent processes one wins, and a killed one leaves nothing
 * incomplete.
 *
 * @param place - See `findEmbeddedLocation`.
 * @param binaries - The folder with bin/.
 * @param durable - False: nothing is flushed to disk, for tests.
 */
export async function createCluster(
  place: EmbeddedLocation,
  binaries: string,
  durable: boolean,
): Promise<void> {
  const fresh = `${place.data}.new-${randomBytes(4).toString('hex')}`;
  const passwordFile = `${fresh}.password`;
  const credentials = newCredentials();
  const run = async (program: 'initdb' | 'postgres', args: string[], input = '') => {
    const { exitCode, output } = await runPostgresProgram(
      program,
      args,
      binaries,
      place.user,
      input,
    );
    if (exitCode === 0) return;
    throw new DaybookError('EMBEDDED_START_FAILED', `${program} failed:\n${output.trim()}`, {
      hint: 'Mend what it names, or set DATABASE_URL to a Postgres of your own',
    });
  };
  try {
    mkdirSync(fresh, { mode: 0o700 });
    if (place.user !== undefined) chownSync(fresh, place.user.uid, place.user.gid);
    writeSecret(passwordFile, credentials.owner, place.user);
    await run('initdb', [
      `--pgdata=${fresh}`,
      `--username=${embeddedNames.owner}`,
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      // Sorted by Unicode code points, the same on every machine and C library.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
      ...(durable ? [] : ['--no-sync']),
      ...Object.entries(tuning()).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]);
    writeSecret(credentialsFile(fresh), JSON.stringify(credentials), place.user);
    await run(
      'postgres',
      ['--single', '-D', fresh, '-c', 'exit_on_error=on', ...(durable ? [] : ['-F']), 'postgres'],
      // A single-user postgres reads one statement a line.
      [
        `create role ${embeddedNames.reader} login password '${credentials.reader}'`,
        `create database ${embeddedNames.database} template template0`,
        `revoke all on database ${embeddedNames.database} from public`,
        `grant connect on database ${embeddedNames.database} to ${embeddedNames.reader}`,
        '',
      ].join('\n'),
    );
    renameSync(fresh, place.data);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true, maxRetries: 3 });
    // A concurrent process was faster: a folder cannot be renamed onto one that is not empty.
    if (!isInitialised(place)) throw error;
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/**
 * Removes leftovers beside the data: incomplete clusters of killed processes (creation takes seconds, so ten
 * minutes suffice), and the binaries of other versions. Called while no server runs.
 *
 * @param binaries - The folder of the current binaries.
 */
export function removeLeftovers(place: EmbeddedLocation, binaries: string): void {
  for (const name of readdirSync(place.folder)) {
    const path = join(place.folder, name);
    const unfinished = /\.new-[0-9a-f]{8}/.test(name);
    const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    const useless = unfinished
      ? Date.now() - made > 600_000
      : name.startsWith('postgresql-') && path !== binaries;
    if (useless) rmSync(path, { recursive: true, force: true });
  }
}
