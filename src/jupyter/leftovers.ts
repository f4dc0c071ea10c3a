import { lstat, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Temporary files of kernels whose client was killed before it could remove them. */
const ours = /^daybook-(?:kernel-[\w-]+\.json|queries-\w{6})$/;

/** A day in milliseconds: a kernel that still needs its files may belong to another container. */
const oldEnough = 24 * 60 * 60 * 1000;

/**
 * Removes connection files and lists of queries that a run left which was killed together with its
 * watchdog, or by a power cut: our own, as they are named, a day after they were last written to.
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
      // The list in a folder is written to while the folder's own time stands still.
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
