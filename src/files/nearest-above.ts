// Search for a file in a folder and its parents.

import { dirname } from 'node:path';

/**
 * The nearest of a path and its parents that fits; undefined: none.
 *
 * @param path - Absolute.
 */
export function nearestAbove(path: string, fits: (path: string) => boolean): string | undefined {
  if (fits(path)) return path;
  const above = dirname(path);
  return above === path ? undefined : nearestAbove(above, fits);
}
