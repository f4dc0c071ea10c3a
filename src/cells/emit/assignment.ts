// Assignments for declared names and patterns.

import type { BindingElement, BindingName, Expression, Identifier, NodeFactory } from 'typescript';
import { ts } from '../compiler/typescript.js';

/** How parts of a declaration are rewritten in an assignment. */
export interface AssignmentParts {
  readonly factory: NodeFactory;
  /** The target for an identifier. */
  readonly reference: (identifier: Identifier) => Expression;
  /** An expression inside of the pattern: a default, a computed key. */
  readonly expression: (node: Expression) => Expression;
}

/** The left-hand side of an assignment for a declared name or pattern. */
export function assignmentTarget(name: BindingName, parts: AssignmentParts): Expression {
  const { factory, reference, expression } = parts;
  if (ts.isIdentifier(name)) return reference(name);
  if (ts.isArrayBindingPattern(name)) {
    return factory.createArrayLiteralExpression(
      name.elements.map((element) => {
        if (ts.isOmittedExpression(element)) return element;
        return element.dotDotDotToken === undefined
          ? elementTarget(element, parts)
          : factory.createSpreadElement(assignmentTarget(element.name, parts));
      }),
    );
  }
  return factory.createObjectLiteralExpression(
    name.elements.map((element) => {
      if (element.dotDotDotToken !== undefined) {
        return factory.createSpreadAssignment(assignmentTarget(element.name, parts));
      }
      const key = element.propertyName ?? element.name;
      return factory.createPropertyAssignment(
        ts.isComputedPropertyName(key)
          ? factory.createComputedPropertyName(expression(key.expression))
          : ts.isIdentifier(key)
            ? key.text
            : (key as import('typescript').PropertyName),
        elementTarget(element, parts),
      );
    }),
  );
}

function elementTarget(element: BindingElement, parts: AssignmentParts): Expression {
  const target = assignmentTarget(element.name, parts);
  return element.initializer === undefined
    ? target
    : parts.factory.createAssignment(target, parts.expression(element.initializer));
}

/** An anonymous function keeps the name that its declaration would give it. */
export function namedValue(name: string, value: Expression, factory: NodeFactory): Expression {
  let inner = value;
  while (ts.isParenthesizedExpression(inner)) inner = inner.expression;
  const isAnonymous =
    ts.isArrowFunction(inner) ||
    ((ts.isFunctionExpression(inner) || ts.isClassExpression(inner)) && inner.name === undefined);
  if (!isAnonymous) return value;
  return factory.createPropertyAccessExpression(
    factory.createParenthesizedExpression(
      factory.createObjectLiteralExpression([factory.createPropertyAssignment(name, value)]),
    ),
    name,
  );
}
