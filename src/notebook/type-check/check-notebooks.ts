import { basename, dirname, relative } from 'node:path';
import type * as TypeScript from 'typescript';
import { browserProblem, moduleName } from '../../cells/cell-tags.js';
import { ts } from '../../cells/typescript.js';
import { joinText } from '../../nbformat/notebook.js';
import { kernelName } from '../document/kernel-name.js';
import { isRunnable } from '../document/execution-metadata.js';
import {
  createCellProgram,
  type CellProgram,
  type ProgramCell,
  type SourceFileCache,
} from '../../tslab/notebook-program.js';
import { checkCells } from './check-cells.js';
import type { CheckedNotebook, NotebookToCheck, TypeProblem } from '../document/type-problem.js';

/**
 * Checks whole notebooks with the project's TypeScript: all cells of a notebook as one program, in the
 * order in which they run, by the rules of the kernel that it names. Needs no kernel and no warehouse.
 * Takes about a second for the first notebook and blocks; libraries are read once for all.
 */
export function checkNotebooks(notebooks: readonly NotebookToCheck[]): CheckedNotebook[] {
  return notebooks.map(notebookChecker());
}

/** {@link checkNotebooks} for one notebook after another. */
export function notebookChecker(): (notebook: NotebookToCheck) => CheckedNotebook {
  const cache: SourceFileCache = new Map();
  return ({ path, notebook }) => {
    const cells = notebook.cells.flatMap((cell, index) =>
      isRunnable(cell) ? [{ index, source: joinText(cell.source) }] : [],
    );
    if (cells.length === 0) return { problems: [], typeImports: {} };
    const folder = dirname(path);
    if (kernelName(notebook) === 'daybook') {
      return { problems: checkCells(notebook, folder), typeImports: {} };
    }
    return checkProgram(createCellProgram(folder, basename(path), cells, cache), folder);
  };
}

function checkProgram(cells: CellProgram, folder: string): CheckedNotebook {
  const { program, files } = cells;
  const typeImports: Record<number, string[]> = {};
  const problems: TypeProblem[] = [];
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

function problemOf(diagnostic: TypeScript.Diagnostic, cell: ProgramCell): TypeProblem {
  return problemAt(
    diagnostic.file,
    diagnostic.start ?? 0,
    cell,
    diagnostic.code,
    ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'),
  );
}

function problemAt(
  file: TypeScript.SourceFile | undefined,
  position: number,
  cell: ProgramCell,
  code: number,
  message: string,
): TypeProblem {
  const place = file?.getLineAndCharacterOfPosition(position) ?? { line: 0, character: 0 };
  return {
    cell: cell.index + 1,
    line: place.line + 1,
    column: place.character + 1,
    code,
    message,
  };
}

/** The modules that a file imports, with the node that names each. */
function imports(checker: TypeScript.TypeChecker, file: TypeScript.SourceFile) {
  return file.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const name = statement.moduleSpecifier;
    if (name === undefined) return [];
    const module = checker.getSymbolAtLocation(name)?.valueDeclaration;
    return module !== undefined && ts.isSourceFile(module) ? [{ name, module }] : [];
  });
}

/** tslab compiles TypeScript files of the notebook's folder, and refuses those outside of it. */
function foreignImports(
  { checker }: CellProgram,
  cell: ProgramCell,
  file: TypeScript.SourceFile,
  folder: string,
): TypeProblem[] {
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

/** tslab exports every name of a cell by itself, and then refuses a second export of it. */
function exports(cell: ProgramCell, file: TypeScript.SourceFile): TypeProblem[] {
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

/** Problems in files of the notebook's folder that cells import; the kernel would report them, too. */
function problemsOfImportedFiles(cells: CellProgram, folder: string): TypeProblem[] {
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

/** The names that a cell imports and that are types only, whatever the import says. */
function importedTypes({ checker }: CellProgram, file: TypeScript.SourceFile): string[] {
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

/** Whether the kernel compiles this file: not what is already compiled, in a package. */
function isCompiled(file: TypeScript.SourceFile): boolean {
  return !file.isDeclarationFile && !file.fileName.includes('/node_modules/');
}

function isInside(file: TypeScript.SourceFile, folder: string): boolean {
  return !relative(folder, file.fileName).startsWith('..');
}

function byPlace(one: TypeProblem, other: TypeProblem): number {
  return one.cell - other.cell || one.line - other.line || one.column - other.column;
}
