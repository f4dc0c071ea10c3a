// A card of rows on a page: its number follows the filters.

import { numberFormat } from '../../../chart/figure/format.js';
import { numberOf } from '../../../chart/figure/values.js';
import { toCsv } from '../../../chart/files/csv.js';
import { cardOfRows } from '../../../chart/rows/card-of-rows.js';
import { filteredLinks, noteOf } from './filtered-words.js';

/**
 * @param {import('./page-rows.js').View} view
 * @param {import('../../../chart/rows/grammar.js').CardGrammar} grammar
 * @returns {(filtered: import('./chart-view.js').Filtered) => void}
 */
export function cardView({ host, rows }, grammar) {
  const value = host.querySelector('.metric-value');
  const label = host.querySelector('.metric-label')?.textContent ?? '';
  const number = value?.firstChild ?? null;
  const before = number?.textContent ?? '';
  const change = host.querySelector('.metric-change');
  const foot = host.closest('.metrics')?.nextElementSibling;
  // Cards of one cell share a menu, in which each has its links.
  const menu = foot
    ?.querySelector(`li a[aria-label$=${CSS.escape(` of ${label}`)}]`)
    ?.closest('li');
  const links = filteredLinks(menu ?? document.createDocumentFragment());
  const format = numberFormat(grammar.format);
  return (filtered) => {
    noteOf(host, filtered);
    if (change instanceof HTMLElement) change.hidden = filtered !== undefined;
    if (number === null) return;
    if (filtered === undefined) {
      number.textContent = before;
      links.restore();
      return;
    }
    const amount = cardOfRows(rows, grammar, filtered.chosen);
    number.textContent = format(numberOf(amount) ?? amount);
    links.lead(filtered.query, () =>
      toCsv({ columns: [{ label: 'Label' }, { label: 'Value' }], rows: [[label, amount]] }),
    );
  };
}
