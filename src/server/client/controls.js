// What script adds to the bar of controls: a search in long lists, lists that close, and the place on the page that is
// kept when another page of the same notebook is chosen.

/** Beyond so many values people search rather than look. */
const longList = 10;

const lists = [...document.querySelectorAll('.control-list')].filter(
  /** @returns {list is HTMLDetailsElement} */ (list) => list instanceof HTMLDetailsElement,
);

for (const list of lists) {
  const summary = list.querySelector('summary');
  const links = [...list.querySelectorAll('a')];
  const label = list.closest('.control')?.getAttribute('aria-label') ?? '';
  const shown = () => links.filter((link) => link.parentElement?.hidden === false);
  for (const link of links) if (link.parentElement !== null) link.parentElement.hidden = false;

  const search = document.createElement('input');
  search.type = 'search';
  search.className = 'control-search';
  search.placeholder = 'Search';
  search.setAttribute('aria-label', `Search ${label}`);
  search.autocomplete = 'off';
  const count = document.createElement('span');
  count.className = 'sr-only';
  count.setAttribute('role', 'status');
  if (links.length > longList) summary?.after(search, count);

  search.addEventListener('input', () => {
    const words = search.value.trim().toLocaleLowerCase();
    for (const link of links) {
      const isFound = link.textContent.toLocaleLowerCase().includes(words);
      if (link.parentElement !== null) link.parentElement.hidden = !isFound;
    }
    const found = shown().length;
    count.textContent = found === 1 ? '1 value' : `${found} values`;
  });

  list.addEventListener('toggle', () => {
    if (!list.open) return;
    for (const other of lists) if (other !== list) other.open = false;
    const current = list.querySelector('[aria-current]');
    if (search.isConnected) search.focus();
    else if (current instanceof HTMLElement) current.focus();
    current?.scrollIntoView({ block: 'nearest' });
  });

  list.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') {
      list.open = false;
      summary?.focus();
    } else if (event.key === 'Enter' && event.target === search) {
      shown()[0]?.click();
    } else if (step !== undefined && list.open) {
      const there = shown();
      const now = there.findIndex((link) => link === document.activeElement);
      there[Math.max(0, Math.min(there.length - 1, now + step))]?.focus();
      event.preventDefault();
    }
  });
}

addEventListener('click', ({ target }) => {
  for (const list of lists) if (target instanceof Node && !list.contains(target)) list.open = false;
});

// --- Another choice is another page; the reader stays where he or she was reading.

const placeKey = 'daybook-place';

for (const link of document.querySelectorAll('.control-options a')) {
  link.addEventListener('click', () => {
    try {
      sessionStorage.setItem(placeKey, JSON.stringify([link.getAttribute('href'), scrollY]));
    } catch {
      // A browser that keeps nothing shows the page from its top.
    }
  });
}

/** The address of a page as a link on it would say it. */
function isHere(/** @type {unknown} */ href) {
  return typeof href === 'string' && new URL(href, location.href).href === location.href;
}

try {
  const [href, top] = JSON.parse(sessionStorage.getItem(placeKey) ?? '[]');
  sessionStorage.removeItem(placeKey);
  if (isHere(href) && typeof top === 'number') scrollTo({ top, behavior: 'instant' });
} catch {
  // What another page kept there is none of ours.
}
