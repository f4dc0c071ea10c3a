import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import { tableFrame } from '../rendering/html/tables.js';

/** A column of a table of the dashboard's own. */
export interface TableColumn {
  readonly label: string;
  readonly isNumber?: boolean;
  /** Its texts stay on one line. */
  readonly isShort?: boolean;
  /** Where rows become entries, on phones, its name stands before what it says. */
  readonly isLabelled?: boolean;
}

/** What stands in one cell. */
export type CellContent = string | undefined | readonly (ElementContent | string | undefined)[];

/** A table in the frame in which wide ones scroll; the first cell of each row heads it. */
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

/** A description with its `names` set as code. */
export function inlineCode(text: string): ElementContent[] {
  return text
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? h('code', part) : { type: 'text', value: part }));
}
