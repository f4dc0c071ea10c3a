// Layout of HTML tables in notebook content: alignment, wrapping, scrolling.

import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import { textOf } from './elements.js';

const number = /^[-+−]?[$€£]?\s?\d[\d.,'’\u00a0\u202f ]*(?:[eE][-+]?\d+)?\s?[%‰]?$/;
const nothing = new Set(['', '-', '–', '—', 'NaN', 'null', 'None', 'NA']);

/** The longest text that does not wrap. */
const maxShort = 32;

/**
 * Formats the tables of sanitised content: wide tables scroll in a frame with keyboard focus, columns of numbers
 * are right-aligned, columns of short texts do not wrap.
 */
export function formatTables(nodes: readonly ElementContent[]): ElementContent[] {
  return nodes.map((node) => {
    if (node.type !== 'element') return node;
    if (node.tagName !== 'table') {
      return { ...node, children: formatTables(node.children) };
    }
    dressColumns(node);
    return tableFrame(node);
  });
}

/** The caption of the first table in content; undefined: there is none. */
export function captionIn(nodes: readonly ElementContent[]): string | undefined {
  for (const node of nodes) {
    if (node.type !== 'element') continue;
    const found = node.tagName === 'caption' ? textOf([node]).trim() : captionIn(node.children);
    if (found !== undefined && found !== '') return found;
  }
  return undefined;
}

/** The tables in content. */
export function tablesIn(node: ElementContent): Element[] {
  if (node.type !== 'element') return [];
  return node.tagName === 'table' ? [node] : node.children.flatMap(tablesIn);
}

/** The scrolling frame of a wide table. */
export function tableFrame(table: Element): Element {
  const caption = table.children.find(
    (child): child is Element => child.type === 'element' && child.tagName === 'caption',
  );
  const label = caption === undefined ? 'Table' : `Table: ${textOf([caption]).trim()}`;
  return h('div', { className: 'table-frame', role: 'region', tabIndex: 0, ariaLabel: label }, [
    table,
  ]);
}

function dressColumns(table: Element): void {
  const sections = elements(table, ['thead', 'tbody', 'tfoot']);
  const head = sections.filter((section) => section.tagName === 'thead').flatMap(rowsOf);
  const body = sections.filter((section) => section.tagName !== 'thead').flatMap(rowsOf);
  // An empty corner cell is not a header.
  for (const cell of head.flat()) {
    if (cell.tagName === 'th' && textOf([cell]).trim() === '') cell.tagName = 'td';
  }
  // Cells that span columns would shift those after them.
  const spans = (row: readonly Element[]) =>
    row.some((cell) => cell.properties['colSpan'] !== undefined);
  if (head.some(spans) || body.some(spans)) return;
  for (const [column, kind] of columnKinds(body).entries()) {
    if (kind === 'other') continue;
    for (const row of kind === 'number' ? [...head, ...body] : body) {
      const cell = row[column];
      // An explicit alignment is kept.
      if (kind === 'short' || cell?.properties['align'] === undefined) addClass(cell, kind);
    }
  }
}

/** The kind of each column: only numbers, only short texts, or anything. */
function columnKinds(rows: readonly (readonly Element[])[]): ('number' | 'short' | 'other')[] {
  const columns: { isNumber: boolean; isShort: boolean; isEmpty: boolean }[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      const column = (columns[index] ??= { isNumber: true, isShort: true, isEmpty: true });
      if (!column.isNumber && !column.isShort) return;
      const text = textOf(cell.children).trim();
      if (nothing.has(text)) return;
      column.isEmpty = false;
      column.isNumber &&= number.test(text);
      column.isShort &&= text.length <= maxShort;
    });
  }
  return columns.map(({ isNumber, isShort, isEmpty }) =>
    isNumber && !isEmpty ? 'number' : isShort ? 'short' : 'other',
  );
}

function rowsOf(section: Element): Element[][] {
  return elements(section, ['tr']).map((row) => elements(row, ['td', 'th']));
}

function elements(parent: Element, names: readonly string[]): Element[] {
  return parent.children.filter(
    (child): child is Element => child.type === 'element' && names.includes(child.tagName),
  );
}

function addClass(element: Element | undefined, name: string): void {
  if (element === undefined) return;
  const classes = element.properties['className'];
  const list = Array.isArray(classes) ? classes : [];
  if (!list.includes(name)) element.properties['className'] = [...list, name];
}
