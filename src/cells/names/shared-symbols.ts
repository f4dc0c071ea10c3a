// Symbols of shared names in a cell.

import type { ImportDeclaration, SourceFile, Symbol as TsSymbol, TypeChecker } from 'typescript';
import { cellOfSpecifier } from './cell-scope.js';
import type { DeclaredName } from './declared-name.js';
import { ts } from '../compiler/typescript.js';

/** The symbols of all shared names, with their names in the scope. */
export function sharedSymbols(
  checker: TypeChecker,
  file: SourceFile,
  declares: readonly DeclaredName[],
): ReadonlyMap<TsSymbol, string> {
  const own = new Map(declares.map((declared) => [declared.name, declared]));
  const shared = new Map<TsSymbol, string>();
  const add = (symbol: TsSymbol | undefined, name: string) => {
    if (symbol !== undefined && own.get(name)?.kind !== 'ambient') shared.set(symbol, name);
  };
  const module = checker.getSymbolAtLocation(file);
  for (const symbol of module === undefined ? [] : checker.getExportsOfModule(module)) {
    if (own.get(symbol.name)?.isExported === true) add(symbol, symbol.name);
  }
  for (const statement of file.statements) {
    if (ts.isExportDeclaration(statement) && statement.moduleSpecifier === undefined) {
      const clause = statement.exportClause;
      if (clause === undefined || !ts.isNamedExports(clause)) continue;
      for (const element of clause.elements) {
        const local = element.propertyName ?? element.name;
        add(checker.getExportSpecifierLocalTargetSymbol(element), local.text);
      }
    } else if (ts.isImportDeclaration(statement) && isFromCell(statement)) {
      const bindings = statement.importClause?.namedBindings;
      if (bindings === undefined || !ts.isNamedImports(bindings)) continue;
      for (const { name } of bindings.elements) add(checker.getSymbolAtLocation(name), name.text);
    } else if (ts.isVariableStatement(statement)) {
      for (const { name } of statement.declarationList.declarations) {
        // Only added imports declare a name that the cell itself does not.
        if (!ts.isIdentifier(name) || own.has(name.text)) continue;
        add(checker.getSymbolAtLocation(name), name.text);
      }
    }
  }
  return shared;
}

/** Whether an import was added for the names of an earlier cell. */
export function isFromCell(statement: ImportDeclaration): boolean {
  const specifier = statement.moduleSpecifier;
  return ts.isStringLiteral(specifier) && cellOfSpecifier(specifier.text) !== undefined;
}
