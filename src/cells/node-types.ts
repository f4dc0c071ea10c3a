import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * The folder that holds `node`, the types of Node.js: the nearest one at or above a notebook's folder,
 * so that its packages see the same; ours where there is none.
 */
export function nodeTypeRoot(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    const root = join(at, 'node_modules', '@types');
    if (existsSync(join(root, 'node', 'package.json'))) return root;
    if (dirname(at) === at) break;
  }
  const own = createRequire(import.meta.url).resolve('@types/node/package.json');
  return dirname(dirname(own));
}
