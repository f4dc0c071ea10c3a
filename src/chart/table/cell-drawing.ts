// How a column of a table draws its values.

import type { Json } from '../../nbformat/notebook.js';

/**
 * How a column draws its values: `bar` and `heat` one number by its size, `sparkline` and `sparkbars` a list of
 * numbers in its order.
 */
export type CellDrawing = 'bar' | 'heat' | 'sparkline' | 'sparkbars';

const drawings: readonly string[] = [
  'bar',
  'heat',
  'sparkline',
  'sparkbars',
] satisfies CellDrawing[];

/** Reads the drawings of a table's columns, of which null draws nothing; undefined when they are invalid. */
export function readDrawings(value: Json | undefined): readonly (CellDrawing | null)[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const isKnown = (one: Json): one is CellDrawing | null =>
    one === null || (typeof one === 'string' && drawings.includes(one));
  return value.every(isKnown) ? value : undefined;
}

/** Whether a drawing is of a list of numbers. */
export function drawsList(drawing: CellDrawing): boolean {
  return drawing === 'sparkline' || drawing === 'sparkbars';
}
