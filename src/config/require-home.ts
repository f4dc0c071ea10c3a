// Check that DAYBOOK_HOME is writable.

import { existsSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../errors.js';
import { nearestAbove } from '../files/nearest-above.js';

/**
 * Checks that DAYBOOK_HOME is a writable folder, or that one can be created, before something is stored there.
 *
 * @param home - DAYBOOK_HOME, absolute.
 * @throws ConfigError that says what is wrong.
 */
export function requireHome(home: string): void {
  const nearest = nearestAbove(home, existsSync) ?? home;
  if (!statSync(nearest).isDirectory()) {
    throw new ConfigError([
      `DAYBOOK_HOME: ${home} cannot be a folder, because ${nearest} is a file; name another place`,
    ]);
  }
  try {
    // Tested by writing: modes, mounts and the file system all matter.
    rmdirSync(mkdtempSync(join(nearest, '.daybook-')));
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new ConfigError([
      `DAYBOOK_HOME: ${nearest === home ? home : `${home} cannot be made, because ${nearest}`} cannot be written` +
        ` by this user${reason}; make it yours, or name a folder of yours`,
    ]);
  }
}
