// The end of an expression in `${…}`.

import { ts } from '../compiler/typescript.js';

/** Where the `}` of an expression is that begins at an offset; undefined: it has none. */
export function endOfExpression(text: string, start: number): number | undefined {
  const file = ts.createSourceFile('cell.ts', `\`\${${text.slice(start)}`, ts.ScriptTarget.Latest);
  const [statement] = file.statements;
  if (statement === undefined || !ts.isExpressionStatement(statement)) return undefined;
  const { expression } = statement;
  if (!ts.isTemplateExpression(expression)) return undefined;
  const at = expression.templateSpans[0]?.literal.getStart(file);
  return at !== undefined && file.text.charAt(at) === '}' ? start + at - 3 : undefined;
}
