import { randomUUID } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { temporaryName } from './workspace-path.js';

/**
 * Replaces a file in one step: whoever reads it sees the old content or the new, also after a crash.
 * The file keeps its mode; the temporary file is hidden, beside it, and gone afterwards.
 *
 * @param path - Absolute, in a folder that exists. A symbolic link here is replaced, not followed.
 */
export async function writeAtomically(path: string, content: string | Buffer): Promise<void> {
  const temporary = temporaryName(path, randomUUID());
  const mode = await stat(path).then(
    (file) => file.mode & 0o777,
    () => 0o666,
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
