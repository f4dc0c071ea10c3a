// TypeScript without a type check, by the compiler that checks notebooks.

import ts from 'typescript';

/** An import of a module, and where its specifier stands. */
interface Import {
  readonly specifier: string;
  /** From 0. */
  readonly offset: number;
}

/** A module of TypeScript as a script for `exports`, `require` and `module`. */
export interface Transpiled {
  readonly code: string;
  /** A source map, as JSON. */
  readonly map: string;
  /** Imports that are left in the code: those of types alone are gone. */
  readonly imports: readonly Import[];
  /** What keeps it from being read. */
  readonly problems: readonly { readonly offset: number; readonly message: string }[];
}

/**
 * Makes a script of a module.
 *
 * @param file - Its name; `.js` is understood, too.
 */
export function transpile(file: string, text: string): Transpiled {
  const { outputText, sourceMapText, diagnostics } = ts.transpileModule(text, {
    fileName: file,
    reportDiagnostics: true,
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
      sourceMap: true,
    },
  });
  const importsOf = (code: string) => ts.preProcessFile(code, true, true).importedFiles;
  const written = importsOf(text);
  return {
    // The comment that names the map is the last line.
    code: outputText.replace(/^\/\/# sourceMappingURL=.*$/m, ''),
    map: sourceMapText ?? '',
    imports: importsOf(outputText).map(({ fileName }) => ({
      specifier: fileName,
      offset: written.find((one) => one.fileName === fileName)?.pos ?? 0,
    })),
    problems: (diagnostics ?? []).map(({ start = 0, messageText }) => ({
      offset: start,
      message: ts.flattenDiagnosticMessageText(messageText, ' '),
    })),
  };
}
