// The type check by tslab's rules.

import { basename, dirname, relative } from 'node:path';
import type * as TypeScript from 'typescript';
import { browserProblem, moduleName } from '../cells/cell-tags.js';
import { withModuleHint } from '../cells/missing-module.js';
import { ts } from '../cells/compiler/typescript.js';
import {
  createTslabProgram,
  type ProgramCell,
  type SourceFileCache,
  type TslabProgram,
} from './tslab-program.js';

/** A type error. Numbers count from 1. */
interface CellProblem {
  /** The cell, or the first one that imports the file. */
  readonly cell: number;
  readonly line: number;
  readonly column: number;
  /** TypeScript's error code. */
  readonly code: number | string;
  readonly message: string;
  /** The file, when it is not the cell itself, relative to the notebook's folder. */
  readonly file?: string;
}

/** The result of a check. */
interface CheckedCells {
  readonly problems: readonly CellProblem[];
  /** Names imported as types only, by cell index. */
  readonly typeImports: Readonly<Record<number, readonly string[]>>;
}

/**
 * Checks the cells of a notebook by tslab's rules, as one program, in order.
 *
 * @param path - The notebook's file, absolute; imports are relative to its folder.
 * @param notebookCells - The cells to run.
 * @param cache - Shared between notebooks.
 */
export function checkTslabCells(
  path: string,
  notebookCells: readonly ProgramCell[],
  cache: SourceFileCache,
): CheckedCells {
  const folder = dirname(path);
  const cells = createTslabProgram(folder, basename(path), notebookCells, cache);
  const { program, files } = cells;
  const typeImports: Record<number, string[]> = {};
  const problems: CellProblem[] = [];
  for (const [cell, file] of files) {
    const forBrowsers = browserProblem(cell.source);
    if (forBrowsers !== undefined) {
      const { line, column, code, message } = forBrowsers;
      problems.push({ cell: cell.index + 1, line, column, code, message });
      continue;
    }
    problems.push(
      ...[...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
        (diagnostic) => problemOf(diagnostic, cell),
      ),
      ...foreignImports(cells, cell, file, folder),
      ...exports(cell, file),
    );
    const names = importedTypes(cells, file);
    if (names.length > 0) typeImports[cell.index] = names;
  }
  problems.push(...problemsOfImportedFiles(cells, folder));
  return { problems: problems.sort(byPlace), typeImports };
}

function problemOf(diagnostic: TypeScript.Diagnostic, cell: ProgramCell): CellProblem {
  return problemAt(
    diagnostic.file,
    diagnostic.start ?? 0,
    cell,
    diagnostic.code,
    withModuleHint(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')),
  );
}

function problemAt(
  file: TypeScript.SourceFile | undefined,
  position: number,
  cell: ProgramCell,
  code: number,
  message: string,
): CellProblem {
  const place = file?.getLineAndCharacterOfPosition(position) ?? { line: 0, character: 0 };
  return {
    cell: cell.index + 1,
    line: place.line + 1,
    column: place.character + 1,
    code,
    message,
  };
}

/** The imported modules of a file, with the nodes of their specifiers. */
function imports(checker: TypeScript.TypeChecker, file: TypeScript.SourceFile) {
  return file.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const name = statement.moduleSpecifier;
    if (name === undefined) return [];
    const module = checker.getSymbolAtLocation(name)?.valueDeclaration;
    return module !== undefined && ts.isSourceFile(module) ? [{ name, module }] : [];
  });
}

/** tslab compiles TypeScript files of the notebook's folder, and refuses others. */
function foreignImports(
  { checker }: TslabProgram,
  cell: ProgramCell,
  file: TypeScript.SourceFile,
  folder: string,
): CellProblem[] {
  return imports(checker, file)
    .filter(({ module }) => isCompiled(module) && !isInside(module, folder))
    .map(({ name, module }) =>
      problemAt(
        file,
        name.getStart(file),
        cell,
        6059,
        `File '${relative(folder, module.fileName)}' is outside of the notebook's folder, and the kernel compiles only what is inside. Import it as a package, by its name.`,
      ),
    );
}

/** tslab exports every name of a cell, and refuses a second export of it. */
function exports(cell: ProgramCell, file: TypeScript.SourceFile): CellProblem[] {
  if (moduleName(cell.source) !== undefined) return [];
  return file.statements.flatMap((statement) => {
    const keyword =
      ts.canHaveModifiers(statement) && !ts.isExportAssignment(statement)
        ? ts.getModifiers(statement)?.find(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
        : undefined;
    if (keyword === undefined) return [];
    const message = 'A cell cannot export: later cells see its names without that.';
    return [problemAt(file, keyword.getStart(file), cell, 2323, message)];
  });
}

/** Problems of imported files in the notebook's folder, which the kernel would report, too. */
function problemsOfImportedFiles(cells: TslabProgram, folder: string): CellProblem[] {
  const { program, checker, files } = cells;
  const ofCells = new Set(files.values());
  return program
    .getSourceFiles()
    .filter((file) => isCompiled(file) && isInside(file, folder) && !ofCells.has(file))
    .flatMap((file) => {
      const importer = [...files].find(([, cellFile]) =>
        imports(checker, cellFile).some(({ module }) => module === file),
      );
      const cell = importer?.[0] ?? [...files.keys()][0];
      if (cell === undefined) return [];
      return [
        ...program.getSyntacticDiagnostics(file),
        ...program.getSemanticDiagnostics(file),
      ].map((diagnostic) => ({
        ...problemOf(diagnostic, cell),
        file: relative(folder, file.fileName),
      }));
    });
}

/** Names that a cell imports and that are types only, whatever the import says. */
function importedTypes({ checker }: TslabProgram, file: TypeScript.SourceFile): string[] {
  return file.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement)) return [];
    const named = statement.importClause?.namedBindings;
    const names = [
      statement.importClause?.name,
      ...(named !== undefined && ts.isNamedImports(named)
        ? named.elements.map((element) => element.name)
        : []),
    ];
    return names.flatMap((name) => {
      const symbol = name && checker.getSymbolAtLocation(name);
      if (symbol === undefined || (symbol.flags & ts.SymbolFlags.Alias) === 0) return [];
      const { flags } = checker.getAliasedSymbol(symbol);
      const isType = (flags & ts.SymbolFlags.Type) !== 0 && (flags & ts.SymbolFlags.Value) === 0;
      return isType ? [symbol.name] : [];
    });
  });
}

/** Whether the kernel compiles a file: no declaration file, not in a package. */
function isCompiled(file: TypeScript.SourceFile): boolean {
  return !file.isDeclarationFile && !file.fileName.includes('/node_modules/');
}

function isInside(file: TypeScript.SourceFile, folder: string): boolean {
  return !relative(folder, file.fileName).startsWith('..');
}

function byPlace(one: CellProblem, other: CellProblem): number {
  return one.cell - other.cell || one.line - other.line || one.column - other.column;
}
