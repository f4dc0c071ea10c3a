// Positions of fields in the project file, for error messages.

import ts from 'typescript';

/**
 * The offset of a field in a project file; of a missing one that of its parent.
 *
 * @param text - TypeScript with a default export of an object, or of a call with one.
 */
export function fieldOffset(text: string, path: readonly string[]): number {
  const file = ts.createSourceFile('project.ts', text, ts.ScriptTarget.Latest);
  const exported = file.statements.find(ts.isExportAssignment);
  if (exported === undefined) return 0;
  let [object, offset] = [objectOf(exported.expression, file), exported.getStart(file)];
  for (const name of path) {
    const property = object?.properties.find((one) => nameOf(one) === name);
    if (property === undefined) break;
    offset = property.getStart(file);
    object = ts.isPropertyAssignment(property)
      ? objectOf(property.initializer, file)
      : ts.isShorthandPropertyAssignment(property)
        ? objectOf(property.name, file)
        : undefined;
  }
  return offset;
}

/** The object of an expression: a literal, with a type, an argument, or by name. */
function objectOf(
  expression: ts.Expression | undefined,
  file: ts.SourceFile | undefined,
): ts.ObjectLiteralExpression | undefined {
  if (expression === undefined) return undefined;
  if (ts.isObjectLiteralExpression(expression)) return expression;
  if (
    ts.isSatisfiesExpression(expression) ||
    ts.isAsExpression(expression) ||
    ts.isParenthesizedExpression(expression)
  ) {
    return objectOf(expression.expression, file);
  }
  if (ts.isCallExpression(expression)) return objectOf(expression.arguments[0], file);
  if (!ts.isIdentifier(expression)) return undefined;
  const declared = file?.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .find(({ name }) => ts.isIdentifier(name) && name.text === expression.text);
  // Names of names are not followed: they may lead in a circle.
  return objectOf(declared?.initializer, undefined);
}

/** `name` or `'name'`. */
function nameOf({ name }: ts.ObjectLiteralElementLike): string | undefined {
  return name !== undefined && (ts.isIdentifier(name) || ts.isStringLiteral(name))
    ? name.text
    : undefined;
}
