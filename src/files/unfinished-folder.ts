// Temporary folders for work whose result is renamed into place.

import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from './make-folder.js';

/** A day in milliseconds: in a container the number of an ended process is soon another's again. */
const oldEnough = 24 * 60 * 60 * 1000;

/**
 * Makes a folder for work whose result takes its place once it is whole. Its name holds the number of this
 * process: what a killed one left is removed here.
 *
 * @param folder - Where; made when it is missing.
 * @param start - How the name begins; the same for all folders of one kind.
 * @param remove - Removes what a killed process left; default: the folder with all that is in it.
 * @returns Its path.
 * @throws The system's error when the folder cannot be written.
 */
export async function makeUnfinishedFolder(
  folder: string,
  start: string,
  remove: (path: string) => Promise<void> = removeFolder,
): Promise<string> {
  makeFolder(folder);
  for (const name of await readdir(folder)) {
    const pid = name.startsWith(start) && /^(\d+)-/.exec(name.slice(start.length))?.[1];
    if (!pid || (isAlive(Number(pid)) && !(await isOld(join(folder, name))))) continue;
    // What its process's own children still write to is left to the next time.
    await remove(join(folder, name)).catch(() => undefined);
  }
  return mkdtemp(join(folder, `${start}${process.pid}-`));
}

/** Removes a folder with all that is in it, also while somebody ends who writes there. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

async function isOld(path: string): Promise<boolean> {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
  return mtimeMs < Date.now() - oldEnough;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
