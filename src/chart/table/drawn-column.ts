// Columns of tables that draw their values: the numbers of a cell, and the span of all.

import { numberOf } from '../figure/values.js';
import { drawsList, type CellDrawing } from './cell-drawing.js';
import type { TableCell } from './table-rows.js';

/** A column whose cells are drawn, and the least and the most of all its numbers. */
export interface DrawnColumn {
  readonly drawing: CellDrawing;
  readonly span: readonly [least: number, most: number];
}

/** What stands between the numbers of a list: no locale writes it within a number. */
export const listSeparator = '; ';

/** The most numbers of a list: more than its picture has pixels. */
export const mostInList = 400;

/** The numbers that a cell draws, undefined where one is missing; none where nothing can be drawn. */
export function numbersOf(cell: TableCell, drawing: CellDrawing): readonly (number | undefined)[] {
  const value = typeof cell === 'object' && cell !== null ? cell[0] : cell;
  const list = drawsList(drawing) ? parsedList(value) : [value];
  const numbers = list.slice(0, mostInList).map(finiteNumber);
  return numbers.some((number) => number !== undefined) ? numbers : [];
}

/** The drawn columns of a table by their places. */
export function drawnColumns(
  drawings: readonly (CellDrawing | null)[],
  rows: readonly (readonly TableCell[])[],
): ReadonlyMap<number, DrawnColumn> {
  return new Map(
    drawings.flatMap((drawing, index) => {
      if (drawing === null) return [];
      let [least, most] = [Infinity, -Infinity];
      for (const row of rows) {
        for (const number of numbersOf(row[index] ?? null, drawing)) {
          if (number === undefined) continue;
          [least, most] = [Math.min(least, number), Math.max(most, number)];
        }
      }
      return least > most ? [] : [[index, { drawing, span: [least, most] as const }] as const];
    }),
  );
}

function parsedList(value: string | number | null): readonly unknown[] {
  if (typeof value !== 'string') return [];
  try {
    const list: unknown = JSON.parse(value);
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

function finiteNumber(value: unknown): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const number = numberOf(value);
  return number !== undefined && Number.isFinite(number) ? number : undefined;
}
