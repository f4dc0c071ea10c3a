// Atomic replacement of files.

import { randomUUID } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from './make-folder.js';

/**
 * Replaces a file atomically: readers see the old or the new content, also after a crash. The file keeps its mode;
 * the temporary file is hidden, beside it, and removed afterwards.
 *
 * @param path - Absolute. A symbolic link here is replaced, not followed.
 * @param options - `makeFolders`: creates missing parents; default: that is an error. `mode`: of a new file,
 *   before the umask; default 0o666.
 */
export async function writeAtomically(
  path: string,
  content: string | Buffer,
  { makeFolders = false, mode: newMode = 0o666 }: { makeFolders?: boolean; mode?: number } = {},
): Promise<void> {
  if (makeFolders) makeFolder(dirname(path));
  const temporary = temporaryName(path, randomUUID());
  const mode = await stat(path).then(
    (file) => file.mode & 0o777,
    () => newMode,
  );
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * The name of a file while it is written: hidden, beside its final place. It does not contain the file's name,
 * which may be as long as the file system allows.
 */
export function temporaryName(path: string, unique: string): string {
  return join(dirname(path), `.daybook-${unique}.tmp`);
}
