import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often files are looked at, in milliseconds. */
const intervalMs = 300;

/** Folders that hold nothing that somebody saves by hand. */
const passedOver = new Set(['node_modules', '.git', '.ipynb_checkpoints']);

/**
 * Tells whenever files below folders change, are added or go. Looks at their times instead of asking the
 * system to tell: that misses nothing where editors save by renaming, in containers, and on network
 * disks, and a few hundred files cost next to nothing.
 *
 * @param folders - Absolute; one that is missing has no files.
 * @param signal - Ends it.
 * @returns The paths of the files that changed since the last time; those of one save together.
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

/** What tells a saved file from the one before, by path. */
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
        // Files that programs write beside the real one before they rename it.
        if (entry.name.startsWith('.') || entry.name.endsWith('~')) return;
        const found = await stat(path).catch(() => undefined);
        if (found !== undefined) files.set(path, `${found.mtimeMs} ${found.size} ${found.ino}`);
      }),
    );
  };
  await Promise.all(folders.map(visit));
  return files;
}
