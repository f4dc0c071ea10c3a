// The state of the embedded server, by Postgres's lock file.

import { randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  type Stats,
} from 'node:fs';
import { join } from 'node:path';

/**
 * The state of a data folder's server, by postmaster.pid, Postgres's lock file.
 * https://www.postgresql.org/docs/18/storage-file-layout.html
 */
export type PostmasterState =
  | { readonly state: 'stopped' }
  | { readonly state: 'starting' | 'stopping'; readonly pid: number }
  /** It uses this data folder, but was started at another path, where its binaries no longer are. */
  | { readonly state: 'moved'; readonly pid: number; readonly from: string }
  | { readonly state: 'ready'; readonly pid: number; readonly port: number };

/** Checks the lock file and its process: a file may outlive its server. */
export function postmasterState(data: string): PostmasterState {
  const lines = readLockFile(data);
  const pid = Number(lines[0]);
  const from = lines[1] ?? '';
  if (!(pid > 0) || !isServerOf(pid, data, from)) return { state: 'stopped' };
  const [port, status] = [Number(lines[3]), lines[7]?.trim()];
  if (status === 'stopping') return { state: 'stopping', pid };
  if (isElsewhere(from, data)) return { state: 'moved', pid, from };
  return status === 'ready' && port > 0
    ? { state: 'ready', pid, port }
    : { state: 'starting', pid };
}

/**
 * Removes the lock file of a dead server, even when its process number belongs to another program by now, which
 * makes Postgres itself refuse to start. Of several starters one removes it; none can remove the file of a server
 * that another one has just started.
 *
 * @returns false when processes of the dead server still use the folder (after a kill -9): the next server must
 *   wait for their end.
 */
export function removeStaleLockFile(data: string): boolean {
  const stale = readLockFile(data)[0];
  if (stale === undefined) return true;
  if (orphans(data).length > 0) return false;
  const file = lockFile(data);
  const aside = `${file}.stale-${randomBytes(4).toString('hex')}`;
  try {
    renameSync(file, aside);
  } catch {
    return true; // Removed meanwhile.
  }
  // A newer file than the checked one was renamed: it is restored.
  if (readFileSync(aside, 'utf8').split('\n')[0] !== stale) linkSync(aside, file);
  rmSync(aside);
  return true;
}

/** The port of the folder's last server, so that addresses stay valid. */
export function lastPort(data: string): number | undefined {
  try {
    const port = /"port=(\d+)"/.exec(readFileSync(join(data, 'postmaster.opts'), 'utf8'))?.[1];
    return port === undefined ? undefined : Number(port);
  } catch {
    return undefined;
  }
}

function lockFile(data: string): string {
  return join(data, 'postmaster.pid');
}

/** The lines of the lock file; none when there is no file. */
function readLockFile(data: string): string[] {
  try {
    return readFileSync(lockFile(data), 'utf8').split('\n');
  } catch {
    return [];
  }
}

/**
 * Whether the process is the server of this data folder. On systems other than Linux its command tells, which
 * names the folder's path at its start.
 *
 * @param from - The folder's path in the lock file.
 */
function isServerOf(pid: number, data: string, from: string): boolean {
  if (process.platform === 'linux') return isPostgresIn(pid, data);
  const shown = spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).stdout.toString();
  return shown.includes(data) || (from !== '' && !existsSync(from) && shown.includes(from));
}

/** Whether a server's folder has been moved away from this path. */
function isElsewhere(from: string, data: string): boolean {
  try {
    return !isSameFile(statSync(from), statSync(data));
  } catch (error) {
    // An inaccessible folder may be the same, by another path.
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
  }
}

function isSameFile(one: Stats, other: Stats): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}

/**
 * Whether the process is a Postgres with this data folder as its working directory, as the server and all its
 * children have; a process that reused a dead server's number has not.
 */
function isPostgresIn(pid: number, data: string): boolean {
  try {
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'postgres') return false;
    return isSameFile(statSync(`/proc/${pid}/cwd`), statSync(data));
  } catch {
    return false; // Gone, a zombie, or of another user, as whom no server of this folder can run.
  }
}

/**
 * Processes of a server whose main process is gone. On systems other than Linux their command does not identify
 * them; Postgres then finds them by their shared memory and refuses to start.
 */
function orphans(data: string): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && isPostgresIn(pid, data));
}
