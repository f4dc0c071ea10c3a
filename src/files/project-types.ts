// The files of a project that TypeScript goes by: the types of its tables, daybook-env.d.ts, and tsconfig.json.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
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

/**
 * The texts of the nearest tsconfig.json at or above a folder and of the project's files that it extends; the lock file
 * stands for those of packages.
 */
export function tsconfigTexts(folder: string): readonly string[] {
  const texts = new Map<string, string>();
  const read = (path: string): void => {
    if (texts.has(path) || statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return;
    const text = readFileSync(path, 'utf8');
    texts.set(path, text);
    // A comment that says the same reads a file more, which does no harm.
    for (const [, named = ''] of text.matchAll(/"extends"\s*:\s*(\[[^\]]*\]|"[^"]*")/g))
      for (const [, other = ''] of named.matchAll(/"([^"]*)"/g))
        for (const ending of ['', '.json']) read(resolve(dirname(path), `${other}${ending}`));
  };
  const nearest = findTsconfig(folder);
  if (nearest !== undefined) read(nearest);
  return [...texts.values()];
}
