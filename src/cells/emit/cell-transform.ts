// The transformation of a cell into an async function with shared variables.

import type {
  BindingName,
  ClassDeclaration,
  Expression,
  ForOfStatement,
  FunctionDeclaration,
  Identifier,
  ImportDeclaration,
  Node,
  SourceFile,
  Statement,
  Symbol as TsSymbol,
  TransformationContext,
  TransformerFactory,
  TypeChecker,
  VariableDeclaration,
  VariableDeclarationList,
  Visitor,
} from 'typescript';
import { assignmentTarget, namedValue } from './assignment.js';
import type { CellParameter } from './cell-parameters.js';
import type { DeclaredName } from '../names/declared-name.js';
import { importedNames } from '../names/declared-names.js';
import { withResult } from '../last-expression.js';
import { isFromCell, sharedSymbols } from '../names/shared-symbols.js';
import { ts } from '../compiler/typescript.js';

/**
 * Transforms a cell, a module without types, into the body of an async function: its top-level declarations become
 * properties of the shared scope, imports become awaited calls, and the value of the last expression is returned
 * as the element of an array.
 *
 * @param declares - The cell's declarations by {@link declaredNames}.
 */
export function cellTransform(
  checker: TypeChecker,
  file: SourceFile,
  declares: readonly DeclaredName[],
): TransformerFactory<SourceFile> {
  const shared = sharedSymbols(checker, file, declares);
  return (context) => (root) => new CellTransformer(context, checker, shared).transform(root);
}

class CellTransformer {
  readonly #context: TransformationContext;
  readonly #checker: TypeChecker;
  readonly #shared: ReadonlyMap<TsSymbol, string>;
  /** The class, enum or namespace being declared: its own body refers to it by its local name. */
  #declaring: string | undefined;

  constructor(
    context: TransformationContext,
    checker: TypeChecker,
    shared: ReadonlyMap<TsSymbol, string>,
  ) {
    this.#context = context;
    this.#checker = checker;
    this.#shared = shared;
  }

  transform(root: SourceFile): SourceFile {
    const { factory } = this.#context;
    const imports: Statement[] = [];
    const functions: Statement[] = [];
    const body: Statement[] = [];
    for (const statement of root.statements) {
      if (ts.isImportDeclaration(statement)) {
        if (!isFromCell(statement)) imports.push(this.#import(statement));
      } else if (ts.isFunctionDeclaration(statement)) {
        const declaration = this.#function(statement);
        if (declaration?.name === undefined) continue;
        functions.push(this.#share(declaration.name.text, statement));
        body.push(declaration);
      } else {
        body.push(...this.#statement(statement));
      }
    }
    return factory.updateSourceFile(root, [...imports, ...functions, ...withResult(body, factory)]);
  }

  #statement(statement: Statement): Statement[] {
    if (ts.isExportDeclaration(statement) || ts.isExportAssignment(statement)) return [];
    // Removes leftovers of types.
    if (statement.kind === ts.SyntaxKind.NotEmittedStatement) return [statement];
    const original = ts.getOriginalNode(statement);
    if (
      ts.isVariableStatement(statement) &&
      (ts.isVariableStatement(original) || ts.isImportEqualsDeclaration(original))
    ) {
      // Temporary variables of the compiler are not shared.
      return this.#isShared(statement.declarationList)
        ? this.#assignments(statement.declarationList, statement)
        : [ts.visitEachChild(statement, this.#visit, this.#context)];
    }
    if (
      !ts.isClassDeclaration(original) &&
      !ts.isEnumDeclaration(original) &&
      !ts.isModuleDeclaration(original)
    ) {
      return [ts.visitNode(statement, this.#visit) as Statement];
    }
    const name = original.name?.text;
    if (name === undefined) return [];
    const before = this.#declaring;
    this.#declaring = name;
    const declared = ts.isClassDeclaration(statement)
      ? this.#class(statement)
      : this.#filled(statement);
    this.#declaring = before;
    // `var E;` precedes the code that fills the enum E.
    const isFilled = !ts.isVariableStatement(statement) || ts.isClassDeclaration(original);
    return isFilled ? [declared, this.#share(name, statement)] : [declared];
  }

  /** A statement of an enum or namespace: the variable, or the code that fills it. */
  #filled(statement: Statement): Statement {
    const visited = ts.visitEachChild(statement, this.#visit, this.#context);
    if (!ts.isVariableStatement(visited)) return visited;
    const modifiers = withoutExport(visited.modifiers);
    const { factory } = this.#context;
    return factory.updateVariableStatement(visited, modifiers, visited.declarationList);
  }

  /** `__scope__.name = name`, for declarations that stay as they are. */
  #share(name: string, declaration: Statement): Statement {
    const { factory } = this.#context;
    const statement = factory.createExpressionStatement(
      factory.createAssignment(this.#access(name), factory.createIdentifier(name)),
    );
    return ts.setOriginalNode(statement, declaration);
  }

  #access(name: string): Expression {
    return this.#context.factory.createPropertyAccessExpression(this.#parameter('__scope__'), name);
  }

  #parameter(name: CellParameter): Identifier {
    return this.#context.factory.createIdentifier(name);
  }

  /** The shared name of an identifier; undefined: it is local. */
  #sharedName(identifier: Identifier): string | undefined {
    const original = ts.getOriginalNode(identifier);
    if (!ts.isIdentifier(original) || original.pos < 0) return undefined;
    const parent = original.parent as Node | undefined;
    const symbol =
      parent !== undefined && ts.isShorthandPropertyAssignment(parent) && parent.name === original
        ? this.#checker.getShorthandAssignmentValueSymbol(parent)
        : this.#checker.getSymbolAtLocation(original);
    const name = symbol === undefined ? undefined : this.#shared.get(symbol);
    return name === this.#declaring ? undefined : name;
  }

  #reference(identifier: Identifier): Expression {
    const name = this.#sharedName(identifier);
    if (name === undefined) return identifier;
    const access = this.#access(name);
    ts.setOriginalNode(access, identifier);
    return ts.setSourceMapRange(access, identifier);
  }

  readonly #visit: Visitor = (node) => {
    const { factory } = this.#context;
    if (ts.isIdentifier(node)) return this.#reference(node);
    if (ts.isShorthandPropertyAssignment(node)) {
      const name = this.#sharedName(node.name);
      if (name === undefined) return ts.visitEachChild(node, this.#visit, this.#context);
      const fallback = node.objectAssignmentInitializer;
      const value =
        fallback === undefined
          ? this.#access(name)
          : factory.createAssignment(this.#access(name), this.#expression(fallback));
      return factory.createPropertyAssignment(node.name.text, value);
    }
    if (ts.isCallExpression(node)) {
      if (node.expression.kind === ts.SyntaxKind.ImportKeyword) {
        const call = factory.createCallExpression(
          this.#parameter('__import__'),
          undefined,
          node.arguments.map((argument) => this.#expression(argument)),
        );
        return ts.setSourceMapRange(call, node);
      }
      return ts.visitEachChild(node, this.#visitCallee(node.expression), this.#context);
    }
    if (ts.isTaggedTemplateExpression(node)) {
      return ts.visitEachChild(node, this.#visitCallee(node.tag), this.#context);
    }
    if (ts.isAwaitExpression(node)) {
      const awaited = ts.visitEachChild(node, this.#visit, this.#context);
      return factory.createCallExpression(this.#parameter('__resume__'), undefined, [awaited]);
    }
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) {
      return this.#parameter('__meta__');
    }
    if (ts.isVariableStatement(node) && this.#isSharedVar(node.declarationList)) {
      return this.#assignments(node.declarationList, node);
    }
    if (ts.isForStatement(node)) return this.#for(node);
    if (ts.isForOfStatement(node) || ts.isForInStatement(node)) return this.#forEach(node);
    if (isNamed(node)) {
      // The own name of a function or class stays.
      const visit: Visitor = (child) => (child === node.name ? child : this.#visit(child));
      return ts.visitEachChild(node, visit, this.#context);
    }
    return ts.visitEachChild(node, this.#visit, this.#context);
  };

  #expression(node: Expression): Expression {
    return ts.visitNode(node, this.#visit) as Expression;
  }

  /** `f()` must not become `__scope__.f()`, which would make the scope `f`'s `this`. */
  #visitCallee(callee: Expression): Visitor {
    return (child) => {
      if (child !== callee || !ts.isIdentifier(child)) return this.#visit(child);
      const reference = this.#reference(child);
      if (reference === child) return child;
      const { factory } = this.#context;
      const detached = factory.createParenthesizedExpression(
        factory.createComma(factory.createNumericLiteral(0), reference),
      );
      // Stack traces name the identifier.
      ts.setEmitFlags(detached, ts.EmitFlags.NoTrailingSourceMap);
      ts.setEmitFlags(reference, ts.EmitFlags.NoTrailingSourceMap);
      return ts.setSourceMapRange(detached, child);
    };
  }

  #import(statement: ImportDeclaration): Statement {
    const { factory } = this.#context;
    const call = factory.createCallExpression(this.#parameter('__bind__'), undefined, [
      statement.moduleSpecifier,
      factory.createObjectLiteralExpression(
        importedNames(statement).map(([local, imported]) =>
          factory.createPropertyAssignment(local, factory.createStringLiteral(imported)),
        ),
      ),
    ]);
    ts.setSourceMapRange(call, statement);
    return factory.createExpressionStatement(factory.createAwaitExpression(call));
  }

  #function(node: FunctionDeclaration): FunctionDeclaration | undefined {
    if (node.name === undefined) return undefined;
    const visited = this.#visit(node) as FunctionDeclaration;
    return this.#context.factory.updateFunctionDeclaration(
      visited,
      withoutExport(visited.modifiers),
      visited.asteriskToken,
      visited.name,
      visited.typeParameters,
      visited.parameters,
      visited.type,
      visited.body,
    );
  }

  #class(node: ClassDeclaration): ClassDeclaration {
    const visited = this.#visit(node) as ClassDeclaration;
    return this.#context.factory.updateClassDeclaration(
      visited,
      withoutExport(visited.modifiers),
      visited.name,
      visited.typeParameters,
      visited.heritageClauses,
      visited.members,
    );
  }

  /** Declarations of shared names as assignments. */
  #assignments(list: VariableDeclarationList, origin: Node): Statement[] {
    const { factory } = this.#context;
    const isHoisted = (list.flags & ts.NodeFlags.BlockScoped) === 0;
    return list.declarations.flatMap((declaration) => {
      // `var x;` keeps the value of x.
      if (isHoisted && declaration.initializer === undefined) return [];
      const statement = factory.createExpressionStatement(this.#assignment(declaration));
      ts.setOriginalNode(statement, origin);
      return [ts.setSourceMapRange(statement, declaration)];
    });
  }

  #assignment({ name, initializer }: VariableDeclaration): Expression {
    const { factory } = this.#context;
    const value =
      initializer === undefined ? factory.createVoidZero() : this.#expression(initializer);
    const assignment = factory.createAssignment(
      this.#target(name),
      ts.isIdentifier(name) ? namedValue(name.text, value, factory) : value,
    );
    // A pattern would otherwise begin a block.
    return ts.isIdentifier(name) ? assignment : factory.createParenthesizedExpression(assignment);
  }

  #target(name: BindingName): Expression {
    return assignmentTarget(name, {
      factory: this.#context.factory,
      reference: (identifier) => this.#reference(identifier),
      expression: (node) => this.#expression(node),
    });
  }

  /** Whether it is a `var` inside a block or loop with shared names. */
  #isSharedVar(list: VariableDeclarationList): boolean {
    return (list.flags & ts.NodeFlags.BlockScoped) === 0 && this.#isShared(list);
  }

  #isShared(list: VariableDeclarationList): boolean {
    return list.declarations.some(({ name }) => this.#isSharedName(name));
  }

  #isSharedName(name: BindingName): boolean {
    if (ts.isIdentifier(name)) return this.#sharedName(name) !== undefined;
    return name.elements.some(
      (element) => ts.isBindingElement(element) && this.#isSharedName(element.name),
    );
  }

  #for(node: import('typescript').ForStatement): Node {
    const visited = ts.visitEachChild(
      node,
      (child) => (child === node.initializer ? child : this.#visit(child)),
      this.#context,
    );
    const { factory } = this.#context;
    const { initializer } = node;
    if (initializer === undefined) return visited;
    if (!ts.isVariableDeclarationList(initializer) || !this.#isSharedVar(initializer)) {
      return ts.visitEachChild(node, this.#visit, this.#context);
    }
    const assignments = initializer.declarations
      .filter((declaration) => declaration.initializer !== undefined)
      .map((declaration) => this.#assignment(declaration));
    return factory.updateForStatement(
      visited,
      assignments.length === 0
        ? undefined
        : assignments.reduce((all, next) => factory.createComma(all, next)),
      visited.condition,
      visited.incrementor,
      visited.statement,
    );
  }

  #forEach(node: ForOfStatement | import('typescript').ForInStatement): Node {
    const { factory } = this.#context;
    const { initializer } = node;
    const [declaration] = ts.isVariableDeclarationList(initializer) ? initializer.declarations : [];
    const target =
      declaration !== undefined && this.#isSharedVar(initializer as VariableDeclarationList)
        ? this.#target(declaration.name)
        : (ts.visitNode(initializer, this.#visit) as typeof initializer);
    const subject = this.#expression(node.expression);
    const body = ts.visitNode(node.statement, this.#visit) as Statement;
    if (ts.isForInStatement(node)) return factory.updateForInStatement(node, target, subject, body);
    if (node.awaitModifier === undefined) {
      return factory.updateForOfStatement(node, undefined, target, subject, body);
    }
    const resume = factory.createExpressionStatement(
      factory.createCallExpression(this.#parameter('__resume__'), undefined, []),
    );
    return factory.updateForOfStatement(
      node,
      node.awaitModifier,
      target,
      subject,
      factory.createBlock([resume, body]),
    );
  }
}

function isNamed(node: Node): node is Node & { name?: Node } {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isClassDeclaration(node) ||
    ts.isClassExpression(node)
  );
}

function withoutExport<T extends Node>(modifiers: readonly T[] | undefined): T[] | undefined {
  return modifiers?.filter(
    ({ kind }) => kind !== ts.SyntaxKind.ExportKeyword && kind !== ts.SyntaxKind.DefaultKeyword,
  );
}
