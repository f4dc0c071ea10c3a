import { dirname } from 'node:path';

/**
 * The nearest of a path and the folders above it that fits; undefined: none does.
 *
 * @param path - Absolute.
 */
export function nearestAbove(path: string, fits: (path: string) => boolean): string | undefined {
  if (fits(path)) return path;
  const above = dirname(path);
  return above === path ? undefined : nearestAbove(above, fits);
}
