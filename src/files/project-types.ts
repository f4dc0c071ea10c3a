// The files of a project that TypeScript goes by: the types of its tables, daybook-env.d.ts, and tsconfig.json.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { nearestAbove } from './nearest-above.js';

/**
 * The file at a project's root with the types of its tables. A pipeline run writes it, and everything
 * that checks TypeScript of the project reads it.
 */
export const projectTypesFile = 'daybook-env.d.ts';

/**
 * The types of the project that a folder belongs to: the nearest file of that name at or above it.
 *
 * @param folder - Absolute.
 * @returns Its path; undefined: there is none.
 */
export function findProjectTypes(folder: string): string | undefined {
  const nearest = nearestAbove(folder, (at) => existsSync(join(at, projectTypesFile)));
  return nearest === undefined ? undefined : join(nearest, projectTypesFile);
}

/**
 * The nearest tsconfig.json at or above a folder.
 *
 * @param folder - Absolute.
 * @returns Its path; undefined: there is none.
 */
export function findTsconfig(folder: string): string | undefined {
  const nearest = nearestAbove(folder, (at) => existsSync(join(at, 'tsconfig.json')));
  return nearest === undefined ? undefined : join(nearest, 'tsconfig.json');
}
