// The user's cache folder.

import { lstatSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from './make-folder.js';

/** What the place of a user's cache depends on. */
export interface CacheSearch {
  /** XDG_CACHE_HOME, LOCALAPPDATA, HOME. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
}

/** Where this user's programs keep what they can make again; the folder need not be there. */
export function userCacheFolder({ env, platform = process.platform }: CacheSearch): string {
  const set = env['XDG_CACHE_HOME'];
  if (set !== undefined && set !== '') return join(set, 'daybook');
  const home = env['HOME'] ?? homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'daybook');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? home, 'daybook', 'cache');
  return join(home, '.cache', 'daybook');
}

/** Whether a file or folder is this user's own: what others could have written is not run. */
export function isOwn(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || stat.isSymbolicLink()) return false;
  return (
    process.getuid === undefined || (stat.uid === process.getuid() && (stat.mode & 0o022) === 0)
  );
}

/** Makes a folder that only this user writes to; false: there is none, and none can be made. */
export function makeOwnFolder(path: string): boolean {
  try {
    makeFolder(path, 0o700);
  } catch {
    return false;
  }
  return isOwn(path);
}
