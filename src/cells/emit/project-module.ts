// The project's TypeScript files that cells import.

import { createHash } from 'node:crypto';
import type { Diagnostic, Node, Program, SourceFile, StringLiteralLike } from 'typescript';
import { cellOfSpecifier } from '../names/cell-scope.js';
import { ts } from '../compiler/typescript.js';

/** A compiled TypeScript file of the project. */
export interface ProjectModule {
  /** Absolute. */
  readonly path: string;
  /** Changes with the file and with every project file that it imports, directly or not. */
  readonly version: string;
  /** An ES module. */
  readonly code: string;
  /** Source map (JSON). */
  readonly map: string;
  /** Paths of imported project files by specifier. */
  readonly imports: Readonly<Record<string, string>>;
}

/** The project's TypeScript files that a cell needs. */
export interface ProjectImports {
  /** Paths of project files by the cell's specifiers. */
  readonly specifiers: Readonly<Record<string, string>>;
  readonly modules: readonly ProjectModule[];
}

interface Emitted {
  readonly code: string;
  readonly map: string;
  readonly hash: string;
}

/** A file is emitted once; a changed file has another SourceFile. */
const emitted = new WeakMap<SourceFile, Emitted>();

/**
 * Compiles the project's TypeScript files that a cell imports, directly or not. Type errors in them are left to
 * the project's own compiler; only syntax errors are reported.
 */
export function compileProjectModules(
  program: Program,
  cell: SourceFile,
): { imports: ProjectImports; diagnostics: readonly Diagnostic[] } {
  const importsOf = importsFrom(program, cell);
  const specifiers = pathsOf(importsOf.get(cell));
  importsOf.delete(cell);
  const files = [...importsOf.keys()];
  const diagnostics = files.flatMap((file) => [...program.getSyntacticDiagnostics(file)]);
  if (diagnostics.length > 0) return { imports: { specifiers: {}, modules: [] }, diagnostics };
  const modules = files.map((file): ProjectModule => {
    const { code, map } = emit(program, file);
    const version = versionOf(program, file, importsOf);
    return { path: file.fileName, version, code, map, imports: pathsOf(importsOf.get(file)) };
  });
  return { imports: { specifiers, modules }, diagnostics: [] };
}

/** The project's TypeScript files that a cell imports, directly or not. */
export function projectFiles(program: Program, cell: SourceFile): readonly SourceFile[] {
  return [...importsFrom(program, cell).keys()].filter((file) => file !== cell);
}

/** What a cell imports, and what that imports, by the files. */
function importsFrom(
  program: Program,
  cell: SourceFile,
): Map<SourceFile, ReadonlyMap<string, SourceFile>> {
  const importsOf = new Map<SourceFile, ReadonlyMap<string, SourceFile>>();
  const pending = [cell];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    const imports = projectImports(program, file);
    importsOf.set(file, imports);
    for (const imported of imports.values()) {
      if (!importsOf.has(imported)) pending.push(imported);
    }
  }
  return importsOf;
}

function pathsOf(imports: ReadonlyMap<string, SourceFile> = new Map()): Record<string, string> {
  return Object.fromEntries([...imports].map(([specifier, file]) => [specifier, file.fileName]));
}

/** The project files that a file imports, by specifier; without packages and declaration files. */
function projectImports(program: Program, file: SourceFile): Map<string, SourceFile> {
  const checker = program.getTypeChecker();
  const found = new Map<string, SourceFile>();
  const visit = (node: Node) => {
    const specifier = moduleSpecifier(node);
    if (specifier !== undefined && cellOfSpecifier(specifier.text) === undefined) {
      const target = checker.getSymbolAtLocation(specifier)?.valueDeclaration;
      if (target !== undefined && ts.isSourceFile(target) && isProjectSource(target)) {
        found.set(specifier.text, target);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function moduleSpecifier(node: Node): StringLiteralLike | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    const specifier = node.moduleSpecifier;
    return specifier !== undefined && ts.isStringLiteral(specifier) ? specifier : undefined;
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [specifier] = node.arguments;
    return specifier !== undefined && ts.isStringLiteralLike(specifier) ? specifier : undefined;
  }
  return undefined;
}

function isProjectSource(file: SourceFile): boolean {
  return (
    !file.isDeclarationFile &&
    /\.[mc]?tsx?$/.test(file.fileName) &&
    !file.fileName.includes('/node_modules/')
  );
}

function emit(program: Program, file: SourceFile): Emitted {
  const known = emitted.get(file);
  if (known !== undefined) return known;
  let code = '';
  let map = '';
  program.emit(file, (path, text) => {
    if (path.endsWith('.map')) map = text;
    else code = text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '');
  });
  const result = { code, map, hash: createHash('sha256').update(code).digest('hex') };
  emitted.set(file, result);
  return result;
}

function versionOf(
  program: Program,
  file: SourceFile,
  importsOf: ReadonlyMap<SourceFile, ReadonlyMap<string, SourceFile>>,
): string {
  const reached = new Set([file]);
  for (const at of reached) {
    for (const imported of importsOf.get(at)?.values() ?? []) reached.add(imported);
  }
  const hash = createHash('sha256');
  for (const at of [...reached].sort((a, b) => (a.fileName < b.fileName ? -1 : 1))) {
    hash.update(`${at.fileName}\n${emit(program, at).hash}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}
