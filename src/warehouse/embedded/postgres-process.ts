// Running of initdb and single-user Postgres.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { DaybookError } from '../../errors.js';
import type { ServerUser } from './server-user.js';

/** The exit of a program of Postgres. */
export interface FinishedProcess {
  readonly exitCode: number | null;
  /** Standard output and error in order. */
  readonly output: string;
}

/**
 * The environment of Postgres's programs: none of ours, so that PG* and locale variables of the caller have no
 * effect.
 */
export const postgresEnvironment = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' };

/**
 * Runs initdb or a single-user postgres to its end.
 *
 * @param program - `initdb` or `postgres`.
 * @param binaries - The folder with bin/.
 * @param user - As whom; undefined: as this process's user.
 * @param input - Text for its standard input.
 * @throws DaybookError `EMBEDDED_UNSUPPORTED` on a system whose C library is not the GNU one.
 */
export async function runPostgresProgram(
  program: 'initdb' | 'postgres',
  args: readonly string[],
  binaries: string,
  user: ServerUser | undefined,
  input = '',
): Promise<FinishedProcess> {
  const child = spawn(join(binaries, 'bin', program), args, {
    ...user,
    cwd: '/',
    env: postgresEnvironment,
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  // It may end before it has read everything; its exit code matters.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT' ? noLoader(error) : error);
    });
    child.on('close', (exitCode) => {
      resolve({ exitCode, output });
    });
  });
}

/** The program exists; the dynamic loader that it names is missing. */
function noLoader(cause: Error): DaybookError {
  return new DaybookError(
    'EMBEDDED_UNSUPPORTED',
    'The embedded Postgres needs the GNU C library, which this system (Alpine Linux?) does not have',
    { cause, hint: 'Set DATABASE_URL to a Postgres of your own, or use a Debian-based image' },
  );
}
