// Tables: a head sorts; longer ones get a filter, very long ones are shown in parts; all can be saved. Of
// a table that shows its first rows the others come with the page, as data.

/**
 * @typedef {string | number | null} Value
 * @typedef {Value | [Value, string]} Cell
 * @typedef {{ texts: string[], values: Value[], found: string, element: HTMLTableRowElement | undefined,
 *   cells?: Cell[] }} Row `cells`: as they came with the page.
 * @typedef {{ caption: string, heads: string[], rows: Cell[][] }} Whole
 */

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
const locale = document.documentElement.dataset['locale'] ?? 'en-CA';
/** @type {Map<string, string>} */
const signs = new Map(
  new Intl.NumberFormat(locale).formatToParts(-1234567.5).map(({ type, value }) => [type, value]),
);
const [group = ',', decimal = '.'] = [signs.get('group'), signs.get('decimal')];
const minFiltered = 20;
const mostShown = 50;

/**
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} type
 * @param {ParentNode} within
 * @returns {T[]}
 */
function allWithin(selector, type, within) {
  return [...within.querySelectorAll(selector)].filter(
    /** @returns {element is T} */ (element) => element instanceof type,
  );
}

/**
 * The number that a text shows, if it shows one.
 *
 * @param {string} text
 */
function numberIn(text) {
  const digits = text
    .replaceAll(group, '')
    .replace(decimal, '.')
    .replace(/[\s\u00a0\u202f%$€£]/g, '')
    .replace('−', '-');
  return digits === '' || Number.isNaN(Number(digits)) ? undefined : Number(digits);
}

/**
 * What a cell says to programs: no dash for nothing, no separators within numbers.
 *
 * @param {string} text
 */
function valueIn(text) {
  if (text === '–') return null;
  // By their signs, whatever the locale: `1.234,5` is `1#234~5`.
  const plain = text.replaceAll(group, '#').replace(decimal, '~');
  return /^[+−-]?\d{1,3}(?:#\d{3})+(?:~\d+)?$/.test(plain) ||
    /^−[\d~]+$/.test(plain) ||
    (decimal !== '.' && /^[+-]?\d+~\d+$/.test(plain))
    ? plain.replaceAll('#', '').replace('~', '.').replace('−', '-')
    : text;
}

/** The name of a column, without the type that stands small beside it. @param {HTMLElement} head */
function headText(head) {
  const copy = /** @type {HTMLElement} */ (head.cloneNode(true));
  for (const small of copy.querySelectorAll('small')) small.remove();
  return copy.textContent.trim();
}

/**
 * The rows of a table, or all that came with the page, of which the table shows the first.
 *
 * @param {HTMLTableElement} table
 * @param {Whole | undefined} whole
 * @returns {Row[]}
 */
function rowsOf(table, whole) {
  const elements = [...table.tBodies].flatMap((body) => [...body.rows]);
  if (whole === undefined) {
    return elements.map((element) => {
      const texts = [...element.cells].map((cell) => cell.textContent.trim());
      return row(texts, texts.map(valueIn), element);
    });
  }
  return whole.rows.map((cells, index) => ({
    ...row(
      cells.map((cell) => (Array.isArray(cell) ? cell[1] : cell === null ? '–' : String(cell))),
      cells.map((cell) => (Array.isArray(cell) ? cell[0] : cell)),
      elements[index],
    ),
    cells,
  }));
}

/**
 * @param {string[]} texts
 * @param {Value[]} values
 * @param {HTMLTableRowElement | undefined} element
 * @returns {Row}
 */
function row(texts, values, element) {
  return { texts, values, found: texts.join(' ').toLowerCase(), element };
}

/**
 * A row on the page, made like the first one when it was not there.
 *
 * @param {Row} one
 * @param {HTMLTableRowElement} model
 * @param {HTMLTableElement} table
 */
function elementOf(one, model, table) {
  if (one.element !== undefined) return one.element;
  const element = /** @type {HTMLTableRowElement} */ (model.cloneNode(true));
  for (const [index, cell] of [...element.cells].entries()) {
    cell.textContent = one.texts[index] ?? '';
    cell.classList.toggle('null', one.values[index] === null);
  }
  one.element = element;
  // Columns that draw their values are another script's, which only their pages load.
  dispatchEvent(
    new CustomEvent('daybook-row', { detail: { table, row: element, cells: one.cells ?? [] } }),
  );
  return element;
}

/**
 * Rows by a column; what has no value stands last, whichever way.
 *
 * @param {readonly Row[]} rows
 * @param {number} column
 * @param {boolean} isFalling
 * @param {boolean} isOfLists Its cells are lists of numbers, of which the last counts.
 */
function sorted(rows, column, isFalling, isOfLists) {
  const keys = new Map(
    rows.map((one) => {
      const whole = one.texts[column] ?? '';
      const text = isOfLists ? (whole.split('; ').at(-1) ?? '') : whole;
      const value = isOfLists ? undefined : one.values[column];
      const number = typeof value === 'number' ? value : numberIn(text);
      return [one, { text, number, isMissing: /^[–-]?$/.test(text) }];
    }),
  );
  const sign = isFalling ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [a, b] = [keys.get(one), keys.get(other)];
    if (a === undefined || b === undefined) return 0;
    const missing = Number(a.isMissing) - Number(b.isMissing);
    if (missing !== 0) return missing;
    return a.number !== undefined && b.number !== undefined
      ? sign * (a.number - b.number)
      : sign * collator.compare(a.text, b.text);
  });
}

/** What spreadsheets take for a formula, also after blanks, and in the wide signs of East Asian texts. */
const formula = /^(?:[\t\r\n]|\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/;

/** A field of CSV; no text may be taken for a formula. @param {Value} value */
function csvField(value) {
  if (value === null) return '';
  // Some programs drop null characters, so that a formula comes forth.
  const text = String(value).replaceAll('\0', '\uFFFD');
  const safe = formula.test(text) && numberIn(text) === undefined ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Lines as CSV, which spreadsheets read as UTF-8. @param {readonly (readonly Value[])[]} lines */
function csvOf(lines) {
  return `\uFEFF${lines.map((line) => line.map(csvField).join(',')).join('\r\n')}\r\n`;
}

/**
 * A link that saves all rows of a table as CSV, as they are sorted; charts have one of their own.
 *
 * @param {HTMLElement} frame
 * @param {HTMLTableElement} table
 * @param {string[]} heads
 * @param {() => readonly Row[]} current
 */
function addDownload(frame, table, heads, current) {
  const cell = frame.closest('.cell');
  const next = frame.closest('.output')?.nextElementSibling;
  // What has an address is saved from there.
  if (cell === null || frame.closest('.figure-data') !== null) return;
  if (next?.querySelector('.figure-files') != null) return;
  const link = document.createElement('a');
  link.href = '#';
  link.textContent = 'CSV';
  link.setAttribute('aria-label', `CSV of ${frame.getAttribute('aria-label') ?? 'the table'}`);
  link.download = `${(table.caption?.textContent ?? 'table').replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 60)}.csv`;
  link.addEventListener('click', () => {
    URL.revokeObjectURL(link.href);
    const text = csvOf([heads, ...current().map(({ values }) => values)]);
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  });
  let foot = cell.querySelector(':scope > .cell-foot');
  if (foot === null) {
    foot = document.createElement('div');
    foot.className = 'figure-foot cell-foot';
    cell.append(foot);
  }
  foot.append(link);
}

/**
 * A filter for longer tables, and leaves of them for very long ones.
 *
 * @param {HTMLElement} frame
 * @param {HTMLTableElement} table
 * @param {() => readonly Row[]} current
 * @param {Whole | undefined} whole
 * @returns {() => void} Shows the rows anew, after they were sorted.
 */
function addTools(frame, table, current, whole) {
  const body = table.tBodies[0];
  const before = [...(body?.rows ?? [])];
  const [model] = before;
  const count = current().length;
  if (body === undefined || model === undefined) return () => undefined;
  /** @param {readonly Row[]} rows */
  const put = (rows) => body.replaceChildren(...rows.map((one) => elementOf(one, model, table)));
  if (count < minFiltered) return () => put(current());

  const isPaged = whole !== undefined || count > 2 * mostShown;
  const pageRows = Math.min(mostShown, whole === undefined ? mostShown : before.length);
  const caption = table.caption?.textContent ?? '';
  const tools = document.createElement('div');
  tools.className = 'table-tools';
  const input = document.createElement('input');
  input.type = 'search';
  input.placeholder = 'Filter rows';
  const name = frame.getAttribute('aria-label') ?? 'the table';
  input.setAttribute('aria-label', `Filter the rows of ${name}`);
  const output = document.createElement('output');
  let first = 0;
  /** @param {string} word @param {number} step */
  const turner = (word, step) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = word;
    button.setAttribute('aria-label', `${word} rows of ${name}`);
    button.addEventListener('click', () => {
      first += step;
      show();
      frame.scrollTo({ top: 0 });
    });
    return button;
  };
  const [previous, next] = [turner('Previous', -pageRows), turner('Next', pageRows)];
  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = current().filter((one) => words.every((word) => one.found.includes(word)));
    if (first >= found.length) first = 0;
    const shown = isPaged ? found.slice(first, first + pageRows) : found;
    put(shown);
    const range = found.length === 0 ? '0' : `${first + 1}–${first + shown.length}`;
    if (isPaged) output.textContent = `${range} of ${found.length} rows`;
    else output.textContent = words.length === 0 ? '' : `${found.length} of ${count} rows`;
    previous.disabled = first === 0;
    next.disabled = first + pageRows >= found.length;
    // The caption counted those that were there without script.
    if (whole !== undefined && table.caption !== null) table.caption.textContent = whole.caption;
  };
  input.addEventListener('input', () => {
    first = 0;
    show();
  });
  // On paper stands what stands there without script.
  addEventListener('beforeprint', () => {
    if (whole === undefined) put(current());
    else body.replaceChildren(...before);
    if (table.caption !== null) table.caption.textContent = caption;
  });
  addEventListener('afterprint', show);
  tools.append(input, output, ...(isPaged ? [previous, next] : []));
  frame.before(tools);
  show();
  return show;
}

/** The rows that came with the page for a table. @param {HTMLElement} frame @returns {Whole | undefined} */
function wholeOf(frame) {
  const data = frame.closest('.output')?.querySelector(':scope > script.table-rows')?.textContent;
  return data == null ? undefined : JSON.parse(data);
}

/** What script adds to a table. @param {HTMLElement} frame */
function addTo(frame) {
  const table = frame.querySelector('table');
  if (table === null) return;
  const whole = wholeOf(frame);
  const given = rowsOf(table, whole);
  const heads = whole?.heads ?? [...(table.tHead?.rows[0]?.cells ?? [])].map(headText);
  /** All rows as they are sorted, and those of them that filters leave. */
  let [order, current] = [given, given];
  /** @type {Set<Row> | undefined} */
  let chosen;
  const saved = [...(table.tHead?.rows ?? [])].slice(1).map((head) => {
    const texts = [...head.cells].map(headText);
    return row(texts, texts, undefined);
  });
  addDownload(frame, table, heads, () => [...saved, ...current]);
  // A table whose cells span others has no columns to sort by; heads that are links stay links.
  if (table.tHead?.rows.length !== 1 || table.tBodies.length !== 1) return;
  if (table.querySelector('[colspan], [rowspan], thead a') !== null) return;
  const show = addTools(frame, table, () => current, whole);
  const leave = () => {
    current = order.filter((one) => chosen?.has(one) ?? true);
    show();
  };
  frame.addEventListener('daybook-rows', (event) => {
    if (!(event instanceof CustomEvent)) return;
    const detail = /** @type {{ chosen: Uint8Array | undefined, csv: () => string }} */ (
      event.detail
    );
    const { chosen: marks } = detail;
    chosen = marks && new Set(given.filter((_, index) => marks[index] === 1));
    detail.csv = () => csvOf([heads, ...current.map(({ values }) => values)]);
    leave();
  });
  for (const head of allWithin('thead th', HTMLTableCellElement, table)) {
    if (head.textContent.trim() === '') continue;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'sort';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const isFalling = head.getAttribute('aria-sort') === 'ascending';
      for (const other of allWithin('th[aria-sort]', HTMLTableCellElement, table)) {
        other.removeAttribute('aria-sort');
      }
      head.setAttribute('aria-sort', isFalling ? 'descending' : 'ascending');
      const isOfLists = head.dataset['draw']?.startsWith('spark') === true;
      order = sorted(given, head.cellIndex, isFalling, isOfLists);
      leave();
    });
  }
}

for (const frame of allWithin('.table-frame', HTMLElement, document)) addTo(frame);
// Filters put another table in the place of a chart's.
addEventListener('daybook-table', ({ target }) => {
  if (target instanceof HTMLElement && !target.matches('.table-tools + *')) addTo(target);
});
