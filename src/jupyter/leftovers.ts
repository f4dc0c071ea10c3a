// Removal of temporary files that killed clients left.

import { lstat, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names of temporary files of kernels. */
const ours = /^daybook-(?:kernel-[\w-]+\.json|queries-\w{6})$/;

/** A day in milliseconds: a kernel of another container may still need its files. */
const oldEnough = 24 * 60 * 60 * 1000;

/**
 * Removes connection files and query logs of runs that were killed together with their watchdog, or by a power
 * cut: files with our names, a day after their last change.
 *
 * @param folder - Default: the system's folder for temporary files.
 * @param now - Milliseconds since 1970.
 */
export async function removeLeftovers(folder = tmpdir(), now = Date.now()): Promise<void> {
  const user = process.getuid?.();
  const names = await readdir(folder).catch(() => []);
  for (const path of names.filter((name) => ours.test(name)).map((name) => join(folder, name))) {
    try {
      const { uid, mtimeMs } = await lstat(path);
      // Writing to a file does not change the folder's time.
      const written = Math.max(
        mtimeMs,
        ...(await readdir(path).then(
          (inside) =>
            Promise.all(inside.map(async (name) => (await lstat(join(path, name))).mtimeMs)),
          () => [],
        )),
      );
      if ((user === undefined || uid === user) && written < now - oldEnough) {
        await rm(path, { recursive: true, force: true });
      }
    } catch {
      // Another process removes them, too.
    }
  }
}
