// Full-text search over all pages, in the browser alone: `/` opens it. The index is loaded at first use.

/** @typedef {{ path: string, page: string, title: string, text: string }} Entry */

const source = document.querySelector('[data-search]')?.getAttribute('data-search') ?? '';
/** What stands before the paths of the index on this page. */
const rootAddress = document.querySelector('[data-root]')?.getAttribute('data-root') ?? '/';
const maxResults = 20;
const around = 60;

/** @type {Promise<(Entry & { words: string })[]> | undefined} */
let indexing;

function loadIndex() {
  indexing ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = source;
    script.addEventListener('load', () => {
      const found = /** @type {{ daybookSearch?: Entry[] }} */ (/** @type {unknown} */ (window));
      const entries = found.daybookSearch ?? [];
      resolve(entries.map((entry) => ({ ...entry, words: plain(`${entry.title} ${entry.text}`) })));
    });
    script.addEventListener('error', () => {
      indexing = undefined;
      reject(new Error('the index did not load'));
    });
    document.head.append(script);
  });
  return indexing;
}

/** Lower case without accents, so that `quebec` finds `Québec`. @param {string} text */
function plain(text) {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** @param {Entry & { words: string }} entry @param {string[]} terms */
function score({ title, page, words }, terms) {
  let total = 0;
  for (const term of terms) {
    const place = words.indexOf(term);
    if (place < 0 && !plain(page).includes(term)) return 0;
    total += plain(title).includes(term) ? 10 : plain(page).includes(term) ? 5 : 1;
    // The beginning of a word counts for more than its middle.
    if (place === 0 || /[^\p{L}\p{N}]/u.test(words.charAt(place - 1))) total += 2;
  }
  return total;
}

/** @param {string} text @param {string[]} terms */
function excerpt(text, terms) {
  const place = Math.max(0, ...terms.slice(0, 1).map((term) => plain(text).indexOf(term)));
  // From one word's beginning to another's end.
  const start = place <= around ? 0 : text.indexOf(' ', place - around) + 1;
  const rest = text.slice(start);
  const length = 2 * around + 40;
  if (rest.length <= length) return (start > 0 ? '… ' : '') + rest;
  const end = rest.lastIndexOf(' ', length);
  return `${start > 0 ? '… ' : ''}${rest.slice(0, end > 0 ? end : length)} …`;
}

const dialog = document.createElement('dialog');
dialog.className = 'search';
dialog.setAttribute('aria-label', 'Search');
const input = document.createElement('input');
input.type = 'search';
input.placeholder = 'Search all pages';
input.setAttribute('aria-label', 'Search all pages');
const status = document.createElement('p');
status.className = 'search-status';
status.setAttribute('role', 'status');
const list = document.createElement('ul');
const head = document.createElement('div');
head.className = 'search-head';
head.append(input, status);
dialog.append(head, list);

/** @param {string} path */
function addressOf(path) {
  if (rootAddress.endsWith('/')) return rootAddress + path.slice(1);
  // A folder of files: `../index.html` stands for the root, pages end in `.html`, and names of files
  // are what is percent-encoded elsewhere.
  const [page = '', fragment = ''] = path.split('#');
  const up = rootAddress.slice(0, rootAddress.lastIndexOf('/') + 1);
  return `${up}${page.slice(1).replaceAll('%', '%25')}.html${fragment === '' ? '' : `#${fragment}`}`;
}

async function search() {
  const terms = plain(input.value).split(/\s+/).filter(Boolean);
  if (terms.length === 0) {
    list.replaceChildren();
    status.textContent = '';
    return;
  }
  const entries = await loadIndex();
  const found = entries
    .map((entry) => ({ entry, score: score(entry, terms) }))
    .filter((one) => one.score > 0)
    .sort((a, b) => b.score - a.score);
  status.textContent = found.length === 0 ? 'Nothing found' : `${found.length} found`;
  list.replaceChildren(
    ...found.slice(0, maxResults).map(({ entry }) => {
      const item = document.createElement('li');
      const link = document.createElement('a');
      link.href = addressOf(entry.path);
      link.textContent = entry.title;
      link.addEventListener('click', () => dialog.close());
      const where = document.createElement('p');
      where.textContent = entry.page === entry.title ? '' : entry.page;
      const text = document.createElement('p');
      text.textContent = excerpt(entry.text, terms);
      item.append(link, where, text);
      return item;
    }),
  );
}

function showSearch() {
  if (!dialog.open) dialog.showModal();
  input.select();
}

input.addEventListener('input', () => {
  search().catch(() => {
    status.textContent = 'The search cannot be loaded right now';
  });
});
dialog.addEventListener('click', (event) => {
  if (event.target === dialog) dialog.close();
});
document.body.append(dialog);

for (const button of document.querySelectorAll('.search-button')) {
  if (button instanceof HTMLElement) button.hidden = false;
  button.addEventListener('click', showSearch);
}

document.addEventListener('keydown', (event) => {
  const isTyping =
    event.target instanceof Element && event.target.matches('input, textarea, [contenteditable]');
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  showSearch();
});
