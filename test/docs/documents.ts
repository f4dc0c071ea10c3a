import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../database.js';

/**
 * The files of the documentation, absolute: those of the root and all below docs/ but the site's own.
 *
 * @param folder - Only those of this folder of docs/.
 * @param end - How their names end.
 */
export function documents(folder?: string, end = '.md'): string[] {
  const below = (path: string): string[] =>
    readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
      if (entry.isDirectory()) return entry.name === 'site' ? [] : below(join(path, entry.name));
      return entry.name.endsWith(end) ? [join(path, entry.name)] : [];
    });
  const ofRoot = ['README.md', 'CONTRIBUTING.md', 'RELEASE_NOTES.md'].map((name) =>
    join(root, name),
  );
  return [...(folder === undefined ? ofRoot : []), ...below(join(root, 'docs', folder ?? ''))];
}
