// Rows embedded in a page for its filters: each column once, however many figures show it.

import type { Element } from 'hast';
import { h } from 'hastscript';
import type { Column } from '../../../chart/rows/column.js';
import type { ShownRows } from '../../../chart/rows/shown-rows.js';
import { scriptJson } from '../html/to-html.js';

/** The columns of all figures of a page. */
export class RowData {
  readonly #keys = new Map<string, string>();
  readonly #columns = new Map<string, Column>();

  /** What a figure shows of its rows, which lead to their columns; undefined: it has none. */
  element(shown: ShownRows | undefined): Element | undefined {
    if (shown === undefined) return undefined;
    const { grammar, controls, count, columns } = shown;
    const keys = Object.fromEntries([...columns].map(([name, one]) => [name, this.#keyOf(one)]));
    return dataElement('shown-rows', { grammar, controls, count, columns: keys });
  }

  /** All columns; undefined without any. */
  columnsElement(): Element | undefined {
    if (this.#columns.size === 0) return undefined;
    return dataElement('row-columns', Object.fromEntries(this.#columns));
  }

  #keyOf(column: Column): string {
    const text = JSON.stringify(column);
    const key = this.#keys.get(text) ?? `c${this.#keys.size + 1}`;
    this.#keys.set(text, key);
    this.#columns.set(key, column);
    return key;
  }
}

function dataElement(className: string, data: object): Element {
  return h('script', { type: 'application/json', className }, [
    { type: 'text', value: scriptJson(data) },
  ]);
}
