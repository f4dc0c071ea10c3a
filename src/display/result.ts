// How the value of a cell's last expression is shown.

import { inspect } from 'node:util';
import { toJsonValue, type MimeBundle } from './mime-bundle.js';
import { figureBundle } from './plot.js';
import { className, shapeOf } from './shape.js';
import { tableBundle } from './table.js';

/** The value of a cell's last expression as an output; undefined: it is not shown. */
export function resultBundle(value: unknown): MimeBundle | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return { 'text/plain': value };
  const shape = shapeOf(value);
  switch (shape.kind) {
    case 'rows': {
      const { rows, types, count } = shape;
      const columns = Object.entries(types).map(([key, type]) => ({ key, label: key, type }));
      return tableBundle<Record<string, unknown>>(rows, { columns, count });
    }
    case 'figure':
      return figureBundle(shape.figure, `A plotly figure of ${shape.figure.data.length} series`);
    case 'other':
      return treeBundle(value);
  }
}

/** Lines up to which text is shown as it is; longer text folds, where it can. */
const mostLines = 8;

function treeBundle(value: unknown): MimeBundle {
  const text = inspectedText(value);
  if (text.split('\n').length <= mostLines || !isTree(value, { nodes: 0 }, 0)) {
    return { 'text/plain': text };
  }
  return { 'application/json': toJsonValue(value), 'text/plain': text };
}

/** danfojs's Series draw themselves; everything else is shown as Node.js shows it. */
function inspectedText(value: unknown): string {
  return className(value) === 'Series'
    ? (value as { toString(): string }).toString().trimEnd()
    : inspect(value);
}

const mostNodes = 5000;
const deepest = 30;

/** Whether JSON holds all of it: plain objects and arrays of scalars, not too many, no cycles. */
function isTree(value: unknown, seen: { nodes: number }, depth: number): boolean {
  seen.nodes += 1;
  if (seen.nodes > mostNodes || depth > deepest) return false;
  if (value === null || value instanceof Date) return true;
  if (typeof value !== 'object') return typeof value !== 'function' && typeof value !== 'symbol';
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === Object.prototype || prototype === null || Array.isArray(value);
  return isPlain && Object.values(value).every((field) => isTree(field, seen, depth + 1));
}
