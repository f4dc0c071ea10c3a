// Watching of files for `daybook dev`.

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The polling interval, in milliseconds. */
const intervalMs = 300;

/** Folders without files that are edited by hand. */
const passedOver = new Set(['node_modules', '.git', '.ipynb_checkpoints']);

/**
 * Yields when files below folders are changed, added or removed. Polling modification times misses nothing where
 * editors save by renaming, in containers, and on network disks, and a few hundred files cost next to nothing.
 *
 * @param folders - Absolute; a missing one has no files.
 * @param signal - Ends the watching.
 * @returns The changed paths; those of one save together.
 */
export async function* changedFiles(
  folders: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<string[]> {
  const isOver = () => signal.aborted;
  let known = await snapshot(folders);
  while (!isOver()) {
    await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
    const now = await snapshot(folders);
    const names = new Set([...known.keys(), ...now.keys()]);
    const changed = [...names].filter((name) => known.get(name) !== now.get(name));
    known = now;
    if (changed.length > 0 && !isOver()) yield changed.sort();
  }
}

/** The state of each file, by path. */
async function snapshot(folders: readonly string[]): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const visit = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    await Promise.all(
      entries.map(async (entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) {
          if (!passedOver.has(entry.name)) await visit(path);
          return;
        }
        // Temporary files of editors.
        if (entry.name.startsWith('.') || entry.name.endsWith('~')) return;
        const found = await stat(path).catch(() => undefined);
        if (found !== undefined) files.set(path, `${found.mtimeMs} ${found.size} ${found.ino}`);
      }),
    );
  };
  await Promise.all(folders.map(visit));
  return files;
}
