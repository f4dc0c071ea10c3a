// This folder is about the parameters of one notebook: what it declares (this file), what is given, whether that fits
// (parameter-type.ts), and how it gets into the notebook (apply-parameters.ts). Secrets are masked by redact.ts.

import type ts from 'typescript';
import { isDay, type ParameterType, type ParameterValue } from './parameter-type.js';

/** A declared parameter: `const province: 'ON' | 'QC' = 'ON';` */
export interface DeclaredParameter {
  readonly name: string;
  readonly type: ParameterType;
  /** The value in the notebook; undefined: it is computed. */
  readonly standing: ParameterValue | undefined;
  /** Its documentation comment on one line. */
  readonly description: string;
  /** For a parameter with `@secret` in its comment: the environment variable of its value. */
  readonly secret: { readonly variable: string } | undefined;
  /** The query of its values, for `choicesFrom(query, value)`. */
  readonly query: string | undefined;
  /** Whether the types of the notebook are the same for each of its values. */
  readonly isOneType: boolean;
  /** The range of its value in the cell's source. */
  readonly start: number;
  readonly end: number;
}

/**
 * Reads the declarations of a cell with the tag `parameters`.
 *
 * @throws Error for a secret that is not read from the environment.
 */
export async function declaredParameters(source: string): Promise<DeclaredParameter[]> {
  // The compiler takes a fifth of a second to load, and most runs have no parameters.
  const { default: compiler } = await import('typescript');
  const file = compiler.createSourceFile(
    'parameters.ts',
    source,
    compiler.ScriptTarget.Latest,
    true,
  );
  return file.statements.flatMap((statement) => {
    if (!compiler.isVariableStatement(statement)) return [];
    const [comment] = compiler.getJSDocCommentsAndTags(statement).filter(compiler.isJSDoc);
    const isSecret = comment?.tags?.some(({ tagName }) => tagName.text === 'secret') === true;
    const text = compiler.getTextOfJSDocComment(comment?.comment) ?? '';
    return statement.declarationList.declarations.flatMap((declaration) => {
      const { name, type } = declaration;
      if (!compiler.isIdentifier(name) || declaration.initializer === undefined) return [];
      const { query, value: initializer } = choicesOf(compiler, declaration.initializer);
      const standing = literalOf(compiler, initializer);
      const variable = environmentVariable(compiler, initializer);
      if (isSecret && variable === undefined) {
        throw new Error(
          `${name.text} is marked as secret, so it has to be read from the environment, like process.env['${name.text.toUpperCase()}'] ?? ''`,
        );
      }
      return [
        {
          name: name.text,
          type:
            type === undefined
              ? typeOfValue(compiler, initializer, standing)
              : typeOf(compiler, type, standing),
          standing,
          description: text.replace(/\s+/g, ' ').trim(),
          query,
          secret: isSecret && variable !== undefined ? { variable } : undefined,
          isOneType:
            (type !== undefined || (query !== undefined && isTextOrNumber(standing))) &&
            countOf(compiler, name.text, file) === 1,
          start: initializer.getStart(file),
          end: initializer.getEnd(),
        },
      ];
    });
  });
}

/** Query and value of `choicesFrom(query, value)`; every other expression is the value itself. */
function choicesOf(
  compiler: typeof ts,
  expression: ts.Expression,
): { readonly query: string | undefined; readonly value: ts.Expression } {
  if (compiler.isCallExpression(expression) && expression.expression.getText() === 'choicesFrom') {
    const [sql, value] = expression.arguments;
    if (sql !== undefined && value !== undefined && compiler.isStringLiteralLike(sql)) {
      return { query: sql.text, value };
    }
  }
  return { query: undefined, value: expression };
}

function typeOf(
  compiler: typeof ts,
  node: ts.TypeNode,
  standing: ParameterValue | undefined,
): ParameterType {
  const { SyntaxKind } = compiler;
  if (compiler.isParenthesizedTypeNode(node)) return typeOf(compiler, node.type, standing);
  if (node.kind === SyntaxKind.StringKeyword) return { kind: isDate(standing) ? 'date' : 'string' };
  if (node.kind === SyntaxKind.NumberKeyword) return { kind: 'number' };
  if (node.kind === SyntaxKind.BooleanKeyword) return { kind: 'boolean' };
  if (compiler.isArrayTypeNode(node)) {
    return { kind: 'list', of: typeOf(compiler, node.elementType, firstOf(standing)) };
  }
  if (compiler.isTypeOperatorNode(node)) return typeOf(compiler, node.type, standing);
  if (compiler.isTypeReferenceNode(node) && node.typeName.getText() === 'Date') {
    return { kind: 'instant' };
  }
  const members = compiler.isUnionTypeNode(node) ? [...node.types] : [node];
  const isNull = (member: ts.TypeNode) =>
    compiler.isLiteralTypeNode(member) && member.literal.kind === SyntaxKind.NullKeyword;
  const others = members.filter((member) => !isNull(member));
  const [only] = others;
  if (others.length < members.length && only !== undefined && others.length === 1) {
    return { kind: 'nullable', of: typeOf(compiler, only, standing) };
  }
  const values = others.map((member) =>
    compiler.isLiteralTypeNode(member) ? literalOf(compiler, member.literal) : undefined,
  );
  const isPlain = (value: unknown) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  if (values.length === 0 || !values.every(isPlain)) return { kind: 'json' };
  const literals = { kind: 'literals', values } as const;
  return others.length < members.length ? { kind: 'nullable', of: literals } : literals;
}

/** The type of a declaration without an annotation. */
function typeOfValue(
  compiler: typeof ts,
  initializer: ts.Expression,
  standing: ParameterValue | undefined,
): ParameterType {
  if (isNewDate(compiler, initializer)) return { kind: 'instant' };
  if (typeof standing === 'string') return { kind: isDate(standing) ? 'date' : 'string' };
  if (typeof standing === 'number') return { kind: 'number' };
  if (typeof standing === 'boolean') return { kind: 'boolean' };
  return { kind: 'json' };
}

function isTextOrNumber(value: ParameterValue | undefined): boolean {
  return typeof value === 'string' || typeof value === 'number';
}

/** How often a cell names something: a value that the cell itself reads is narrowed to its literal there. */
function countOf(compiler: typeof ts, name: string, file: ts.SourceFile): number {
  let count = 0;
  const visit = (node: ts.Node): void => {
    if (compiler.isIdentifier(node) && node.text === name) count += 1;
    compiler.forEachChild(node, visit);
  };
  visit(file);
  return count;
}

function isDate(value: ParameterValue | undefined): boolean {
  return typeof value === 'string' && isDay(value);
}

function firstOf(value: ParameterValue | undefined): ParameterValue | undefined {
  return Array.isArray(value) ? (value as ParameterValue[])[0] : undefined;
}

/** The value of a literal; undefined for other expressions. */
function literalOf(compiler: typeof ts, node: ts.Node): ParameterValue | undefined {
  const { SyntaxKind } = compiler;
  if (compiler.isStringLiteralLike(node)) return node.text;
  if (compiler.isNumericLiteral(node)) return Number(node.text);
  if (compiler.isPrefixUnaryExpression(node) && node.operator === SyntaxKind.MinusToken) {
    const value = literalOf(compiler, node.operand);
    return typeof value === 'number' ? -value : undefined;
  }
  if (node.kind === SyntaxKind.TrueKeyword) return true;
  if (node.kind === SyntaxKind.FalseKeyword) return false;
  if (node.kind === SyntaxKind.NullKeyword) return null;
  if (
    compiler.isAsExpression(node) ||
    compiler.isSatisfiesExpression(node) ||
    compiler.isParenthesizedExpression(node)
  ) {
    return literalOf(compiler, node.expression);
  }
  if (isNewDate(compiler, node)) {
    const [argument] = node.arguments ?? [];
    return argument === undefined ? undefined : literalOf(compiler, argument);
  }
  if (compiler.isArrayLiteralExpression(node)) {
    const items = node.elements.map((element) => literalOf(compiler, element));
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  return undefined;
}

function isNewDate(compiler: typeof ts, node: ts.Node): node is ts.NewExpression {
  return compiler.isNewExpression(node) && node.expression.getText() === 'Date';
}

/** `NAME` of an expression that begins with `process.env.NAME` or `process.env['NAME']`. */
function environmentVariable(compiler: typeof ts, node: ts.Node): string | undefined {
  if (compiler.isBinaryExpression(node)) return environmentVariable(compiler, node.left);
  if (compiler.isNonNullExpression(node)) return environmentVariable(compiler, node.expression);
  if (compiler.isPropertyAccessExpression(node) && node.expression.getText() === 'process.env') {
    return node.name.text;
  }
  if (
    compiler.isElementAccessExpression(node) &&
    node.expression.getText() === 'process.env' &&
    compiler.isStringLiteralLike(node.argumentExpression)
  ) {
    return node.argumentExpression.text;
  }
  return undefined;
}
