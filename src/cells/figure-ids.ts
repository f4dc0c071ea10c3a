// The ids that a cell gives to the figures that it shows, as far as they are written out.

import type { Node, SourceFile, TypeChecker } from 'typescript';
import { ts } from './compiler/typescript.js';
import { displayCall } from './display-call.js';

/** An id in a cell's code. */
export interface FigureId {
  readonly id: string;
  /** Where it stands in the cell, in characters from 0, quotes included. */
  readonly start: number;
  readonly length: number;
}

/**
 * The ids in calls of `plot`, `table` and `metric`, in their order.
 *
 * @param length - Of the cell's own text in its file.
 */
export function figureIdsIn(file: SourceFile, checker: TypeChecker, length: number): FigureId[] {
  const found: FigureId[] = [];
  const visit = (node: Node): void => {
    if (node.pos >= length) return;
    const options = ts.isCallExpression(node) ? displayCall(node, checker)?.options : undefined;
    for (const property of options?.properties ?? []) {
      if (!ts.isPropertyAssignment(property) || property.name.getText() !== 'id') continue;
      const { initializer } = property;
      if (!ts.isStringLiteralLike(initializer)) continue;
      const start = initializer.getStart(file);
      found.push({ id: initializer.text, start, length: initializer.end - start });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
