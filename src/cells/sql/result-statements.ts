// The statement of each query result: the SQL whose rows a constant holds.

import type { Expression, SourceFile } from 'typescript';
import { ts } from '../compiler/typescript.js';

/**
 * The statements of a cell's constants that are set to the rows of a query with a literal text, by their names:
 * `const months = await query('…')`.
 */
export function resultStatements(file: SourceFile): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const statements = new Map<string, string>();
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    if ((statement.declarationList.flags & ts.NodeFlags.Const) === 0) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (!ts.isIdentifier(name) || initializer === undefined) continue;
      if (ts.isStringLiteralLike(initializer)) texts.set(name.text, initializer.text);
      const text = queriedText(initializer, texts);
      if (text !== undefined) statements.set(name.text, text);
    }
  }
  return statements;
}

/** The text of `await query(text)`; undefined: it is another expression. */
function queriedText(
  expression: Expression,
  texts: ReadonlyMap<string, string>,
): string | undefined {
  if (!ts.isAwaitExpression(expression) || !ts.isCallExpression(expression.expression))
    return undefined;
  const { expression: callee, arguments: given } = expression.expression;
  const called = ts.isPropertyAccessExpression(callee) ? callee.name : callee;
  if (!ts.isIdentifier(called) || called.text !== 'query') return undefined;
  const [text] = given;
  if (text === undefined) return undefined;
  if (ts.isStringLiteralLike(text)) return text.text;
  return ts.isIdentifier(text) ? texts.get(text.text) : undefined;
}
