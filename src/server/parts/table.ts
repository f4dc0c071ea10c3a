// Tables of the dashboard's own pages: pipeline runs, catalogue, rejects.

import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import { tableFrame } from '../rendering/html/tables.js';

/** A column of a table. */
export interface TableColumn {
  readonly label: string;
  readonly isNumber?: boolean;
  /** Its texts do not wrap. */
  readonly isShort?: boolean;
  /** On phones, where rows become cards, the column's name precedes its value. */
  readonly isLabelled?: boolean;
}

/** The content of one cell. */
export type CellContent = string | undefined | readonly (ElementContent | string | undefined)[];

/** A table in a frame that scrolls; the first cell of each row is its header. */
export function dataTable(
  caption: string,
  columns: readonly TableColumn[],
  rows: readonly (readonly CellContent[])[],
): Element {
  const className = (index: number) => {
    const { isNumber = false, isShort = false } = columns[index] ?? {};
    return isNumber ? ['number'] : isShort ? ['short'] : undefined;
  };
  const content = (cell: CellContent) =>
    typeof cell === 'string' ? [cell] : (cell ?? []).filter((part) => part !== undefined);
  return tableFrame(
    h('table', { className: 'daybook-table' }, [
      h('caption', caption),
      h('thead', [
        h(
          'tr',
          columns.map(({ label }, index) =>
            h('th', { scope: 'col', className: className(index) }, label),
          ),
        ),
      ]),
      h(
        'tbody',
        rows.map((row) =>
          h(
            'tr',
            row.map((cell, index) =>
              index === 0
                ? h('th', { scope: 'row', className: className(index) }, content(cell))
                : h(
                    'td',
                    {
                      className: className(index),
                      dataLabel:
                        columns[index]?.isLabelled === true ? columns[index].label : undefined,
                    },
                    content(cell),
                  ),
            ),
          ),
        ),
      ),
    ]),
  );
}

/** A text with some `names` set as code. */
export function inlineCode(text: string): ElementContent[] {
  return text
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? h('code', part) : { type: 'text', value: part }));
}
