// Where the embedded Postgres's files are: below DAYBOOK_HOME or /var/lib/daybook.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DaybookError } from '../../errors.js';
import { makeFolder } from '../../files/make-folder.js';
import { ownerOf, serverUserFor, type ServerUser } from './server-user.js';

/** The folders of an embedded Postgres: data, binaries, log. */
export interface EmbeddedLocation {
  /** The parent folder, absolute. */
  readonly folder: string;
  /** The cluster's data folder; exists from the first start on. */
  readonly data: string;
  /** Postgres's log files, a week of them. */
  readonly log: string;
  /** The user of Postgres; undefined: that of this process. */
  readonly user: ServerUser | undefined;
  /** Why the place is not below DAYBOOK_HOME; undefined when it is. */
  readonly elsewhere: string | undefined;
}

/**
 * The place of a project's embedded Postgres: `DAYBOOK_HOME/postgres`. Only when this process is root and
 * Postgres's user has no access to DAYBOOK_HOME (below `/root`, or a temporary folder of mode 0700), a folder of
 * that home's own below `/var/lib/daybook`.
 * The choice is not stored: existing data decides, and without any the same test has the same result in every
 * process.
 *
 * @param home - DAYBOOK_HOME, absolute.
 * @param fallbackRoot - Stands for `/var/lib/daybook`.
 */
export function findEmbeddedLocation(
  home: string,
  fallbackRoot = '/var/lib/daybook',
): EmbeddedLocation {
  const inHome = placeAt(join(home, 'postgres'), undefined);
  if (isInitialised(inHome) || inHome.user === undefined) return inHome;
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 12);
  const elsewhere = placeAt(
    join(fallbackRoot, hash),
    `the user that Postgres runs as cannot enter ${home}`,
  );
  return isInitialised(elsewhere) || !canEnter(inHome.user, home) ? elsewhere : inHome;
}

/** Whether the place has data, which appears as a whole. */
export function isInitialised(place: EmbeddedLocation): boolean {
  return existsSync(place.data);
}

/**
 * An ordinary user cannot use the server of another user.
 *
 * @throws DaybookError `EMBEDDED_START_FAILED` when the data belongs to another user.
 */
export function checkAccess(place: EmbeddedLocation): void {
  if (!isInitialised(place)) return;
  const [uid, owner] = [process.getuid?.(), statSync(place.data).uid];
  if (uid === 0 || owner === uid) return;
  throw new DaybookError(
    'EMBEDDED_START_FAILED',
    `The embedded Postgres in ${place.folder} belongs to another user (number ${owner})`,
    { hint: 'Run as that user or as root; or set DAYBOOK_HOME to a folder of your own' },
  );
}

/** Creates the folders of a place, unless they exist. */
export function prepareLocation(place: EmbeddedLocation): void {
  makeOwnedFolder(place.folder);
  makeOwnedFolder(place.log);
  if (place.user === undefined) return;
  for (const folder of [place.folder, place.log]) {
    chownSync(folder, place.user.uid, place.user.gid);
  }
}

function placeAt(folder: string, elsewhere: string | undefined): EmbeddedLocation {
  const data = join(folder, 'data');
  return { folder, data, log: join(folder, 'log'), user: serverUserFor(data), elsewhere };
}

/** Like `mkdir -p`; as root, a new folder gets the owner of its parent. */
function makeOwnedFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeOwnedFolder(dirname(folder));
  makeFolder(folder);
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = ownerOf(dirname(folder));
  chownSync(folder, uid, gid);
  // Whatever root's umask: the server's user must have access. The data folder itself is closed.
  chmodSync(folder, 0o755);
}

/** Tested as that user: modes, groups, access lists and mounts all matter. */
function canEnter(user: ServerUser, folder: string): boolean {
  if (!existsSync(folder)) return canEnter(user, dirname(folder));
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...user }).status === 0;
}
