// What script adds to a page that is complete without it: relative times, the theme, folding all code,
// the contents that follow, copying code. Tables are in tables.js.

const root = document.documentElement;

/**
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} type
 * @param {ParentNode} [within]
 * @returns {T[]}
 */
function all(selector, type, within = document) {
  return [...within.querySelectorAll(selector)].filter(
    /** @returns {element is T} */ (element) => element instanceof type,
  );
}

// --- Relative times, with the absolute in the tooltip and in print.

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const units = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** @param {number} seconds Negative: ago. */
function relativeWords(seconds) {
  if (Math.abs(seconds) < 60) return 'just now';
  const [unit, length] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ['minute', 60];
  return relative.format(Math.trunc(seconds / length), unit);
}

function showRelativeTimes() {
  for (const time of all('time.relative', HTMLTimeElement)) {
    time.textContent = relativeWords((Date.parse(time.dateTime) - Date.now()) / 1000);
  }
}

// They are shorter than what stood there: where a line is saved its room stays, so that nothing moves.
const lines = new Set(
  all('time.relative', HTMLTimeElement)
    .map((time) => time.closest('p'))
    .filter((line) => line !== null),
);
const heights = [...lines].map((line) => line.offsetHeight);
showRelativeTimes();
for (const [index, line] of [...lines].entries()) line.style.minHeight = `${heights[index] ?? 0}px`;
addEventListener(
  'resize',
  () => {
    for (const line of lines) line.style.minHeight = '';
  },
  { once: true },
);
setInterval(showRelativeTimes, 30_000);
addEventListener('afterprint', showRelativeTimes);
addEventListener('beforeprint', () => {
  for (const time of all('time.relative', HTMLTimeElement)) time.textContent = time.title;
});

// --- The head of each printed sheet: what the page is called and where its numbers come from.

/** @param {string} name @param {string} text */
function setPrinted(name, text) {
  const escaped = text.replace(/["\\\p{Cc}]/gu, (sign) => `\\${sign.charCodeAt(0).toString(16)} `);
  root.style.setProperty(`--print-${name}`, `"${escaped}"`);
}

setPrinted('title', document.querySelector('h1')?.textContent ?? document.title);
setPrinted('source', root.dataset['source'] ?? '');
if (location.protocol !== 'file:') setPrinted('address', location.origin + location.pathname);

// --- The theme: the system's, or light, or dark; remembered.

const themes = ['system', 'light', 'dark'];

for (const button of all('.theme-switch', HTMLButtonElement)) {
  const show = () => {
    button.textContent = `Theme: ${root.dataset['theme'] ?? 'system'}`;
  };
  button.hidden = false;
  show();
  button.addEventListener('click', () => {
    const now = themes.indexOf(root.dataset['theme'] ?? 'system');
    const next = themes[(now + 1) % themes.length] ?? 'system';
    if (next === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = next;
    try {
      if (next === 'system') localStorage.removeItem('daybook-theme');
      else localStorage.setItem('daybook-theme', next);
    } catch {
      // It holds for this page, then.
    }
    show();
    document.dispatchEvent(new Event('daybook-theme'));
  });
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  document.dispatchEvent(new Event('daybook-theme'));
});

// --- Code: all of it folded or not, at once; a link to folded code opens it; a copy button.

const codes = all('details.code', HTMLDetailsElement);

for (const control of all('.code-switch > :is(a, button)', HTMLElement)) {
  const show = () => {
    control.textContent = codes.every(({ open }) => open) ? 'Hide all code' : 'Show all code';
  };
  control.hidden = false;
  control.addEventListener('click', (event) => {
    event.preventDefault();
    const open = !codes.every((code) => code.open);
    for (const code of codes) code.open = open;
  });
  for (const code of codes) code.addEventListener('toggle', show);
}

// --- Leaves become tabs: one is shown, arrows lead from name to name.

for (const tabs of all('.tabs', HTMLElement)) {
  const leaves = all(':scope > .leaf', HTMLElement, tabs);
  const names = document.createElement('div');
  names.className = 'leaf-names';
  names.setAttribute('role', 'tablist');
  const buttons = leaves.map((leaf) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.id = `${leaf.id}-name`;
    button.textContent = leaf.getAttribute('aria-label');
    button.setAttribute('role', 'tab');
    button.setAttribute('aria-controls', leaf.id);
    leaf.setAttribute('role', 'tabpanel');
    button.addEventListener('click', () => show(leaf));
    return button;
  });
  /** @param {HTMLElement} shown */
  const show = (shown) => {
    for (const [index, leaf] of leaves.entries()) {
      leaf.classList.toggle('shown', leaf === shown);
      buttons[index]?.setAttribute('aria-selected', String(leaf === shown));
      buttons[index]?.setAttribute('tabindex', leaf === shown ? '0' : '-1');
    }
  };
  names.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const now = buttons.findIndex((button) => button === document.activeElement);
    if (step === undefined || now < 0) return;
    const next = buttons[(now + step + buttons.length) % buttons.length];
    next?.focus();
    next?.click();
  });
  names.append(...buttons);
  tabs.prepend(names);
  if (leaves[0] !== undefined) show(leaves[0]);
}

/**
 * The id that a fragment of an address names; one that is no valid percent-encoding stands for itself.
 *
 * @param {string} hash
 */
function idOf(hash) {
  const name = hash.slice(1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function openTarget() {
  const target = document.getElementById(idOf(location.hash));
  const leaf = target?.closest('.leaf:not(.shown)');
  if (leaf != null) {
    document.getElementById(`${leaf.id}-name`)?.click();
    target?.scrollIntoView();
  }
  const fold = target?.closest('details') ?? target?.querySelector('details.code');
  if (fold instanceof HTMLDetailsElement && location.hash.startsWith('#code-')) fold.open = true;
}

openTarget();
addEventListener('hashchange', openTarget);

for (const code of codes) {
  const pre = code.querySelector('pre');
  if (pre === null) continue;
  const body = document.createElement('div');
  body.className = 'code-body';
  pre.replaceWith(body);
  const copy = document.createElement('button');
  copy.type = 'button';
  copy.className = 'copy';
  copy.textContent = 'Copy';
  body.append(pre, copy);
  copy.addEventListener('click', () => {
    navigator.clipboard.writeText(pre.textContent).then(
      () => {
        copy.textContent = 'Copied';
        setTimeout(() => (copy.textContent = 'Copy'), 1500);
      },
      () => {
        // Without leave to copy, the code is at least selected.
        getSelection()?.selectAllChildren(pre);
      },
    );
  });
}

// --- Pictures of charts are made by a script that comes when somebody opens the menu for them.

const saving = document.querySelector('script[data-picture]')?.getAttribute('data-picture');
/** @param {Event} event */
function loadSaving({ target }) {
  if (!(target instanceof Element) || !target.matches('figure.chart .figure-files')) return;
  removeEventListener('toggle', loadSaving, true);
  const script = document.createElement('script');
  script.src = saving ?? '';
  document.head.append(script);
}
if (saving != null) addEventListener('toggle', loadSaving, true);

// --- The contents mark the part that is read.

const entries = new Map(
  all('.contents a', HTMLAnchorElement).map((link) => [idOf(link.hash), link]),
);
const headings = [...entries.keys()]
  .map((id) => document.getElementById(id))
  .filter((heading) => heading !== null);

function markContents() {
  // Those on hidden leaves stand nowhere.
  const shown = headings.filter((heading) => heading.checkVisibility());
  const passed = shown.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 4);
  const current = passed.at(-1) ?? shown[0];
  for (const [id, link] of entries) {
    if (id === current?.id) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  }
}

if (headings.length > 0) {
  let isAsked = false;
  addEventListener(
    'scroll',
    () => {
      if (isAsked) return;
      isAsked = true;
      requestAnimationFrame(() => {
        isAsked = false;
        markContents();
      });
    },
    { passive: true },
  );
  markContents();
}

/** Somebody is on the way to another page: to load this one again would take that back. */
let isLeaving = false;
addEventListener('beforeunload', () => {
  isLeaving = true;
});
addEventListener('pageshow', () => {
  isLeaving = false;
});

// --- A page that waits for something looks again, while somebody looks at it and does nothing else on it.

const refreshSeconds = Number(root.dataset['refresh'] ?? 0);
if (refreshSeconds > 0) {
  setInterval(() => {
    const isUsed =
      isLeaving ||
      document.querySelector('dialog[open]') !== null ||
      getSelection()?.isCollapsed === false;
    if (!document.hidden && !isUsed) location.reload();
  }, refreshSeconds * 1000);
}

// --- A page that changed on the server shows its new state; one that is being used says so first.

const events = document.querySelector('[data-events]')?.getAttribute('data-events');

/**
 * The page's tag: as the server has it now, or of what is shown, which the browser has kept.
 *
 * @param {RequestCache} cache
 */
async function readTag(cache) {
  const method = cache === 'force-cache' ? 'GET' : 'HEAD';
  const response = await fetch(location.href, { method, cache });
  return response.ok ? response.headers.get('ETag') : null;
}

/** @param {string} address */
async function follow(address) {
  const shown = await readTag('force-cache');
  const source = new EventSource(address);
  // The stream begins with the state that there is: more may have been published while this loaded.
  source.addEventListener('publication', async () => {
    const tag = await readTag('no-cache');
    if (shown === null || tag === null || tag === shown) return;
    const isUsed =
      isLeaving ||
      document.activeElement instanceof HTMLInputElement ||
      document.querySelector('dialog[open]') !== null ||
      getSelection()?.isCollapsed === false;
    if (!isUsed) {
      location.reload();
      return;
    }
    source.close();
    const notice = document.createElement('button');
    notice.type = 'button';
    notice.className = 'news';
    notice.textContent = 'This page has changed: show the new one';
    notice.addEventListener('click', () => location.reload());
    document.body.append(notice);
  });
  addEventListener('pagehide', () => source.close());
}

// An address that led nowhere has nothing to follow.
const [navigation] = performance.getEntriesByType('navigation');
const isFound =
  !(navigation instanceof PerformanceNavigationTiming) || !(navigation.responseStatus >= 400);
if (events != null && isFound && location.protocol !== 'file:') {
  void follow(events).catch(() => undefined);
}
