// The names that a cell takes from others: which it reads, which it changes, and which no cell declares.

import type { Expression, Identifier, Node, SourceFile, Symbol, TypeChecker } from 'typescript';
import { ts } from '../compiler/typescript.js';

/** A use of a name that a cell declares at its top level, or does not declare. */
export interface NameUse {
  readonly name: string;
  /** Where it stands in the cell, in characters from 0. */
  readonly start: number;
  /** Whether the cell itself declares it. */
  readonly isOwn: boolean;
  /** The cell that declares it, as `importsOfScope` names cells; undefined: this one, or none before it. */
  readonly cell: string | undefined;
  /**
   * Whether its value is changed: assigned, or by an assignment to a part of it, or by a method that changes what it
   * is called on. What functions do with their arguments is not followed.
   */
  readonly isChanged: boolean;
}

/** Methods of arrays, maps and sets that change them (ECMA-262, sections 23.1.3, 24.1.3 and 24.2.4). */
const changingMethods: ReadonlySet<string> = new Set(
  'copyWithin fill pop push reverse shift sort splice unshift set add delete clear'.split(' '),
);

/**
 * The uses of names that cells share, once for each place, in order. Symbols are TypeScript's: a name that a
 * parameter or a block declares is not one of them.
 *
 * @param length - Of the cell's own text in its file: what follows imports the names of other cells.
 */
export function namesUsed(file: SourceFile, checker: TypeChecker, length: number): NameUse[] {
  const found: NameUse[] = [];
  const own = ownSymbols(file, checker);
  const visit = (node: Node): void => {
    if (node.pos >= length) return;
    if (ts.isIdentifier(node) && isReference(node)) {
      const use = useOf(node, { own, checker, length });
      if (use !== undefined) found.push(use);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** The symbols of a cell's top-level declarations, by the export that stands behind its text. */
function ownSymbols(file: SourceFile, checker: TypeChecker): ReadonlySet<Symbol> {
  const specifiers = file.statements.flatMap((statement) =>
    ts.isExportDeclaration(statement) &&
    statement.exportClause !== undefined &&
    ts.isNamedExports(statement.exportClause)
      ? statement.exportClause.elements
      : [],
  );
  return new Set(
    specifiers.flatMap((specifier) => checker.getExportSpecifierLocalTargetSymbol(specifier) ?? []),
  );
}

function useOf(
  node: Identifier,
  { own, checker, length }: { own: ReadonlySet<Symbol>; checker: TypeChecker; length: number },
): NameUse | undefined {
  const { parent, text: name } = node;
  const symbol = ts.isShorthandPropertyAssignment(parent)
    ? checker.getShorthandAssignmentValueSymbol(parent)
    : ts.isExportSpecifier(parent)
      ? checker.getExportSpecifierLocalTargetSymbol(parent)
      : checker.getSymbolAtLocation(node);
  const declaration = symbol?.declarations?.[0];
  const use = { name, start: node.getStart(), isChanged: isTarget(node), isOwn: false };
  // Unknown types have symbols without a declaration; so have `undefined` and `arguments`, which are no types.
  const isUnknownType = declaration === undefined && ts.isTypeReferenceNode(parent);
  if (symbol === undefined || isUnknownType || checker.isUnknownSymbol(symbol)) {
    return { ...use, cell: undefined };
  }
  const isOfOther =
    declaration !== undefined &&
    declaration.getSourceFile() === node.getSourceFile() &&
    declaration.pos >= length;
  if (isOfOther) return { ...use, cell: cellThatDeclares(declaration) };
  return own.has(symbol) ? { ...use, isOwn: true, cell: undefined } : undefined;
}

/** The cell that an imported name is of, by the specifier in the statement that imports it. */
function cellThatDeclares(declaration: Node): string | undefined {
  let statement = declaration;
  while (!ts.isSourceFile(statement.parent)) statement = statement.parent;
  return /"cell:((?:[^"\\]|\\.)*)"/.exec(statement.getText())?.[1];
}

/** Whether an identifier refers to a declaration by its name alone. */
export function isReference(node: Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isQualifiedName(parent)) return parent.left === node;
  if (ts.isImportSpecifier(parent) || ts.isImportClause(parent)) return false;
  if (ts.isExportSpecifier(parent)) return (parent.propertyName ?? parent.name) === node;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent)) return false;
  if (ts.isMetaProperty(parent) || ts.isJsxAttribute(parent)) return false;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  // Of a declaration, a property or a member only the name is none.
  return !('name' in parent) || parent.name !== node;
}

/** Whether what an identifier stands for is changed. */
export function isTarget(node: Identifier): boolean {
  let part: Expression = node;
  while (isPartOf(part.parent, part)) part = part.parent;
  const { parent } = part;
  if (ts.isBinaryExpression(parent)) {
    const { kind } = parent.operatorToken;
    const isAssignment =
      kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
    return isAssignment && parent.left === part;
  }
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) {
    return (
      parent.operator === ts.SyntaxKind.PlusPlusToken ||
      parent.operator === ts.SyntaxKind.MinusMinusToken
    );
  }
  if (ts.isDeleteExpression(parent)) return part !== node;
  if (ts.isForInStatement(parent) || ts.isForOfStatement(parent)) {
    return parent.initializer === part;
  }
  if (ts.isCallExpression(parent)) {
    if (parent.expression === part && ts.isPropertyAccessExpression(part)) {
      return changingMethods.has(part.name.text);
    }
    return parent.arguments[0] === part && parent.expression.getText() === 'Object.assign';
  }
  return isPatternTarget(part);
}

/** Whether an expression is a part of another one that leads to what is changed: `a.b`, `a[0]`, `a!`, `(a)`. */
function isPartOf(
  parent: Node,
  part: Expression,
): parent is Expression & { readonly parent: Node } {
  return (
    ((ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent)) &&
      parent.expression === part) ||
    ts.isNonNullExpression(parent) ||
    ts.isParenthesizedExpression(parent) ||
    ts.isAsExpression(parent) ||
    ts.isSatisfiesExpression(parent)
  );
}

/** Whether an expression is assigned by a pattern: `[a, b.c] = …`, `({ d: a } = …)`. */
function isPatternTarget(part: Node): boolean {
  let inner = part;
  let { parent } = part;
  while (
    (ts.isPropertyAssignment(parent) && parent.initializer === inner) ||
    ts.isShorthandPropertyAssignment(parent) ||
    ts.isSpreadElement(parent) ||
    ts.isSpreadAssignment(parent) ||
    ts.isArrayLiteralExpression(parent) ||
    ts.isObjectLiteralExpression(parent)
  ) {
    inner = parent;
    parent = parent.parent;
  }
  if (inner === part) return false;
  if (ts.isParenthesizedExpression(parent)) return false;
  return (
    (ts.isBinaryExpression(parent) &&
      parent.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
      parent.left === inner) ||
    ((ts.isForOfStatement(parent) || ts.isForInStatement(parent)) && parent.initializer === inner)
  );
}
