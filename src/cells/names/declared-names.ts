// The names that a cell declares.

import type { BindingName, ImportDeclaration, Node, SourceFile, Statement } from 'typescript';
import { ts } from '../compiler/typescript.js';
import { hasValue, type DeclarationKind, type DeclaredName } from './declared-name.js';

/** The values and types that a cell declares at its top level, each once, in order. */
export function declaredNames(file: SourceFile): DeclaredName[] {
  const names = new Map<string, DeclaredName>();
  const add = (name: string, kind: DeclarationKind, statement: Node) => {
    const isExported = hasModifier(statement, ts.SyntaxKind.ExportKeyword);
    const before = names.get(name);
    names.set(name, {
      name,
      // Of overloads, merged interfaces, or a class with its namespace, the declaration with a value counts.
      kind: before !== undefined && hasValue(before) ? before.kind : kind,
      start: before?.start ?? placeOf(name, statement, file),
      isExported: isExported || before?.isExported === true,
    });
  };
  for (const statement of file.statements) addStatement(statement, add);
  return [...names.values()];
}

/** {@link declaredNames} of a cell's text. */
export function namesDeclaredIn(source: string): DeclaredName[] {
  return declaredNames(ts.createSourceFile('cell.ts', source, ts.ScriptTarget.Latest));
}

/** Where a name stands in the statement that declares it. */
function placeOf(name: string, statement: Node, file: SourceFile): number {
  const begin = statement.getStart(file);
  const words = file.text
    .slice(begin, statement.end)
    .matchAll(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu);
  return begin + ([...words].find(([word]) => word === name)?.index ?? 0);
}

/** Names that a binding pattern declares. */
export function boundNames(name: BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) =>
    ts.isBindingElement(element) ? boundNames(element.name) : [],
  );
}

/** The names of an import, each with its exported name: `default`, and `*` for the module itself. */
export function importedNames(statement: ImportDeclaration): [local: string, imported: string][] {
  const names: [local: string, imported: string][] = [];
  const clause = statement.importClause;
  if (clause?.name !== undefined) names.push([clause.name.text, 'default']);
  const bindings = clause?.namedBindings;
  if (bindings === undefined) return names;
  if (ts.isNamespaceImport(bindings)) names.push([bindings.name.text, '*']);
  else {
    for (const { name, propertyName } of bindings.elements) {
      names.push([name.text, (propertyName ?? name).text]);
    }
  }
  return names;
}

type Add = (name: string, kind: DeclarationKind, statement: Node) => void;

function addStatement(statement: Statement, add: Add): void {
  if (ts.isVariableStatement(statement)) {
    const isConstant = (statement.declarationList.flags & ts.NodeFlags.Constant) !== 0;
    const kind = isAmbient(statement) ? 'ambient' : isConstant ? 'constant' : 'variable';
    for (const { name } of statement.declarationList.declarations) {
      for (const bound of boundNames(name)) add(bound, kind, statement);
    }
  } else if (ts.isImportDeclaration(statement)) {
    for (const [local] of importedNames(statement)) add(local, 'constant', statement);
  } else if (ts.isImportEqualsDeclaration(statement)) {
    add(statement.name.text, 'constant', statement);
  } else if (
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isEnumDeclaration(statement)
  ) {
    if (hasModifier(statement, ts.SyntaxKind.DefaultKeyword)) return;
    if (statement.name === undefined) return;
    add(statement.name.text, isAmbient(statement) ? 'ambient' : 'constant', statement);
  } else if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
    add(statement.name.text, 'type', statement);
  } else if (ts.isModuleDeclaration(statement)) {
    if (!ts.isIdentifier(statement.name) || isGlobalAugmentation(statement)) return;
    add(statement.name.text, isAmbient(statement) ? 'ambient' : 'constant', statement);
  } else {
    addHoisted(statement, add);
  }
}

/** A `var` inside a block or a loop belongs to the whole cell. */
function addHoisted(node: Node, add: Add): void {
  if (ts.isFunctionLike(node) || ts.isClassLike(node)) return;
  if (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) === 0) {
    for (const { name } of node.declarations) {
      for (const bound of boundNames(name)) add(bound, 'variable', node);
    }
  }
  ts.forEachChild(node, (child) => {
    addHoisted(child, add);
  });
}

/** Whether a cell has `declare global` or `declare module 'x'`, which all others see. */
export function augmentsOthers(file: SourceFile): boolean {
  return file.statements.some(
    (statement) =>
      ts.isModuleDeclaration(statement) &&
      (ts.isStringLiteral(statement.name) || isGlobalAugmentation(statement)),
  );
}

function isGlobalAugmentation(statement: Node): boolean {
  return (statement.flags & ts.NodeFlags.GlobalAugmentation) !== 0;
}

function isAmbient(statement: Node): boolean {
  return hasModifier(statement, ts.SyntaxKind.DeclareKeyword);
}

function hasModifier(node: Node, kind: import('typescript').SyntaxKind): boolean {
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) ?? false)
  );
}
