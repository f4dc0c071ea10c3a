import type { NodeFactory, Statement } from 'typescript';
import { ts } from './typescript.js';

/** The statements of a cell, of which the last expression returns its value as the element of an array. */
export function withResult(statements: readonly Statement[], factory: NodeFactory): Statement[] {
  const at = statements.findLastIndex(
    (statement) =>
      !ts.isFunctionDeclaration(statement) &&
      !ts.isEmptyStatement(statement) &&
      statement.kind !== ts.SyntaxKind.NotEmittedStatement,
  );
  const last = statements[at];
  if (last === undefined || !ts.isExpressionStatement(last)) return [...statements];
  // Declarations became expressions, but have no value to show.
  if (!ts.isExpressionStatement(ts.getOriginalNode(last))) return [...statements];
  const result = factory.createReturnStatement(
    // Not as a property, whose name an anonymous function would take.
    factory.createArrayLiteralExpression([last.expression]),
  );
  return [...statements.slice(0, at), ts.setTextRange(result, last), ...statements.slice(at + 1)];
}
