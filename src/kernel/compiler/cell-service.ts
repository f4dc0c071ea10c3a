// TypeScript's language service for completion and documentation.

import type { DocumentRegistry, LanguageService, SourceFile } from 'typescript';
import type { CellSource } from '../../cells/loaded-cell.js';
import type { CellProgram } from '../../cells/cell-program.js';
import type { TranslatedSql } from '../../cells/sql/sql-translation.js';
import { isPackageFile } from '../../cells/source-files.js';
import { ts } from '../../cells/compiler/typescript.js';

/** The language service with a cell. */
export interface LoadedService {
  readonly service: LanguageService;
  readonly path: string;
  /** Of a SQL cell, its translation. */
  readonly sql: TranslatedSql | undefined;
  /** The offset in the file of a place of the cell; undefined: it is not TypeScript there. */
  readonly offsetAt: (place: number) => number | undefined;
  /** The place in the cell of an offset in the file. */
  readonly placeOf: (offset: number) => number;
}

/** The language service over the cells of a program, whose parsed files it shares. */
export class CellService {
  readonly #program: CellProgram;
  #service: LanguageService | undefined;

  constructor(program: CellProgram) {
    this.#program = program;
  }

  /** The service with a text as the current cell; all names of earlier cells are in scope. */
  load(source: CellSource): LoadedService {
    const sql = this.#program.load(source);
    this.#service ??= ts.createLanguageService(this.#host(), this.#registry());
    return {
      service: this.#service,
      path: this.#program.currentPath,
      sql,
      offsetAt: sql?.translation.offsetAt ?? ((place) => place),
      placeOf: sql?.translation.placeOf ?? ((offset) => offset),
    };
  }

  #host(): import('typescript').LanguageServiceHost {
    const program = this.#program;
    const { files } = program;
    const { sys } = ts;
    const host = {
      getCompilationSettings: () => program.options,
      getScriptFileNames: () => program.rootPaths,
      getScriptVersion: (path: string) => files.version(path),
      getScriptSnapshot: (path: string) => {
        const text = files.text(path);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => program.folder,
      getDefaultLibFileName: ts.getDefaultLibFilePath,
      fileExists: (path: string) => files.exists(path),
      readFile: (path: string) => files.text(path),
      directoryExists: (path: string) => sys.directoryExists(path),
      getDirectories: (path: string) => sys.getDirectories(path),
      readDirectory: (...given: Parameters<typeof sys.readDirectory>) =>
        sys.readDirectory(...given),
      useCaseSensitiveFileNames: () => sys.useCaseSensitiveFileNames,
      // Undeclared, but used by TypeScript's own servers.
      hasInvalidatedResolutions: (path: string) => !isPackageFile(path),
      getModuleResolutionCache: () => program.resolutions,
      resolveModuleNameLiterals: (
        literals: readonly import('typescript').StringLiteralLike[],
        containingFile: string,
      ) => literals.map(({ text }) => program.resolve(text, containingFile)),
    };
    return host;
  }

  /** Shares the program's parsed files. */
  #registry(): DocumentRegistry {
    const { files, options } = this.#program;
    const acquire = (path: string): SourceFile => {
      const file = files.parsed(path, options.target ?? ts.ScriptTarget.ES2023);
      if (file === undefined) throw new Error(`there is no file ${path}`);
      return file;
    };
    const nothing = () => undefined;
    return {
      acquireDocument: acquire,
      acquireDocumentWithKey: acquire,
      updateDocument: acquire,
      updateDocumentWithKey: acquire,
      releaseDocument: nothing,
      releaseDocumentWithKey: nothing,
      getKeyForCompilationSettings: () => 'cells',
      reportStats: () => '',
    } as unknown as DocumentRegistry;
  }
}
