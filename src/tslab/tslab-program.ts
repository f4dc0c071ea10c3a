// A notebook as a TypeScript program by tslab's rules.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as TypeScript from 'typescript';
import { moduleName } from '../cells/cell-tags.js';
import { ts } from '../cells/compiler/typescript.js';
import { findOptionalPackage } from '../files/optional-package.js';
import { findProjectTypes } from '../files/project-types.js';

/** A cell as a file of the program; its index counts all cells from 0. */
export interface ProgramCell {
  readonly index: number;
  readonly source: string;
}

/** The program of a notebook. */
export interface TslabProgram {
  readonly program: TypeScript.Program;
  readonly checker: TypeScript.TypeChecker;
  /** The file of each cell. */
  readonly files: ReadonlyMap<ProgramCell, TypeScript.SourceFile>;
}

/** Parsed files of libraries and packages by path, shared by all notebooks of a run. */
export type SourceFileCache = Map<string, TypeScript.SourceFile | undefined>;

/**
 * tslab's own options (its converter.js), so that both accept the same code: not strict, the same library and
 * resolution. Only the compiler is the project's.
 */
function compilerOptions(folder: string): TypeScript.CompilerOptions {
  const require = createRequire(import.meta.url);
  const tslab = findOptionalPackage('tslab');
  const ownTypes = dirname(dirname(require.resolve('@types/node/package.json')));
  return {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts'],
    module: ts.ModuleKind.ESNext,
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- tslab resolves so
    moduleResolution: ts.ModuleResolutionKind.Node10,
    ignoreDeprecations: '6.0',
    moduleDetection: ts.ModuleDetectionKind.Force,
    esModuleInterop: true,
    experimentalDecorators: true,
    resolveJsonModule: true,
    jsx: ts.JsxEmit.React,
    allowJs: true,
    checkJs: true,
    strict: false,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [...typeRootsAbove(folder), ownTypes],
    // tslab is importable in every folder.
    ...(tslab === undefined ? {} : { paths: { tslab: [tslab.folder] } }),
  };
}

function typeRootsAbove(folder: string): string[] {
  const roots: string[] = [];
  for (let current = folder; ; current = dirname(current)) {
    roots.push(join(current, 'node_modules', '@types'));
    if (dirname(current) === current) return roots;
  }
}

/**
 * The cells of a notebook as a program: each cell is a module in the notebook's folder that sees the names of
 * earlier cells, and may redeclare them.
 *
 * @param folder - The notebook's folder, absolute.
 * @param name - Its file name, the prefix of the cells' files.
 * @param cells - The cells to run, in order.
 * @param cache - Shared between notebooks.
 */
export function createTslabProgram(
  folder: string,
  name: string,
  cells: readonly ProgramCell[],
  cache: SourceFileCache,
): TslabProgram {
  const options = compilerOptions(folder);
  const paths = new Map(cells.map((cell) => [cellPath(folder, name, cell), cell]));
  const disk = ts.createCompilerHost(options);
  const host: TypeScript.CompilerHost = {
    ...disk,
    getCurrentDirectory: () => folder,
    fileExists: (path) => paths.has(path) || disk.fileExists(path),
    readFile: (path) => paths.get(path)?.source ?? disk.readFile(path),
    getSourceFile: (path, how) => {
      const cell = paths.get(path);
      if (cell !== undefined) return ts.createSourceFile(path, cell.source, how);
      if (!path.includes('/node_modules/')) return disk.getSourceFile(path, how);
      if (!cache.has(path)) cache.set(path, disk.getSourceFile(path, how));
      return cache.get(path);
    },
  };
  // preload.ts adds them to tslab, too.
  const types = findProjectTypes(folder);
  const rootNames = [...paths.keys(), ...(types === undefined ? [] : [types])];
  const program = ts.createProgram({ rootNames, options, host });
  const checker = program.getTypeChecker();
  const files = new Map<ProgramCell, TypeScript.SourceFile>();
  let previous: TypeScript.SourceFile | undefined;
  for (const [path, cell] of paths) {
    const file = program.getSourceFile(path);
    if (file === undefined) continue;
    files.set(cell, file);
    if (moduleName(cell.source) !== undefined) continue;
    if (previous !== undefined) chain(file, previous);
    previous = file;
  }
  return { program, checker, files };
}

/**
 * Makes the names of the previous cell visible, as tslab does: the compiler looks a name up along the parents, and
 * a file may have one after binding. Its own declarations win.
 */
function chain(file: TypeScript.SourceFile, previous: TypeScript.SourceFile): void {
  (file as { parent?: TypeScript.Node }).parent = previous;
}

function cellPath(folder: string, name: string, cell: ProgramCell): string {
  const file = moduleName(cell.source) ?? `${name}.cell-${cell.index + 1}`;
  return `${folder.replaceAll('\\', '/')}/${file}.ts`;
}
