// The compiler host of cells: files of the disk, cells in memory, and the modules that they import.

import type {
  CompilerHost,
  ModuleResolutionCache,
  ResolvedModuleWithFailedLookupLocations,
} from 'typescript';
import { ts } from './compiler/typescript.js';
import { isPackageFile, type SourceFiles } from './source-files.js';

/** What a specifier leads to. */
export type Resolution = Pick<ResolvedModuleWithFailedLookupLocations, 'resolvedModule'>;

/** The compiler's host, with a part that its declarations omit. */
export interface CellHost extends CompilerHost {
  /** The cache of package lookups. */
  getModuleResolutionCache(): ModuleResolutionCache;
}

/**
 * The compiler's host for a program of cells.
 *
 * @param program - Its files, the notebook's folder (absolute), and the cache of package lookups.
 * @param resolve - What a specifier in a file leads to.
 */
export function createCellHost(
  {
    files,
    folder,
    resolutions,
  }: {
    readonly files: SourceFiles;
    readonly folder: string;
    readonly resolutions: ModuleResolutionCache;
  },
  resolve: (specifier: string, containingFile: string) => Resolution,
): CellHost {
  const { sys } = ts;
  return {
    getSourceFile: (path, options) => files.parsed(path, options),
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    writeFile: () => undefined,
    getCurrentDirectory: () => folder,
    getCanonicalFileName: (path) => (sys.useCaseSensitiveFileNames ? path : path.toLowerCase()),
    useCaseSensitiveFileNames: () => sys.useCaseSensitiveFileNames,
    getNewLine: () => '\n',
    fileExists: (path) => files.exists(path),
    readFile: (path) => files.text(path),
    directoryExists: (path) => sys.directoryExists(path),
    getDirectories: (path) => sys.getDirectories(path),
    realpath: (path) => (files.isVirtual(path) ? path : (sys.realpath?.(path) ?? path)),
    // A missing project file may have been created.
    hasInvalidatedResolutions: (path) => !isPackageFile(path),
    getModuleResolutionCache: () => resolutions,
    resolveModuleNameLiterals: (literals, containingFile) =>
      literals.map(({ text }) => resolve(text, containingFile)),
  };
}
