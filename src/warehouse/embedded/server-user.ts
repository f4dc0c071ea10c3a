import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** A user of the operating system, by number. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * As whom Postgres has to run when this process is root, which Postgres refuses: as the owner of
 * the folder that it works in (as npm does for scripts), so that this owner can use the same
 * server later; and as `nobody` where that owner is root too.
 *
 * @param folder - Where the server's files are or will be; need not exist.
 * @returns undefined when this process is an ordinary user: Postgres then runs as that user.
 */
export function serverUserFor(folder: string): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = ownerOf(folder);
  return owner.uid === 0 ? nobody() : owner;
}

/** The owner of the folder, or of the nearest one above it that exists. */
function ownerOf(folder: string): ServerUser {
  const { uid, gid } = statSync(folder, { throwIfNoEntry: false }) ?? ownerOf(dirname(folder));
  return { uid, gid };
}

function nobody(): ServerUser {
  const entry = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  // macOS writes -2, meaning the highest number but one.
  return { uid: Number(entry?.[1] ?? 65534) >>> 0, gid: Number(entry?.[2] ?? 65534) >>> 0 };
}
