// Opens the log of a task beside the graph and the grid, where script runs; without it the links lead to
// the page of the run.

const panel = document.createElement('dialog');
panel.className = 'panel';
panel.setAttribute('aria-label', 'Log of the task');

/** @type {HTMLElement | undefined} */
let opener;

/** @param {URL} url */
async function readLog(url) {
  const response = await fetch(url.pathname);
  if (!response.ok) throw new Error(`${url.pathname}: ${response.status}`);
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  // A run of very many tasks has a page for each of them.
  if (url.hash === '') return page.querySelector('.task');
  return (
    page.getElementById(decodeURIComponent(url.hash.slice(1))) ??
    page.getElementById(url.hash.slice(1))
  );
}

/**
 * @param {HTMLElement} link
 * @param {URL} url
 */
async function open(link, url) {
  const log = await readLog(url);
  if (log === null) throw new Error(`no log for ${url.hash}`);
  if (log instanceof HTMLDetailsElement) log.open = true;
  log.removeAttribute('id');
  const close = document.createElement('button');
  close.type = 'button';
  close.className = 'close';
  close.textContent = 'Close';
  close.addEventListener('click', () => panel.close());
  const more = document.createElement('p');
  more.className = 'breadcrumb';
  const whole = document.createElement('a');
  whole.href = url.href.replace(/\/tasks\/.*$/, '');
  whole.textContent = 'The whole run';
  more.append(whole);
  panel.replaceChildren(close, more, log);
  if (!panel.open) panel.show();
  opener = link;
  close.focus();
}

panel.addEventListener('close', () => opener?.focus());
document.addEventListener('keydown', ({ key }) => {
  if (key === 'Escape' && panel.open) panel.close();
});
document.querySelector('main')?.append(panel);

for (const link of document.querySelectorAll('.graph a, .run-grid td a')) {
  const address = link.getAttribute('href') ?? '';
  if (!/\/pipeline\/runs\/.*(?:#|\/tasks\/)/.test(address)) continue;
  link.addEventListener('click', (event) => {
    if (!(event instanceof MouseEvent) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const url = new URL(address, location.href);
    open(/** @type {HTMLElement} */ (link), url).catch(() => location.assign(url));
  });
}
