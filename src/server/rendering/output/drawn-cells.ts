// Tables whose columns draw their values: pictures and tones in the cells of content that is already safe.

import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import { drawCell } from '../../../chart/picture/cell-picture.js';
import { drawnColumns, type DrawnColumn } from '../../../chart/table/drawn-column.js';
import { hasMoreRows, type TableRows } from '../../../chart/table/table-rows.js';
import { tablesIn } from '../html/tables.js';

/** Whether the page's script adds rows with drawn cells to those that it has. */
export function drawsMoreRows(rows: TableRows | undefined): boolean {
  return rows?.drawings !== undefined && hasMoreRows(rows);
}

/** Draws into the cells of the table in an output, in place; the text of each cell stays. */
export function drawCells(nodes: readonly ElementContent[], rows: TableRows): void {
  const [table] = nodes.flatMap(tablesIn);
  if (rows.drawings === undefined || table === undefined) return;
  const columns = drawnColumns(rows.drawings, rows.rows);
  const [head, ...body] = rowElements(table).map(cellsOf);
  if (head?.length !== rows.heads.length) return;
  for (const [index, { drawing, span }] of columns) {
    const cell = head[index];
    if (cell !== undefined) {
      Object.assign(cell.properties, { dataDraw: drawing, dataSpan: span.join(' ') });
      addClass(cell, 'number');
    }
  }
  for (const [at, cells] of body.entries()) {
    const values = rows.rows[at];
    if (values?.length !== cells.length) continue;
    for (const [index, column] of columns) {
      const [element, value] = [cells[index], values[index]];
      if (element !== undefined) dress(element, column, value ?? null);
    }
  }
}

function dress(cell: Element, column: DrawnColumn, value: TableRows['rows'][number][number]): void {
  addClass(cell, 'number');
  const drawn = drawCell(column, value);
  if (drawn === undefined) return;
  for (const name of drawn.classes) addClass(cell, name);
  cell.children = [
    ...(drawn.unseen === '' ? [] : [h('span', { className: 'sr-only' }, drawn.unseen)]),
    h('span', { className: 'cell-text' }, drawn.seen),
    ...(drawn.picture === undefined ? [] : [drawn.picture]),
  ];
}

function rowElements({ children }: Element): Element[] {
  return children.flatMap((child) => {
    if (child.type !== 'element' || child.tagName === 'caption') return [];
    return child.tagName === 'tr' ? [child] : rowElements(child);
  });
}

function cellsOf({ children }: Element): Element[] {
  return children.filter((child) => child.type === 'element');
}

function addClass(cell: Element, name: string): void {
  const { className } = cell.properties;
  const names = Array.isArray(className) ? className : [];
  if (!names.includes(name)) cell.properties['className'] = [...names, name];
}
