import { existsSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../errors.js';
import { nearestAbove } from '../files/nearest-above.js';

/**
 * For whoever is about to make something in DAYBOOK_HOME: that it is a folder that this process can write
 * in, or that one can be made there.
 *
 * @param home - DAYBOOK_HOME, absolute.
 * @throws ConfigError that says which it is not.
 */
export function requireHome(home: string): void {
  const nearest = nearestAbove(home, existsSync) ?? home;
  if (!statSync(nearest).isDirectory()) {
    throw new ConfigError([
      `DAYBOOK_HOME: ${home} cannot be a folder, because ${nearest} is a file; name another place`,
    ]);
  }
  try {
    // Modes, mounts and file systems of the system's own all have their say.
    rmdirSync(mkdtempSync(join(nearest, '.daybook-')));
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new ConfigError([
      `DAYBOOK_HOME: ${nearest === home ? home : `${home} cannot be made, because ${nearest}`} cannot be written` +
        ` by this user${reason}; make it yours, or name a folder of yours`,
    ]);
  }
}
