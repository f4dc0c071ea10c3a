// The system user that Postgres runs as.

import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { readUsers } from '../../system/system-users.js';

/** A user of the operating system, by number. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The user of Postgres when this process is root, which Postgres refuses: the owner of its folder (as npm does
 * with scripts), so that this owner can use the same server later; and `nobody` where that owner is root, or a
 * number without a name, which initdb refuses.
 *
 * @param folder - The folder of the server's files; need not exist.
 * @returns undefined when this process is an ordinary user.
 */
export function serverUserFor(folder: string): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readUsers();
  const owner = users.find(({ uid }) => uid === ownerOf(folder).uid);
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const { uid, gid } = users.find(({ name }) => name === 'nobody') ?? { uid: 65534, gid: 65534 };
  return { uid, gid };
}

/** The owner of the folder, or of its nearest existing parent. */
export function ownerOf(folder: string): ServerUser {
  if (!existsSync(folder)) return ownerOf(dirname(folder));
  const { uid, gid } = statSync(folder);
  return { uid, gid };
}
