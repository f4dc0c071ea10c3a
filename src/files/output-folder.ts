// Output folders that are filled completely or not at all.

import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DaybookError } from '../errors.js';
import { makeUnfinishedFolder, removeFolder } from './unfinished-folder.js';

/**
 * Fills a folder that is empty or not there yet. The work writes into a hidden folder within it, on the
 * same file system also where a volume is mounted, and its entries take their names once all of them are
 * whole: what a killed process leaves is hidden, and the next one removes it.
 *
 * @param options - `replace`: entries of the same names are replaced; default: any entry is an error.
 *   `hint`: what else the caller can do about a folder that holds something.
 * @throws DaybookError `OUTPUT_NOT_EMPTY`, `OUTPUT_UNWRITABLE`; whatever the work throws.
 */
export async function fillFolder<T>(
  folder: string,
  work: (unfinished: string) => Promise<T>,
  { replace = false, hint = '' }: { replace?: boolean; hint?: string } = {},
): Promise<T> {
  const requireEmpty = async (): Promise<void> => {
    const present = (await readdir(folder)).filter((name) => !name.startsWith('.'));
    if (present.length === 0 || replace) return;
    throw new DaybookError('OUTPUT_NOT_EMPTY', 'The folder holds something already', {
      where: folder,
      hint: `Give an empty folder, or one that does not exist yet${hint}`,
    });
  };
  let unfinished: string;
  try {
    unfinished = await makeUnfinishedFolder(folder, '.unfinished-');
  } catch (cause) {
    throw new DaybookError('OUTPUT_UNWRITABLE', 'The folder cannot be written', {
      where: folder,
      cause,
    });
  }
  try {
    await requireEmpty();
    const result = await work(unfinished);
    // Another process may have been faster.
    await requireEmpty();
    for (const name of await readdir(unfinished)) {
      await rename(join(unfinished, name), join(folder, name));
    }
    return result;
  } finally {
    await removeFolder(unfinished);
  }
}
