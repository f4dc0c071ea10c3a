// Findings about a cell whose types are right: results that differ at each run, charts without a text that says what
// they show.

import type { CallExpression, Node, NewExpression, SourceFile, TypeChecker } from 'typescript';
import { ts } from './compiler/typescript.js';
import { displayCall } from './display-call.js';

/** A finding of a cell. */
export interface CellFinding {
  readonly rule: 'unseeded' | 'missing-alt';
  /** Where it stands in the cell, in characters from 0. */
  readonly start: number;
  readonly message: string;
}

/** Calls whose result is another one at each run. */
const changing: ReadonlySet<string> = new Set([
  ...['Math.random', 'Date.now', 'Date', 'performance.now', 'process.hrtime'],
  ...['crypto.randomUUID', 'crypto.getRandomValues', 'randomUUID', 'randomBytes', 'randomInt'],
  ...['Temporal.Now.instant', 'Temporal.Now.plainDateISO', 'Temporal.Now.zonedDateTimeISO'],
]);

/**
 * The findings of a cell, in order.
 *
 * @param length - Of the cell's own text in its file.
 */
export function findingsIn(file: SourceFile, checker: TypeChecker, length: number): CellFinding[] {
  const found: CellFinding[] = [];
  const visit = (node: Node): void => {
    if (node.pos >= length) return;
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const finding = findingOf(node, checker);
      if (finding !== undefined) found.push({ ...finding, start: node.getStart(file) });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function findingOf(
  node: CallExpression | NewExpression,
  checker: TypeChecker,
): Omit<CellFinding, 'start'> | undefined {
  const name = node.expression.getText();
  const isGiven = (node.arguments?.length ?? 0) > 0;
  const isTime =
    name === 'Date' ? ts.isCallExpression(node) || !isGiven : ts.isCallExpression(node);
  if (changing.has(name) && isTime) {
    const call = ts.isNewExpression(node) ? `new ${name}()` : `${name}()`;
    return {
      rule: 'unseeded',
      message: `${call} is another value at each run: what is published cannot be made again`,
    };
  }
  const call = displayCall(node, checker);
  if (call?.what !== 'plot' || call.options === undefined) return undefined;
  const says = call.options.properties.some(
    (property) => ts.isSpreadAssignment(property) || property.name.getText() === 'alt',
  );
  return says
    ? undefined
    : { rule: 'missing-alt', message: 'this chart has no alt: say in words what it shows' };
}
