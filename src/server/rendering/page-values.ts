// The values on a page, and how two runs of a notebook differ in them.

import type { Element, ElementContent } from 'hast';
import { cellText, type TableRows } from '../../chart/table/table-rows.js';
import type { NotebookPage } from './notebook/notebook-page.js';
import { textOf } from './html/elements.js';
import { tablesIn } from './html/tables.js';
import { numberChange } from './number-change.js';

/** A value on a page. */
export interface PageValue {
  /** The card, chart, table or text that it belongs to, with the number of its cell. */
  readonly group: string;
  /** The row and the column of the value. */
  readonly name: string;
  /** What it is in every run, where its label may change. Default: its name. */
  readonly key?: string | undefined;
  readonly value: string;
}

/** A value that differs between two runs; undefined on the side without it. */
export interface Difference {
  readonly group: string;
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** How far the second is from the first; undefined: they are no numbers. */
  readonly change?: string | undefined;
}

/**
 * All values of a page: cards, data of charts, cells of tables, texts.
 *
 * @param nameOf - The name under which the other run has a figure. Default: its own.
 */
export function pageValues(
  page: NotebookPage,
  nameOf: (name: string) => string = (name) => name,
): PageValue[] {
  return page.cells.flatMap((cell) => {
    const values: PageValue[] = [];
    for (const [index, output] of cell.outputs.entries()) {
      const place = `cell ${cell.number}${index === 0 ? '' : `, output ${index + 1}`}`;
      if (output.kind === 'metric') {
        const { label, value, unit, change, target, comparison } = output.metric;
        const card = { group: 'Cards', key: nameOf(output.figureName) };
        values.push({ ...card, name: label, value: [value, unit].filter(Boolean).join(' ') });
        for (const [part, text] of [
          ['change', change],
          ['target', target?.text],
          ['comparison', comparison?.text],
        ] as const) {
          if (text === undefined) continue;
          values.push({
            ...card,
            key: `${card.key}, ${part}`,
            name: `${label}, ${part}`,
            value: text,
          });
        }
      } else if (output.kind === 'figure') {
        const { figure, table, name: own } = output.figure;
        const group = `Figure ${nameOf(own)}`;
        values.push({ group, name: 'title', value: figure.title ?? '' });
        for (const [name, value] of rowsByName(
          table?.rows.map((row) => row.map(String)) ?? [],
          table?.columns.map(({ label }) => label) ?? [],
        )) {
          values.push({ group, name, value });
        }
      } else if (output.kind === 'content') {
        const table = output.figureName === '' ? undefined : nameOf(output.figureName);
        values.push(...contentValues(output.nodes, { place, table }, output.rows));
      } else if (output.kind === 'stream') {
        values.push({ group: `Text of ${place}`, name: output.name, value: output.text.trim() });
      }
    }
    return values;
  });
}

/** The values that differ between two runs, in the order of the later one. */
export function compareValues(
  before: readonly PageValue[],
  after: readonly PageValue[],
): Difference[] {
  const key = ({ group, name, key: own = name }: PageValue) => `${group}\n${own}`;
  const known = new Map(before.map((value) => [key(value), value]));
  const differences: Difference[] = [];
  for (const value of after) {
    const old = known.get(key(value));
    known.delete(key(value));
    if (old?.value === value.value) continue;
    const { group, name } = value;
    const change = old && numberChange(old.value, value.value);
    differences.push({ group, name, before: old?.value, after: value.value, change });
  }
  for (const { group, name, value } of known.values()) {
    differences.push({ group, name, before: value, after: undefined });
  }
  return differences;
}

function contentValues(
  nodes: readonly ElementContent[],
  { place, table: own }: { readonly place: string; readonly table: string | undefined },
  all: TableRows | undefined,
): PageValue[] {
  const tables = nodes.flatMap(tablesIn);
  if (tables.length === 0) {
    const text = textOf([...nodes])
      .replace(/\s+/g, ' ')
      .trim();
    return text === '' ? [] : [{ group: `Text of ${place}`, name: 'text', value: text }];
  }
  return tables.flatMap((table, index) => {
    const [head = [], ...shown] = rowsOf(table);
    // The table shows the first rows only.
    const rows = all === undefined ? shown : all.rows.map((row) => row.map(cellText));
    const group =
      own === undefined
        ? `Table of ${place}${tables.length > 1 ? ` (${index + 1})` : ''}`
        : `Table ${own}`;
    return [...rowsByName(rows, head)].map(([name, value]) => ({ group, name, value }));
  });
}

/** Values by the first cell of their row and the header of their column; repeated names are numbered. */
function rowsByName(
  rows: readonly (readonly string[])[],
  head: readonly string[],
): Map<string, string> {
  const values = new Map<string, string>();
  const copies = new Map<string, number>();
  for (const row of rows) {
    for (const [column, value] of row.entries()) {
      if (column === 0 && row.length > 1) continue;
      const base = [row.length > 1 ? row[0] : undefined, head[column]].filter(Boolean).join(', ');
      let copy = copies.get(base) ?? 1;
      let name = copy === 1 ? base : `${base} (${copy})`;
      for (; values.has(name); name = `${base} (${copy})`) copy += 1;
      copies.set(base, copy + 1);
      values.set(name, value);
    }
  }
  return values;
}

/** The texts of a table's cells, row by row. */
export function rowsOf(table: Element): string[][] {
  return table.children.flatMap((child) => {
    if (child.type !== 'element') return [];
    if (child.tagName === 'caption') return [];
    if (child.tagName !== 'tr') return rowsOf(child);
    return [
      child.children
        .filter((cell) => cell.type === 'element')
        .map((cell) => textOf([cell]).replace(/\s+/g, ' ').trim()),
    ];
  });
}
