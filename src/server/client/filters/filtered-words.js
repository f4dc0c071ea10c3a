// The note beside a filtered output, and the links to its files.

import { element } from '../elements.js';

/** @typedef {import('./chart-view.js').Filtered} Filtered */

/** Says beside an output which of its rows it shows; undefined: nothing is chosen. @param {HTMLElement} host @param {Filtered} filtered */
export function noteOf(host, filtered) {
  writeNote(host, filtered && `${filtered.words} · ${filtered.count}`);
}

/** Says beside an output that it shows everything, whatever is chosen. @param {HTMLElement} host @param {string} labels The labels of what is chosen; empty: nothing is. */
export function noteUnfiltered(host, labels) {
  writeNote(host, labels === '' ? undefined : `Not filtered by ${labels}`);
  host.querySelector(noteSelector)?.classList.add('figure-unfiltered');
}

const noteSelector = ':scope > .figure-filter, :scope > figcaption > .figure-filter';

/** @param {HTMLElement} host @param {string | undefined} words */
function writeNote(host, words) {
  host.querySelector(noteSelector)?.remove();
  if (words === undefined) return;
  const note = element('p', { class: 'figure-filter' }, [words]);
  const caption = host.querySelector(':scope > figcaption');
  if (caption === null) host.append(note);
  else caption.prepend(note);
}

/**
 * The links to an output's files: of a part of the rows CSV is made here, and the others lead to the server with what
 * is chosen; a copy without a server has them of all rows alone.
 *
 * @param {ParentNode} host Where the links are.
 */
export function filteredLinks(host) {
  const links = [...host.querySelectorAll('.figure-files a[download]')].flatMap((link) =>
    link instanceof HTMLAnchorElement ? [{ link, href: link.getAttribute('href') ?? '' }] : [],
  );
  const isServed = document.querySelector('script[data-events]') !== null;
  /** @type {(() => string) | undefined} */
  let csv;
  for (const { link } of links) {
    if (!link.download.endsWith('.csv')) continue;
    link.addEventListener('click', () => {
      if (csv === undefined) return;
      URL.revokeObjectURL(link.href);
      link.href = URL.createObjectURL(new Blob([csv()], { type: 'text/csv' }));
    });
  }
  return {
    restore: () => {
      csv = undefined;
      for (const { link, href } of links) {
        link.href = href;
        link.hidden = false;
      }
    },
    lead: (/** @type {string} */ query, /** @type {() => string} */ text) => {
      csv = text;
      for (const { link, href } of links) {
        if (link.download.endsWith('.csv')) continue;
        if (isServed) link.href = `${href}${href.includes('?') ? '&' : '?'}${query}`;
        else link.hidden = true;
      }
    },
  };
}
