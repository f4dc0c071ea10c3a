// Queries in a cell whose text TypeScript knows.

import type { CallExpression, Expression, Node, SourceFile, TypeChecker } from 'typescript';
import { ts } from './typescript.js';

/** A query whose text TypeScript knows: its type is that one text. */
export interface CellQuery {
  readonly sql: string;
  /** Where it stands in the cell, in characters from 0: its text, or what stands for it. */
  readonly start: number;
  /** Whether the cell has the text as it is, so that places in it are places in the cell. */
  readonly isVerbatim: boolean;
}

/** Functions of `daybook/pipeline` that take the text of a query. */
const takers: ReadonlySet<string> = new Set(['query', 'dataFrame']);

/** The queries of a cell or of another file, as far as their texts are literals or constants of such. */
export function queriesIn(file: SourceFile, checker: TypeChecker): CellQuery[] {
  const found: CellQuery[] = [];
  const visit = (node: Node): void => {
    if (ts.isCallExpression(node) && isTaker(node, checker)) {
      const [argument] = node.arguments;
      const type = argument && checker.getTypeAtLocation(argument);
      if (argument !== undefined && type?.isStringLiteral() === true) {
        const literal = literalOf(argument, file, checker);
        const start = literal.getStart(file) + (ts.isStringLiteralLike(literal) ? 1 : 0);
        const { value: sql } = type;
        found.push({ sql, start, isVerbatim: file.text.startsWith(sql, start) });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Whether a call is one of {@link takers}, by whatever name the cell has it. */
function isTaker({ expression }: CallExpression, checker: TypeChecker): boolean {
  const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
  if (!ts.isIdentifier(name)) return false;
  const symbol = checker.getSymbolAtLocation(name);
  if (symbol === undefined) return false;
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const path = target.declarations?.[0]?.getSourceFile().fileName ?? '';
  return takers.has(target.name) && /\/(?:dist|src)\/pipeline\/index(?:\.d)?\.ts$/.test(path);
}

/** The literal that an expression of the file is: itself, or what a constant of the file is set to. */
function literalOf(expression: Expression, file: SourceFile, checker: TypeChecker): Expression {
  if (ts.isStringLiteralLike(expression)) return expression;
  const declaration = checker.getSymbolAtLocation(expression)?.valueDeclaration;
  if (declaration?.getSourceFile() !== file || !ts.isVariableDeclaration(declaration))
    return expression;
  const { initializer } = declaration;
  return initializer !== undefined && ts.isStringLiteralLike(initializer)
    ? initializer
    : expression;
}

/**
 * A place in a query as line and column of its cell, from 1.
 *
 * @param offset - In characters of the query, from 0.
 */
export function placeInCell(
  source: string,
  { start, isVerbatim }: Omit<CellQuery, 'sql'>,
  offset = 0,
): { readonly line: number; readonly column: number } {
  const before = source.slice(0, start + (isVerbatim ? offset : 0)).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
