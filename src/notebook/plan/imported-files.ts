// The project files that a notebook imports.

import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** Module specifiers in `import … from`, `export … from`, `import()` and `require()`. */
const specifiers = /(?:\bfrom\s*|\bimport\s*(?:\(\s*)?|\brequire\s*\(\s*)(["'])([^"'\n]+)\1/g;

/**
 * The project's files that code imports, directly or not: a change in them may change the notebook's outputs.
 * Installed packages are excluded, because the lock file stands for them.
 * The code is searched as text: a specifier in a comment may add a file, which does no harm.
 *
 * @param sources - Code, such as the cells of a notebook.
 * @param folder - The folder of the code, absolute.
 * @param root - The project's root, absolute and without links.
 * @returns Texts by path from the root, with slashes, sorted.
 */
export function importedFiles(
  sources: readonly string[],
  folder: string,
  root: string,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const follow = (code: string, from: string) => {
    for (const [, , specifier = ''] of code.matchAll(specifiers)) {
      for (const file of filesOf(specifier, from, root)) {
        const path = relative(root, file).split(sep).join('/');
        if (found.has(path)) continue;
        const text = readFileSync(file, 'utf8');
        found.set(path, text);
        if (!file.endsWith('.json')) follow(text, dirname(file));
      }
    }
  };
  for (const source of sources) follow(source, folder);
  return new Map([...found].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The project file of a specifier and its types; none outside of the project. */
function filesOf(specifier: string, folder: string, root: string): string[] {
  if (specifier.startsWith('node:')) return [];
  const file = specifier.startsWith('.')
    ? relativeFile(resolve(folder, specifier))
    : packageFile(specifier, folder);
  if (file === undefined) return [];
  const real = realpathSync(file);
  const below = relative(root, real);
  if (below.startsWith('..') || below.split(sep).includes('node_modules')) return [];
  const types = real.replace(/\.js$/, '.d.ts');
  return types !== real && existsSync(types) ? [real, types] : [real];
}

function relativeFile(path: string): string | undefined {
  const typescript = path.replace(/\.([cm]?)js$/, '.$1ts');
  return [
    path,
    typescript,
    ...['.ts', '.tsx', '.js', '.json', `${sep}index.ts`, `${sep}index.js`].map(
      (ending) => path + ending,
    ),
  ].find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile() === true);
}

function packageFile(name: string, folder: string): string | undefined {
  try {
    const file = createRequire(join(folder, 'notebook.js')).resolve(name);
    return file.startsWith(sep) || /^[A-Z]:/i.test(file) ? file : undefined; // not Node's own
  } catch {
    return undefined; // the cell will say that there is no such module
  }
}
