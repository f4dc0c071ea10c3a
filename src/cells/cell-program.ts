// This folder has cells as TypeScript: the program that they form (this file), the JavaScript of each
// (cell-transform.ts), the names that they share, and the compiler's start-up snapshot (snapshot.ts).
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type {
  CompilerOptions,
  Diagnostic,
  ModuleResolutionCache,
  Program,
  SourceFile,
} from 'typescript';
import { findProjectTypes } from '../files/project-types.js';
import type { CellDiagnostic } from './cell-diagnostic.js';
import { createCellHost, type CellHost, type Resolution } from './cell-host.js';
import { findingsIn, type CellFinding } from './cell-findings.js';
import { figureIdsIn, type FigureId } from './figure-ids.js';
import { namesUsed } from './names/cell-names.js';
import { cellReach, type CellReach } from './names/cell-reach.js';
import { placedQuery, queriesIn, queriesInFile, type CellQuery } from './sql/cell-queries.js';
import { cellOfSpecifier, importsOfScope, type CellScope } from './names/cell-scope.js';
import type { CellNames, CheckedText, Compilation, CompiledText } from './compiled-cell.js';
import { emitCell } from './emit/emit-cell.js';
import { cellCompilerOptions, checksNull, nodeTypeRoot } from './compiler/compiler-options.js';
import type { DeclaredName } from './names/declared-name.js';
import { augmentsOthers } from './names/declared-names.js';
import { nodeGlobals } from './compiler/node-globals.js';
import { compileProjectModules, projectFiles } from './emit/project-module.js';
import { isOwnModule } from './missing-module.js';
import { identifiersOf, readCell, type CellSource, type LoadedCell } from './loaded-cell.js';
import type { TranslatedSql } from './sql/sql-translation.js';
import { isPackageFile, SourceFiles } from './source-files.js';
import { browserProblem, moduleName, withModuleAdvice } from './cell-tags.js';
import { cellDiagnostic } from './typescript-diagnostic.js';
import { ts } from './compiler/typescript.js';

/** A cell in the program in which it was checked. */
interface CheckedCell {
  readonly cell: LoadedCell;
  readonly program: Program;
  readonly file: SourceFile;
}

/**
 * The cells of a notebook as a TypeScript program. Each cell is a module that imports the declarations of earlier
 * cells, so a later cell may declare a name again, also with another type.
 * A cell is first compiled, and later cells see it only when that is accepted.
 */
export class CellProgram {
  /** The notebook's folder, absolute: imports are resolved from here. */
  readonly folder: string;
  readonly options: CompilerOptions;
  readonly files = new SourceFiles();
  readonly #host: CellHost;
  /** The cache of package lookups. */
  readonly resolutions: ModuleResolutionCache;
  readonly #scope: CellScope = new Map();
  /** Cells with `declare global`, which no import leads to. */
  readonly #roots: string[] = [];
  /** Declarations in memory, see {@link nodeGlobals}. */
  readonly #globals: string;
  /** Module names of cells for tslab. */
  readonly #modules = new Set<string>();
  /** The statements of results, by the constants that hold them. */
  readonly #statements = new Map<string, string>();
  /** Whether a file of the program imports `daybook/pipeline`; otherwise its types would only cost time. */
  #readsTables = false;
  /** The previous cell's program, of which unchanged parts are reused. */
  #before: Program | undefined;

  constructor(folder: string) {
    this.folder = folder;
    this.options = cellCompilerOptions(nodeTypeRoot(folder), checksNull(folder));
    this.resolutions = ts.createModuleResolutionCache(folder, (path) => path, this.options);
    const globals = nodeGlobals(this.options);
    this.#globals = globals.path;
    this.files.set(globals.path, { text: globals.text, object: undefined });
    this.#host = createCellHost(this, (specifier, file) => this.resolve(specifier, file));
    this.load({ source: '' });
  }

  /**
   * The diagnostics and queries of all cells of a notebook.
   *
   * @param folder - The notebook's, absolute.
   * @param cells - By their ids, in order.
   */
  static checkAll(
    folder: string,
    cells: ReadonlyMap<string, CellSource>,
  ): ReadonlyMap<string, CheckedText> {
    const found = new CellProgram(folder).#checkTogether(cells);
    if (found !== undefined) return found;
    const program = new CellProgram(folder);
    return new Map(
      [...cells].map(([id, source]) => {
        const { compilation, queries, names, findings, figureIds, reach, accept } =
          program.compile(source);
        accept(id);
        const diagnostics = compilation.status === 'ok' ? [] : compilation.diagnostics;
        const shown = { findings: findings(), figureIds: figureIds(), reach: reach() };
        return [id, { diagnostics, queries: queries(), ...shown, ...names() }];
      }),
    );
  }

  /**
   * The diagnostics and queries of some cells of a notebook that is being written: of what has not changed since the
   * last time, nothing is read again.
   *
   * @param cells - The sources of all cells by their ids, in order.
   * @param wanted - The ids of those to check.
   */
  recheck(
    cells: ReadonlyMap<string, CellSource>,
    wanted: ReadonlySet<string>,
  ): ReadonlyMap<string, CheckedText> {
    this.#scope.clear();
    this.#modules.clear();
    this.#statements.clear();
    const found = this.#checkTogether(cells, wanted) ?? CellProgram.checkAll(this.folder, cells);
    return new Map([...found].filter(([id]) => wanted.has(id)));
  }

  /**
   * Checks cells as one program, in a fraction of the time of one for each. Undefined: a file declares something
   * global, which must not reach earlier cells.
   *
   * @param wanted - The ids of those to check. Default: all.
   */
  #checkTogether(
    cells: ReadonlyMap<string, CellSource>,
    wanted?: ReadonlySet<string>,
  ): ReadonlyMap<string, CheckedText> | undefined {
    const loaded = new Map<string, LoadedCell>();
    for (const [id, source] of cells) {
      const cell = this.#loadMentioned(source);
      loaded.set(id, cell);
      this.#keep(id, cell, cell.declares);
    }
    const paths = [...cells.keys()].map((id) => this.pathOf(id));
    const program = this.#createProgram(paths, this.#before);
    this.#before = program;
    const types = this.#projectTypes();
    const own = program
      .getSourceFiles()
      .filter(({ fileName }) => !isPackageFile(fileName) && !types.includes(fileName));
    if (own.some(augmentsOthers)) return undefined;
    const asked = [...cells].filter(([id]) => wanted?.has(id) ?? true);
    return new Map(
      asked.map(([id, { source }]) => {
        const file = program.getSourceFile(this.pathOf(id));
        const cell = loaded.get(id);
        if (file === undefined || cell === undefined)
          throw new Error(`cell ${id} is not in the program`);
        const wrong = diagnosticsOf(program, file);
        const all = wrong.length > 0 ? wrong : compileProjectModules(program, file).diagnostics;
        const diagnostics = this.#explained(source, cell, all, file.fileName);
        const queries = this.#queries(cell, program, file);
        const checked = { cell, program, file };
        const shown = {
          ...{ findings: findingsOf(checked), figureIds: figureIdsOf(checked) },
          reach: reachOf(checked),
        };
        return [id, { diagnostics, queries, ...shown, ...namesOf(checked) }];
      }),
    );
  }

  /** TypeScript's diagnostics of a cell, by its lines, with explanations of ours. */
  #explained(
    source: string,
    { code, sql }: LoadedCell,
    found: readonly Diagnostic[],
    path: string,
  ): CellDiagnostic[] {
    if (sql !== undefined && sql.problems.length > 0) return [...sql.problems];
    const forBrowsers = browserProblem(code);
    if (forBrowsers !== undefined) return [forBrowsers];
    return found
      .map((diagnostic) => cellDiagnostic(diagnostic, source, path, sql?.translation.placeOf))
      .map((problem) => withModuleAdvice(problem, this.#modules));
  }

  /** Checks a cell and compiles it to JavaScript. */
  compile(source: CellSource): CompiledText {
    const checked = this.#read(source);
    return {
      compilation: this.#compile(source.source, checked),
      queries: () => this.#queries(checked.cell, checked.program, checked.file),
      names: () => namesOf(checked),
      findings: () => findingsOf(checked),
      figureIds: () => figureIdsOf(checked),
      reach: () => reachOf(checked),
      accept: (id, isDefined = () => true) => {
        this.#accept(checked, id, isDefined);
      },
    };
  }

  #queries({ sql }: LoadedCell, program: Program, file: SourceFile): readonly CellQuery[] {
    if (!this.#readsTables) return [];
    const checker = program.getTypeChecker();
    return [
      ...queriesIn(file, checker).map((query) => placedQuery(query, sql)),
      ...projectFiles(program, file).flatMap((one) => queriesInFile(one, checker)),
    ];
  }

  #compile(source: string, checked: CheckedCell): Compilation {
    const { cell, program, file } = checked;
    const wrong = diagnosticsOf(program, file);
    const diagnostics = this.#explained(source, cell, wrong, this.currentPath);
    if (diagnostics.length > 0) return { status: 'error', diagnostics };
    const modules = compileProjectModules(program, file);
    if (modules.diagnostics.length > 0) {
      return {
        status: 'error',
        diagnostics: modules.diagnostics.map((d) => cellDiagnostic(d, source, this.currentPath)),
      };
    }
    return {
      status: 'ok',
      cell: {
        ...emitCell(program, file, source, cell),
        ...{ ...namesOf(checked), imports: modules.imports },
      },
    };
  }

  #accept({ cell, file }: CheckedCell, id: string, isDefined: (name: string) => boolean): void {
    this.#keep(
      id,
      cell,
      cell.declares.filter(({ name }) => isDefined(name)),
    );
    if (augmentsOthers(file)) this.#roots.push(this.pathOf(id));
  }

  #keep(id: string, cell: LoadedCell, declares: readonly DeclaredName[]): void {
    this.files.set(this.pathOf(id), cell);
    const module = moduleName(cell.text);
    if (module !== undefined) this.#modules.add(module);
    for (const { name, kind } of declares) {
      this.#scope.set(name, { cell: id, kind });
      const statement = cell.statements.get(name);
      if (statement === undefined) this.#statements.delete(name);
      else this.#statements.set(name, statement);
    }
  }

  /**
   * Makes a text the current cell without checking it; it sees all names of earlier cells.
   *
   * @returns What it is translated to, where it is SQL.
   */
  load(source: CellSource): TranslatedSql | undefined {
    return this.#load(source, () => () => true).sql;
  }

  /** @param wanted - Which names of earlier cells it sees, by its code. */
  #load(source: CellSource, wanted: (code: string) => (name: string) => boolean): LoadedCell {
    const cell = readCell(this.currentPath, source, this.#statements);
    const { code, declares } = cell;
    const isWanted = wanted(code);
    const own = new Set(declares.map(({ name }) => name));
    const exported = declares.filter(({ isExported }) => !isExported);
    const text = [
      code,
      `export { ${exported.map(({ name }) => name).join(', ')} };`,
      importsOfScope(this.#scope, (name) => isWanted(name) && !own.has(name)),
    ];
    const loaded = { ...cell, text: text.join('\n') };
    this.files.set(this.currentPath, loaded);
    return loaded;
  }

  /** The current cell, and files that no import leads to. */
  get rootPaths(): string[] {
    return [this.currentPath, ...this.#roots, this.#globals, ...this.#projectTypes()];
  }

  /** Shows the program another text as the project's types than the one on the disk. */
  setProjectTypes(path: string, text: string): void {
    if (this.files.text(path) !== text) this.files.set(path, { text, object: undefined });
  }

  /** The types of the project's tables, which a pipeline run may write while a kernel lives. */
  #projectTypes(): string[] {
    const path = this.#readsTables ? findProjectTypes(this.folder) : undefined;
    return path === undefined ? [] : [path];
  }

  /** A program of cells and, if any of them reads tables, the types of these. */
  #createProgram(paths: readonly string[], before?: Program): Program {
    const create = (old: Program | undefined) =>
      ts.createProgram(
        [...paths, this.#globals, ...this.#projectTypes()],
        this.options,
        this.#host,
        old,
      );
    const knew = this.#readsTables;
    const program = create(before);
    return knew || !this.#readsTables ? program : create(program);
  }

  get currentPath(): string {
    return this.pathOf(' ');
  }

  /** Cells are files of the notebook's folder, named like in front ends. */
  pathOf(id: string): string {
    return join(this.folder, `In[${id}].ts`);
  }

  /** Resolves a specifier in a file. */
  resolve(specifier: string, containingFile: string): Resolution {
    const cell = cellOfSpecifier(specifier);
    if (cell !== undefined) {
      return {
        resolvedModule: {
          resolvedFileName: this.pathOf(cell),
          extension: ts.Extension.Ts,
          isExternalLibraryImport: false,
        },
      };
    }
    if (specifier === 'daybook/pipeline') this.#readsTables = true;
    const found = this.#resolveFrom(specifier, containingFile);
    if (found.resolvedModule !== undefined || !isOwnModule(specifier)) return found;
    // Our own modules also resolve for notebooks outside of a project.
    return this.#resolveFrom(specifier, fileURLToPath(import.meta.url));
  }

  #resolveFrom(specifier: string, containingFile: string): Resolution {
    return ts.resolveModuleName(
      specifier,
      containingFile,
      this.options,
      this.#host,
      // Imports of project files may change.
      isPackageFile(containingFile) ? this.resolutions : undefined,
    );
  }

  #loadMentioned(source: CellSource): LoadedCell {
    return this.#load(source, (code) => {
      const mentioned = identifiersOf(code);
      return (name) => mentioned.has(name);
    });
  }

  #read(source: CellSource): CheckedCell {
    const cell = this.#loadMentioned(source);
    const program = this.#createProgram([this.currentPath, ...this.#roots], this.#before);
    const file = program.getSourceFile(this.currentPath);
    if (file === undefined) throw new Error('the cell is not in the program');
    this.#before = program;
    return { cell, program, file };
  }
}

function namesOf({ cell, program, file }: CheckedCell): CellNames {
  const { code, declares, sql } = cell;
  const uses = namesUsed(file, program.getTypeChecker(), code.length);
  const placeOf = sql?.translation.placeOf ?? ((offset) => offset);
  return { declares, uses: uses.map((use) => ({ ...use, start: placeOf(use.start) })) };
}

/** What a cell of TypeScript does; that of an SQL cell is the translation's. */
function findingsOf({ cell, program, file }: CheckedCell): readonly CellFinding[] {
  return cell.sql === undefined ? findingsIn(file, program.getTypeChecker(), cell.code.length) : [];
}

/** The ids that a cell of TypeScript gives to figures. */
function figureIdsOf({ cell, program, file }: CheckedCell): readonly FigureId[] {
  return cell.sql === undefined
    ? figureIdsIn(file, program.getTypeChecker(), cell.code.length)
    : [];
}

function reachOf({ cell, program, file }: CheckedCell): CellReach {
  return cellReach(file, program.getTypeChecker(), cell.code.length);
}

function diagnosticsOf(program: Program, file: SourceFile): readonly Diagnostic[] {
  const wrong = program.getSyntacticDiagnostics(file);
  const diagnostics = wrong.length > 0 ? wrong : program.getSemanticDiagnostics(file);
  return diagnostics.filter(({ category }) => category === ts.DiagnosticCategory.Error);
}
