import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DaybookError } from '../../errors.js';
import { makeFolder } from '../../files/make-folder.js';
import { ownerOf, serverUserFor, type ServerUser } from './server-user.js';

/** Where an embedded Postgres lives: its data, its binaries, its log. */
export interface Place {
  /** The folder of them all. Absolute. */
  readonly folder: string;
  /** The cluster's data folder; exists from the first start on. */
  readonly data: string;
  /** Postgres's log files, a week of them. */
  readonly log: string;
  /** As whom Postgres runs; undefined: as this process's user. */
  readonly user: ServerUser | undefined;
  /** Why the place is not below DAYBOOK_HOME; undefined when it is. */
  readonly elsewhere: string | undefined;
}

/**
 * The place of the embedded Postgres of a workspace: `DAYBOOK_HOME/postgres`. Only when this
 * process is root and the user that Postgres must run as cannot enter DAYBOOK_HOME (below `/root`,
 * or a temporary folder of mode 0700), a folder of that home's own below `/var/lib/daybook`.
 *
 * Nothing remembers the choice: data that is there decides, and without any the same test comes to
 * the same result in every process.
 *
 * @param home - DAYBOOK_HOME, absolute.
 * @param fallbackRoot - Stands for `/var/lib/daybook`.
 */
export function findPlace(home: string, fallbackRoot = '/var/lib/daybook'): Place {
  const inHome = placeAt(join(home, 'postgres'), undefined);
  if (isInitialised(inHome) || inHome.user === undefined) return inHome;
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 12);
  const elsewhere = placeAt(
    join(fallbackRoot, hash),
    `the user that Postgres runs as cannot enter ${home}`,
  );
  return isInitialised(elsewhere) || !canEnter(inHome.user, home) ? elsewhere : inHome;
}

/** Whether the place has data; it gets them in one piece. */
export function isInitialised(place: Place): boolean {
  return existsSync(place.data);
}

/**
 * An ordinary user can do nothing with a server of somebody else's.
 *
 * @throws DaybookError `EMBEDDED_START_FAILED` when the data is another user's.
 */
export function checkAccess(place: Place): void {
  if (!isInitialised(place)) return;
  const [uid, owner] = [process.getuid?.(), statSync(place.data).uid];
  if (uid === 0 || owner === uid) return;
  throw new DaybookError(
    'EMBEDDED_START_FAILED',
    `The embedded Postgres in ${place.folder} belongs to another user (number ${owner})`,
    { hint: 'Run as that user or as root; or set DAYBOOK_HOME to a folder of your own' },
  );
}

/** Makes the folders of a place. Does nothing when they are there. */
export function preparePlace(place: Place): void {
  makeOwnedFolder(place.folder);
  makeOwnedFolder(place.log);
  if (place.user === undefined) return;
  for (const folder of [place.folder, place.log]) {
    chownSync(folder, place.user.uid, place.user.gid);
  }
}

function placeAt(folder: string, elsewhere: string | undefined): Place {
  const data = join(folder, 'data');
  return { folder, data, log: join(folder, 'log'), user: serverUserFor(data), elsewhere };
}

/** Like `mkdir -p`; as root, a new folder gets the owner of the folder that it is made in. */
function makeOwnedFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeOwnedFolder(dirname(folder));
  makeFolder(folder);
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = ownerOf(dirname(folder));
  chownSync(folder, uid, gid);
  // Whatever root's umask is: the server's user has to pass. The data folder itself is closed.
  chmodSync(folder, 0o755);
}

/** Tries it as that user: modes, groups, access lists and mounts all have their say. */
function canEnter(user: ServerUser, folder: string): boolean {
  if (!existsSync(folder)) return canEnter(user, dirname(folder));
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...user }).status === 0;
}
