import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { serverUserFor, type ServerUser } from './server-user.js';

/** Where an embedded Postgres lives: its data, its binaries, its log. */
export interface Place {
  /** The folder of the three below. Absolute. */
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
 */
export function findPlace(home: string, fallbackRoot = '/var/lib/daybook'): Place {
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 12);
  const inHome = placeAt(join(home, 'postgres'), undefined);
  const elsewhere = placeAt(
    join(fallbackRoot, hash),
    `the user that Postgres runs as cannot enter ${home}`,
  );
  if (existsSync(inHome.data) || process.getuid?.() !== 0) return inHome;
  if (existsSync(elsewhere.data)) return elsewhere;
  return inHome.user === undefined || canEnter(inHome.user, home) ? inHome : elsewhere;
}

function placeAt(folder: string, elsewhere: string | undefined): Place {
  const data = join(folder, 'data');
  return { folder, data, log: join(folder, 'log'), user: serverUserFor(data), elsewhere };
}

/** Makes the folders of a place, for the user of the server. Does nothing when they are there. */
export function preparePlace(place: Place): void {
  for (const folder of [place.folder, place.log]) {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    if (place.user !== undefined && readdirSync(folder).length === 0) {
      chownSync(folder, place.user.uid, place.user.gid);
    }
  }
}

/** Tries it as that user: modes, groups, access lists and mounts all have their say. */
function canEnter(user: ServerUser, folder: string): boolean {
  mkdirSync(folder, { recursive: true });
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...user }).status === 0;
}
