// Files that come with Daybook, and its version.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearestAbove } from './nearest-above.js';

/** Where Daybook itself is installed. */
const root = nearestAbove(fileURLToPath(new URL('.', import.meta.url)), (folder) =>
  existsSync(join(folder, 'package.json')),
);

/**
 * A file or folder that comes with Daybook. It is named from the root of the package, since code runs as it was
 * written (tests), as it was compiled, or from the bundle of the command line, and stands elsewhere each time.
 *
 * @param path - Like `dist/kernel/main.js`; programs for other processes are always the compiled ones.
 * @returns Absolute.
 */
export function packageFile(path: string): string {
  return join(root ?? '', path);
}

/** The version of the Daybook that runs, like `0.2.0`. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string })
    .version;
}
