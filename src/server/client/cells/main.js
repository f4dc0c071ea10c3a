// Draws the cells of rows that the page's script adds to a table, as the server draws those that were there.

import { drawCell } from '../../../chart/picture/cell-picture.js';
import { element, svgNode } from '../elements.js';

/**
 * @typedef {import('../../../chart/table/drawn-column.js').DrawnColumn} DrawnColumn
 * @typedef {{ table: HTMLTableElement, row: HTMLTableRowElement,
 *   cells: readonly import('../../../chart/table/table-rows.js').TableCell[] }} AddedRow
 */

/** Which columns of a table are drawn, as the server says in its heads. @param {HTMLTableElement} table */
function columnsOf(table) {
  return [...(table.tHead?.rows[0]?.cells ?? [])].flatMap((head, index) => {
    const [drawing, span] = [head.dataset['draw'], head.dataset['span']?.split(' ').map(Number)];
    if (drawing === undefined || span === undefined) return [];
    return [{ index, column: /** @type {DrawnColumn} */ ({ drawing, span }) }];
  });
}

addEventListener('daybook-row', (event) => {
  if (!(event instanceof CustomEvent)) return;
  const { table, row, cells } = /** @type {AddedRow} */ (event.detail);
  for (const { index, column } of columnsOf(table)) {
    const cell = row.cells[index];
    if (cell === undefined) continue;
    // The row is a copy of another one.
    const own = [...cell.classList].filter(
      (name) => !/^(?:pictured|heat|(?:tone|split)-\d+)$/.test(name),
    );
    const drawn = drawCell(column, cells[index] ?? null);
    cell.className = [...own, ...(drawn?.classes ?? [])].join(' ');
    if (drawn === undefined) continue;
    cell.replaceChildren(
      ...(drawn.unseen === '' ? [] : [element('span', { class: 'sr-only' }, [drawn.unseen])]),
      element('span', { class: 'cell-text' }, [drawn.seen]),
      ...(drawn.picture === undefined ? [] : [svgNode(drawn.picture)]),
    );
  }
});
