// The note beside a filtered output, and the links to its files.

import { element } from './elements.js';

/** @typedef {import('./chart-view.js').Filtered} Filtered */

/** Says under an output what is chosen and how many rows it is. @param {HTMLElement} host @param {Filtered} filtered */
export function noteOf(host, filtered) {
  const known = host.querySelector(':scope > .figure-filter, :scope > figcaption > .figure-filter');
  if (filtered === undefined) {
    known?.remove();
    return;
  }
  const words = `${filtered.words} · ${filtered.count}`;
  if (known !== null) known.textContent = words;
  else {
    const note = element('p', { class: 'figure-filter' }, [words]);
    const caption = host.querySelector(':scope > figcaption');
    if (caption === null) host.append(note);
    else caption.prepend(note);
  }
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
