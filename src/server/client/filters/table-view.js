// A table of rows on a page: tables.js shows the rows that pass the filters.

import { noteOf, filteredLinks } from './filtered-words.js';

/**
 * @param {import('./page-rows.js').View} view
 * @returns {(filtered: import('./chart-view.js').Filtered) => void}
 */
export function tableView({ host }) {
  const foot = host.nextElementSibling;
  const links = filteredLinks(foot ?? document.createDocumentFragment());
  return (filtered) => {
    noteOf(host, filtered);
    /** @type {{ chosen: Uint8Array | undefined, csv: () => string }} */
    const detail = { chosen: filtered?.chosen, csv: () => '' };
    host.querySelector('.table-frame')?.dispatchEvent(new CustomEvent('daybook-rows', { detail }));
    if (filtered === undefined) links.restore();
    else links.lead(filtered.query, () => detail.csv());
  };
}
