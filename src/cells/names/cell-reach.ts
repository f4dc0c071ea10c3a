// What a cell reaches beyond the names that cells share: the world that all runs in one process have in common.

import type { Expression, Identifier, Node, SourceFile, Statement, TypeChecker } from 'typescript';
import { ts } from '../compiler/typescript.js';
import { isReference, isTarget } from './cell-names.js';
import { boundNames } from './declared-names.js';

/** What a top-level name of a cell is. */
export interface NameReach {
  /** The module that it is imported from; absent: the cell makes it. */
  readonly module?: string;
  /**
   * Whether its value holds nothing but what can be seen: it is a function, a class or a literal of these, so they close
   * over names that cells share and over nothing else.
   */
  readonly isClosed: boolean;
  /** The identifiers in its declaration. */
  readonly mentions: readonly string[];
  /** The first thing in its declaration that may act on what is not in the names that cells share: `process`. */
  readonly beyond?: string;
}

/** What a cell reaches. */
export interface CellReach {
  /** Its top-level names. */
  readonly names: Readonly<Record<string, NameReach>>;
  /** Modules that it imports for their effects alone. */
  readonly effects: readonly string[];
  /** The first thing in it that may act on what is not in the names that cells share. */
  readonly beyond?: string;
  /** The first thing in it that goes on after the cell has ended: `setInterval`. */
  readonly goesOn?: string;
  /** Whether it only declares, and shows nothing meanwhile. */
  readonly isDeclarative: boolean;
}

/** Globals without a state of their own, or with one that nobody sees. */
const stateless: ReadonlySet<string> = new Set(
  [
    'undefined NaN Infinity Math JSON Object Array String Number Boolean BigInt Symbol Date RegExp Map Set Promise',
    'Error TypeError RangeError SyntaxError EvalError URIError ReferenceError AggregateError Intl console',
    'parseInt parseFloat isNaN isFinite encodeURIComponent decodeURIComponent encodeURI decodeURI structuredClone',
    'ArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array',
    'Float32Array Float64Array BigInt64Array BigUint64Array TextEncoder TextDecoder URL URLSearchParams Iterator',
    'performance arguments',
  ].flatMap((words) => words.split(' ')),
);

/** Of these globals, only the parts that change nothing. */
const harmlessParts: Readonly<Record<string, ReadonlySet<string>>> = {
  Object: new Set(
    'keys values entries fromEntries assign groupBy is hasOwn getOwnPropertyNames'.split(' '),
  ),
  console: new Set('log info warn error debug table dir'.split(' ')),
  Symbol: new Set(['iterator', 'asyncIterator', 'toStringTag']),
  RegExp: new Set(['escape']),
  performance: new Set(['now']),
};

/** Properties that lead from a value to what all values of its kind share. */
const sharedParts: ReadonlySet<string> = new Set(
  '__proto__ prototype constructor __defineGetter__ __defineSetter__ caller callee'.split(' '),
);

/** What calls code later. */
const later: ReadonlySet<string> = new Set(
  'setTimeout setInterval setImmediate queueMicrotask nextTick Worker MessageChannel BroadcastChannel WebSocket EventSource'.split(
    ' ',
  ),
);
const laterModules =
  /^(?:node:)?(?:timers|worker_threads|child_process|cluster|net|http2?|dgram)\b/;

/**
 * What a cell reaches.
 *
 * @param length - Of the cell's own text in its file: what follows imports the names of other cells.
 */
export function cellReach(file: SourceFile, checker: TypeChecker, length: number): CellReach {
  const statements = file.statements.filter(({ pos }) => pos < length);
  const names = Object.create(null) as Record<string, NameReach>;
  const effects: string[] = [];
  for (const statement of statements) {
    if (ts.isImportDeclaration(statement)) {
      const module = specifierOf(statement.moduleSpecifier);
      const { importClause: clause } = statement;
      if (clause === undefined) effects.push(module);
      else for (const name of importedLocals(clause)) names[name] = importReach(module);
    } else {
      for (const [name, part, isClosed] of declarations(statement)) {
        const { mentions, beyond } = lookAt([part], file, checker);
        names[name] = { isClosed, mentions, ...(beyond === undefined ? {} : { beyond }) };
      }
    }
  }
  const { beyond, goesOn } = lookAt(statements, file, checker);
  return {
    ...{ names, effects },
    ...(beyond === undefined ? {} : { beyond }),
    ...(goesOn === undefined ? {} : { goesOn }),
    isDeclarative: statements.every(
      (statement) =>
        ts.isImportDeclaration(statement) ||
        (ts.isVariableStatement(statement) &&
          statement.declarationList.declarations.every(({ initializer }) =>
            isQuiet(initializer),
          )) ||
        ts.isTypeAliasDeclaration(statement) ||
        ts.isInterfaceDeclaration(statement) ||
        ts.isFunctionDeclaration(statement),
    ),
  };
}

function importReach(module: string): NameReach {
  return { module, isClosed: false, mentions: [] };
}

function specifierOf(node: Expression): string {
  return ts.isStringLiteralLike(node) ? node.text : node.getText();
}

function importedLocals(clause: import('typescript').ImportClause): string[] {
  const { namedBindings: bindings } = clause;
  const named =
    bindings === undefined
      ? []
      : ts.isNamespaceImport(bindings)
        ? [bindings.name.text]
        : bindings.elements.map(({ name }) => name.text);
  return clause.name === undefined ? named : [clause.name.text, ...named];
}

/** The top-level names of a statement, the part that declares each, and whether its value is closed. */
function declarations(statement: Statement): [name: string, part: Node, isClosed: boolean][] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap((declaration) =>
      boundNames(declaration.name).map((name): [string, Node, boolean] => [
        name,
        declaration,
        ts.isIdentifier(declaration.name) && isLiteral(declaration.initializer),
      ]),
    );
  }
  if (ts.isFunctionDeclaration(statement) && statement.name !== undefined) {
    return [[statement.name.text, statement, true]];
  }
  if (ts.isClassDeclaration(statement) && statement.name !== undefined) {
    return [[statement.name.text, statement, !hasHiddenParts(statement)]];
  }
  if (ts.isEnumDeclaration(statement)) return [[statement.name.text, statement, false]];
  return [];
}

/** Whether an expression makes functions that close over nothing but names of the top level, if any. */
function isLiteral(node: Expression | undefined): boolean {
  if (node === undefined) return false;
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return true;
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) {
    return isLiteral(node.expression);
  }
  if (ts.isSatisfiesExpression(node)) return isLiteral(node.expression);
  if (ts.isArrayLiteralExpression(node)) return node.elements.every(isLiteral);
  if (ts.isObjectLiteralExpression(node)) {
    return node.properties.every(
      (property) =>
        ts.isMethodDeclaration(property) ||
        (ts.isPropertyAssignment(property) &&
          !ts.isComputedPropertyName(property.name) &&
          isLiteral(property.initializer)),
    );
  }
  return ts.isLiteralExpression(node) || ts.isIdentifier(node) || isWord(node);
}

/** Whether an initial value is made without showing anything. */
function isQuiet(node: Expression | undefined): boolean {
  if (node !== undefined && ts.isCallExpression(node)) {
    return node.expression.getText() === 'choicesFrom' && node.arguments.every(isQuiet);
  }
  if (node !== undefined && ts.isPrefixUnaryExpression(node)) return isQuiet(node.operand);
  return node === undefined || isLiteral(node);
}

function isWord({ kind }: Node): boolean {
  const { TrueKeyword, FalseKeyword, NullKeyword } = ts.SyntaxKind;
  return kind === TrueKeyword || kind === FalseKeyword || kind === NullKeyword;
}

/** Whether instances of a class may hold what nobody can look at. */
function hasHiddenParts(node: import('typescript').ClassDeclaration): boolean {
  let isHidden = node.heritageClauses?.some(({ token }) => token === ts.SyntaxKind.ExtendsKeyword);
  const visit = (part: Node): void => {
    if (ts.isPrivateIdentifier(part) || ts.isClassStaticBlockDeclaration(part)) isHidden = true;
    else ts.forEachChild(part, visit);
  };
  visit(node);
  return isHidden === true;
}

/** The identifiers in code, and what in it reaches beyond the names that cells share. */
function lookAt(
  nodes: readonly Node[],
  file: SourceFile,
  checker: TypeChecker,
): { mentions: readonly string[]; beyond?: string; goesOn?: string } {
  const mentions = new Set<string>();
  let beyond: string | undefined;
  let goesOn: string | undefined;
  const visit = (node: Node): void => {
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    if (ts.isImportDeclaration(node)) {
      const module = specifierOf(node.moduleSpecifier);
      if (laterModules.test(module)) goesOn ??= module;
      return;
    }
    if (ts.isIdentifier(node) && isReference(node)) {
      mentions.add(node.text);
      beyond ??= beyondOf(node, file, checker);
    }
    if (ts.isIdentifier(node) && later.has(node.text)) goesOn ??= node.text;
    beyond ??= sharedPart(node) ?? byImport(node);
    ts.forEachChild(node, visit);
  };
  for (const node of nodes) visit(node);
  return {
    mentions: [...mentions],
    ...(beyond === undefined ? {} : { beyond }),
    ...(goesOn === undefined ? {} : { goesOn }),
  };
}

/** The global that an identifier is, unless it is harmless there. */
function beyondOf(node: Identifier, file: SourceFile, checker: TypeChecker): string | undefined {
  const { parent, text } = node;
  const symbol = ts.isShorthandPropertyAssignment(parent)
    ? checker.getShorthandAssignmentValueSymbol(parent)
    : checker.getSymbolAtLocation(node);
  const declared = symbol?.declarations ?? [];
  if (declared.some((declaration) => declaration.getSourceFile() === file)) return undefined;
  if (!stateless.has(text) || isTarget(node)) return text;
  const parts = harmlessParts[text];
  if (parts === undefined) return undefined;
  if (ts.isPropertyAccessExpression(parent) && parent.expression === node) {
    return parts.has(parent.name.text) ? undefined : `${text}.${parent.name.text}`;
  }
  // Called, or on the right of instanceof, it leads to nothing that it holds.
  const isCalled =
    (ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression === node;
  const isTested =
    ts.isBinaryExpression(parent) &&
    parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword &&
    parent.right === node;
  return isCalled || isTested ? undefined : text;
}

function sharedPart(node: Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) && sharedParts.has(node.name.text)) {
    return `.${node.name.text}`;
  }
  if (ts.isElementAccessExpression(node)) {
    const key = node.argumentExpression;
    if (ts.isStringLiteralLike(key) && sharedParts.has(key.text)) return `.${key.text}`;
  }
  if (ts.isBindingElement(node)) {
    const key = node.propertyName ?? node.name;
    if ((ts.isIdentifier(key) || ts.isStringLiteralLike(key)) && sharedParts.has(key.text)) {
      return `.${key.text}`;
    }
  }
  return undefined;
}

function byImport(node: Node): string | undefined {
  if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) {
    return 'import.meta';
  }
  return ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
    ? 'import()'
    : undefined;
}
