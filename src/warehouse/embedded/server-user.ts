import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { readUsers } from '../../system/system-users.js';

/** A user of the operating system, by number. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * As whom Postgres has to run when this process is root, which Postgres refuses: as the owner of
 * the folder that it works in (as npm does with scripts), so that this owner can use the same
 * server later; and as `nobody` where that owner is root, or a number without a name, which initdb
 * refuses.
 *
 * @param folder - Where the server's files are or will be; need not exist.
 * @returns undefined when this process is an ordinary user: Postgres then runs as that user.
 */
export function serverUserFor(folder: string): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readUsers();
  const owner = users.find(({ uid }) => uid === ownerOf(folder).uid);
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const { uid, gid } = users.find(({ name }) => name === 'nobody') ?? { uid: 65534, gid: 65534 };
  return { uid, gid };
}

/** The owner of the folder, or of the nearest one above it that exists. */
export function ownerOf(folder: string): ServerUser {
  if (!existsSync(folder)) return ownerOf(dirname(folder));
  const { uid, gid } = statSync(folder);
  return { uid, gid };
}
