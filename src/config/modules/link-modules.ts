// Linking of a module of the project, and the project files that it imports, into one script.

import { readFile, stat } from 'node:fs/promises';
import type { SourceMapPayload } from 'node:module';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { ConfigError } from '../../errors.js';
import { linePlace } from './line-place.js';
import type { Transpiled } from './transpile.js';

/** A script for `exports` and `require`, which gets the packages. */
interface LinkedModules {
  /** The files in it with their texts, by absolute path. */
  readonly texts: ReadonlyMap<string, string>;
  readonly code: string;
  readonly map: SourceMapPayload;
}

/** Each module once, when it is first asked for. */
const loader = `const loaded = {};
const load = (path) => {
  if (path in loaded) return loaded[path].exports;
  const module = (loaded[path] = { exports: {} });
  const [run, links] = modules[path];
  run(module.exports, (name) => (name in links ? load(links[name]) : require(name)), module);
  return module.exports;
};`;

/**
 * Links a module with the files that it imports by a path; packages stay outside.
 *
 * @param module - `root`: the project's root, absolute. `file`: relative to it.
 * @param transpile - Makes a script of one file.
 * @throws ConfigError with file, line and column of what cannot be read.
 */
export async function linkModules(
  { root, file }: { readonly root: string; readonly file: string },
  transpile: (file: string, text: string) => Transpiled,
): Promise<LinkedModules> {
  const entry = join(root, file);
  const texts = new Map<string, string>();
  const parts: string[] = [];
  const sections: object[] = [];
  let line = 1;
  // A Set goes through what is added on the way, too.
  const paths = new Set([entry]);
  for (const path of paths) {
    const text = await readFile(path, 'utf8').catch((cause: unknown) => {
      const code = String((cause as NodeJS.ErrnoException).code);
      throw new ConfigError([`${below(root, path)}: cannot be read (${code})`], { cause });
    });
    texts.set(path, text);
    const name = below(root, path);
    const place = (offset: number) => `${name}:${linePlace(text, offset)}`;
    const { code, map, imports, problems } = path.endsWith('.json')
      ? { code: `module.exports = ${text}`, map: '', imports: [], problems: [] }
      : transpile(path, text);
    if (problems.length > 0) {
      throw new ConfigError(problems.map(({ offset, message }) => `${place(offset)}: ${message}`));
    }
    const links: Record<string, string> = {};
    for (const { specifier, offset } of imports.filter(({ specifier }) => isFile(specifier))) {
      const found = await findFile(resolve(dirname(path), specifier));
      if (found === undefined) {
        throw new ConfigError([`${place(offset)}: Could not resolve '${specifier}' in ${name}`]);
      }
      links[specifier] = found;
      paths.add(found);
    }
    if (map !== '') {
      const sources = [relative(dirname(entry), path)];
      const own = { ...(JSON.parse(map) as SourceMapPayload), sources };
      sections.push({ offset: { line: line + 1, column: 0 }, map: own });
    }
    const part = `${JSON.stringify(path)}: [(exports, require, module) => {\n${code}\n}, ${JSON.stringify(links)}],\n`;
    line += part.split('\n').length - 1;
    parts.push(part);
  }
  const map = { version: 3, sections } as unknown as SourceMapPayload;
  const run = `Object.assign(exports, load(${JSON.stringify(entry)}));`;
  return { texts, code: `const modules = {\n${parts.join('')}};\n${loader}\n${run}`, map };
}

/** A file relative to the project. */
export function below(root: string, file: string): string {
  return relative(root, file).replaceAll('\\', '/');
}

/** Whether an import names a file, not a package. */
const isFile = (specifier: string) =>
  /^\.{1,2}(?:[\\/]|$)/.test(specifier) || isAbsolute(specifier);

/** The file of an import: TypeScript's own may be named as what becomes of them, or without an ending. */
async function findFile(path: string): Promise<string | undefined> {
  const written = path.replace(/\.([cm]?)js$/, '.$1ts');
  const endings = ['.ts', '.js', '.json', '/index.ts', '/index.js'];
  for (const candidate of [written, path, ...endings.map((ending) => path + ending)]) {
    const stats = await stat(candidate).catch(() => undefined);
    if (stats?.isFile() === true) return candidate;
  }
  return undefined;
}
