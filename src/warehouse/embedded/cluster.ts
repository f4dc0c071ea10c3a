import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readdirSync, statSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { DaybookError } from '../../errors.js';
import { credentialsFile, newCredentials } from './credentials.js';
import type { Place } from './place.js';
import { runPostgresProgram } from './postgres-process.js';

/** Roles and database of an embedded Postgres. */
export const embeddedNames = { owner: 'daybook', reader: 'daybook_reader', database: 'daybook' };

/**
 * Makes the data folder (Postgres calls it a cluster) with both roles, their passwords and the
 * database, unless it is there. It is made aside and renamed into place when it is complete: of
 * several processes that do so at once one wins, and one that is killed leaves nothing half-made.
 *
 * @param place - Where; see `findPlace`.
 * @param binaries - The folder with bin/.
 * @param durable - False leaves out the flush to disk, for tests.
 */
export async function createCluster(place: Place, binaries: string, durable = true): Promise<void> {
  if (existsSync(place.data)) return;
  const fresh = `${place.data}.new-${randomBytes(4).toString('hex')}`;
  try {
    mkdirSync(fresh, { mode: 0o700 });
    if (place.user !== undefined) chownSync(fresh, place.user.uid, place.user.gid);
    const run = async (program: 'initdb' | 'postgres', args: string[], input = '') => {
      const { exitCode, output } = await runPostgresProgram(
        program,
        args,
        binaries,
        place.user,
        input,
      );
      if (exitCode !== 0) {
        throw new DaybookError('EMBEDDED_START_FAILED', `${program} failed:\n${output.trim()}`, {
          hint: 'Mend what it names, or set DATABASE_URL to a Postgres of your own',
        });
      }
    };
    await run('initdb', [
      `--pgdata=${fresh}`,
      `--username=${embeddedNames.owner}`,
      // No server has run on it yet; the file below asks everybody for a password.
      '--auth=trust',
      '--encoding=UTF8',
      // Order and letters by Unicode code points, the same on every machine and C library.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
      ...(durable ? [] : ['--no-sync']),
      ...Object.entries(tuning()).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]);
    writeFileSync(
      join(fresh, 'pg_hba.conf'),
      '# Daybook: this machine only, with a password.\nhost all all 127.0.0.1/32 scram-sha-256\n',
    );
    const credentials = newCredentials();
    const file = credentialsFile(fresh);
    writeFileSync(file, JSON.stringify(credentials), { mode: 0o600 });
    if (place.user !== undefined) chownSync(file, place.user.uid, place.user.gid);
    await run(
      'postgres',
      ['--single', '-D', fresh, '-c', 'exit_on_error=on', ...(durable ? [] : ['-F']), 'postgres'],
      // One statement a line: that is how a single-user postgres reads them.
      [
        `alter role ${embeddedNames.owner} password '${credentials.owner}'`,
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
    if (!existsSync(place.data)) throw error;
  }
}

/**
 * Removes what killed starters left beside the data: folders that were never renamed into place.
 * Making one takes seconds, so an hour's age tells that its maker is gone.
 */
export function removeLeftovers(place: Place): void {
  for (const name of readdirSync(place.folder)) {
    if (!name.includes('.new-')) continue;
    const path = join(place.folder, name);
    const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - made > 3_600_000) rmSync(path, { recursive: true, force: true });
  }
}

/**
 * Settings for one workspace on a laptop or a small server: few sessions, bulk loads, queries over
 * whole tables. They are written into postgresql.conf once, where an operator may change them.
 */
function tuning(): Record<string, string> {
  const megabytes = Math.floor(totalmem() / 2 ** 20);
  const cores = availableParallelism();
  return {
    // An eighth of memory: notebooks, a browser and the file cache want theirs on the same machine.
    shared_buffers: `${Math.max(64, Math.min(1024, Math.floor(megabytes / 8)))}MB`,
    effective_cache_size: `${Math.floor(megabytes / 2)}MB`,
    // A handful of sessions that sort and hash whole tables; the default of 4 MB goes to disk.
    work_mem: `${Math.max(16, Math.min(64, Math.floor(megabytes / 64)))}MB`,
    maintenance_work_mem: `${Math.max(64, Math.min(256, Math.floor(megabytes / 16)))}MB`,
    // No replica reads this WAL, so tables that are filled in the transaction that made them need
    // none: half the writing of a model or a first load.
    wal_level: 'minimal',
    max_wal_senders: '0',
    // A load writes gigabytes in minutes; a checkpoint each few seconds would write pages twice.
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    // One worker less than cores beside each leading process, and never none.
    max_parallel_workers_per_gather: String(Math.max(1, Math.min(4, cores - 1))),
    // The binaries come without LLVM.
    jit: 'off',
    // Solid-state disks are the rule: an index page far away costs about as much as a near one.
    random_page_cost: '1.1',
    TimeZone: 'UTC',
    log_timezone: 'UTC',
  };
}
