// TypeScript's options for cells: strictness, library, modules.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { CompilerOptions } from 'typescript';
import { findTsconfig } from '../../files/project-types.js';
import { nodeLibraries } from './node-globals.js';
import { ts } from './typescript.js';

/**
 * The compiler options of cells: modules for the running Node.js, with its library and types. Cells are for
 * exploration: names and columns are checked, but parameters without a type are `any`, and missing values (a
 * nullable column, the first of no rows) need not be ruled out unless the project asks for it. tslab does the same,
 * and its notebooks run here unchanged.
 *
 * @param typeRoot - The folder that contains `node`, Node's types.
 * @param strictNullChecks - Whether null is an error where a value is needed, see {@link checksNull}.
 */
export function cellCompilerOptions(typeRoot: string, strictNullChecks = false): CompilerOptions {
  return {
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    lib: nodeLibraries(),
    types: ['node'],
    typeRoots: [typeRoot],
    strict: true,
    noImplicitAny: false,
    strictNullChecks,
    strictPropertyInitialization: false,
    useUnknownInCatchVariables: false,
    skipLibCheck: true,
    esModuleInterop: true,
    resolveJsonModule: true,
    allowJs: true,
    checkJs: false,
    // Both spellings of a project file work: `../rows.js`, as its emitted name, and `../rows.ts`.
    allowImportingTsExtensions: true,
    newLine: ts.NewLineKind.LineFeed,
    // Later cells may use the values of a `const enum`.
    preserveConstEnums: true,
    sourceMap: true,
  };
}

/**
 * The folder with `node`, the types of Node.js: the nearest one at or above a notebook's folder, so that its
 * packages see the same; ours where there is none.
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

/**
 * Whether null is an error in cells: where the nearest tsconfig.json at or above a folder, or one that it extends,
 * has `"strictNullChecks": true`. Its `"strict": true` alone says nothing of cells, which were written without.
 */
export function checksNull(folder: string): boolean {
  const path = findTsconfig(folder);
  if (path === undefined) return false;
  const { config } = ts.readConfigFile(path, (file) => ts.sys.readFile(file)) as {
    config: unknown;
  };
  // Which files it names does not matter here.
  const host = { ...ts.sys, readDirectory: () => [] };
  return (
    ts.parseJsonConfigFileContent(config ?? {}, host, dirname(path)).options.strictNullChecks ===
    true
  );
}
