// Rows embedded in a page, and the outputs that show them.

import { readColumn } from '../../../chart/rows/column.js';
import { readControls, readGrammar } from '../../../chart/rows/grammar.js';
import { rowsOf } from '../../../chart/rows/rows.js';

/**
 * @typedef {import('../../../chart/rows/grammar.js').Control} Control
 * @typedef {import('../../../chart/rows/grammar.js').Grammar} Grammar
 * @typedef {import('../../../chart/rows/rows.js').Rows} Rows
 * @typedef {{ host: HTMLElement, grammar: Grammar, controls: readonly Control[], rows: Rows,
 *   columns: ReadonlyMap<string, string> }} View What an output shows of rows, and the keys of its columns.
 */

/** @param {string} selector @param {ParentNode} within */
function scripts(selector, within) {
  return [...within.querySelectorAll(selector)].map((script) => ({
    script,
    data: JSON.parse(script.textContent),
  }));
}

/** The outputs of a page with rows. @returns {View[]} */
export function pageViews() {
  const columns = new Map(
    scripts('script.row-columns', document).flatMap(({ data }) =>
      Object.entries(data).flatMap(([key, value]) => {
        const column = readColumn(value);
        return column === undefined ? [] : [[key, column]];
      }),
    ),
  );
  /** @type {Map<string, Rows>} Columns in memory, each once, whoever shows them. */
  const fields = new Map();
  /** @param {string} key */
  const fieldsOf = (key) => {
    const column = columns.get(key);
    let one = fields.get(key);
    if (one === undefined && column !== undefined) {
      fields.set(key, (one = rowsOf(new Map([['', column]]))));
    }
    return one?.fields.get('');
  };
  return scripts('script.shown-rows', document).flatMap(({ script, data }) => {
    const host = script.closest('figure.chart, .metric, .output');
    const grammar = readGrammar(data.grammar);
    if (!(host instanceof HTMLElement) || grammar === undefined) return [];
    /** @type {[string, string][]} */
    const keys = Object.entries(data.columns).map(([name, key]) => [name, String(key)]);
    const own = new Map(
      keys.flatMap(([name, key]) => {
        const field = fieldsOf(key);
        return field === undefined ? [] : [[name, field]];
      }),
    );
    const rows = { count: Number(data.count), fields: own };
    return [{ host, grammar, controls: readControls(data.controls), rows, columns: new Map(keys) }];
  });
}

/** Whether a view has a field as something to choose by. @param {View} view @param {string} field */
export function hasField({ rows }, field) {
  return rows.fields.has(field);
}
