import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { DaybookError } from '../../errors.js';

/** The folder of the published notebooks, below the project's root. */
export const collectionFolder = 'notebooks';

/**
 * The notebooks that paths mean: files as they are, folders with all notebooks in them.
 *
 * @param paths - Absolute; none: the whole collection.
 * @param root - The project's root, absolute.
 * @returns Absolute paths, each once.
 * @throws DaybookError `NOTEBOOK_NOT_FOUND` naming what is not there.
 */
export async function findNotebooks(paths: readonly string[], root: string): Promise<string[]> {
  if (paths.length === 0) return notebooksIn(join(root, collectionFolder));
  const found = await Promise.all(
    paths.map(async (path) => {
      const stats = await stat(path).catch((cause: unknown) => {
        throw new DaybookError('NOTEBOOK_NOT_FOUND', 'There is no such notebook or folder', {
          where: path,
          cause,
        });
      });
      return stats.isDirectory() ? notebooksIn(path) : [path];
    }),
  );
  return [...new Set(found.flat())];
}

/** All notebooks below a folder; none where it is missing. Hidden folders hold Jupyter's copies. */
async function notebooksIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  return entries
    .filter((entry) => entry.endsWith('.ipynb'))
    .filter(
      (entry) => !entry.split(sep).some((part) => part.startsWith('.') || part === 'node_modules'),
    )
    .sort()
    .map((entry) => join(folder, entry));
}
