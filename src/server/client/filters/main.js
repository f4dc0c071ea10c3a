// Readers choose among the rows that came with a page: figures, tables and cards follow, and the address says it. All
// that is computed is what the server would compute of the same rows; without script everything is shown of all.

import { chosenRows, countChosen } from '../../../chart/rows/choices.js';
import { fromParameters, filterPrefix, toParameters } from '../../../chart/rows/filter-address.js';
import { choicesInWords, rowsInWords } from '../../../chart/rows/filter-words.js';
import { binSpan } from '../../../chart/rows/bin-dates.js';
import { cardView } from './card-view.js';
import { countOf } from '../../../text/amounts.js';
import { chartView } from './chart-view.js';
import { makeControl } from './controls.js';
import { element } from '../elements.js';
import { foldedFields } from './folded-fields.js';
import { noteUnfiltered } from './filtered-words.js';
import { lastDate, pageControls } from '../../../chart/rows/page-filters.js';
import { hasField, pageViews } from './page-rows.js';
import { tableView } from './table-view.js';

/** @typedef {import('../../../chart/rows/choices.js').Choice} Choice */

/** The most controls that stand on a phone's page from the start. */
const mostUnfolded = 2;

const views = pageViews();
const controls = pageControls(views.map((view) => view.controls));
const room = document.querySelector('.filter-room');
/** @type {Map<string, Choice>} */
let choices = new Map();

const shown = views.map((view) => {
  const { grammar } = view;
  return {
    view,
    update:
      grammar.kind === 'chart'
        ? chartView(view, grammar, (position) => pick(grammar.position, position))
        : grammar.kind === 'card'
          ? cardView(view, grammar)
          : tableView(view),
  };
});

/** @type {Map<string, string | undefined>} */
const ends = new Map();

/** The last date of a field on the page. @param {string} field */
function endOf(field) {
  if (!ends.has(field))
    ends.set(
      field,
      lastDate(
        views.map(({ rows }) => rows),
        field,
      ),
    );
  return ends.get(field);
}

/** What a click on a position chooses; the same once more, nothing. */
function pick(
  /** @type {{ field: string, bin?: import('../../../chart/rows/bin-dates.js').DateBin }} */ use,
  /** @type {string | number} */ position,
) {
  const control = controls.find(({ field }) => field === use.field);
  if (control === undefined) return;
  const known = views
    .map(({ rows }) => rows.fields.get(use.field)?.dimension().values ?? [])
    .flat();
  const text = `${position}`;
  /** @type {Choice | undefined} */
  const choice =
    control.control === 'dates'
      ? { kind: 'dates', ...binSpan(text, use.bin ?? 'day') }
      : control.control === 'range'
        ? { kind: 'numbers', from: text, to: text }
        : control.control === 'text'
          ? { kind: 'text', text }
          : { kind: 'values', values: [known.includes(text) ? text : null] };
  const isSame = JSON.stringify(choices.get(use.field)) === JSON.stringify(choice);
  choose(use.field, isSame ? undefined : choice);
}

/** @param {string} field @param {Choice | undefined} choice */
function choose(field, choice) {
  const isTyped = choice?.kind === 'text' || choices.get(field)?.kind === 'text';
  const next = new Map(choices);
  if (choice === undefined) next.delete(field);
  else next.set(field, choice);
  choices = next;
  toAddress(isTyped);
  show();
}

/** @param {boolean} isTyped Each letter is not a step back. */
function toAddress(isTyped) {
  const parameters = [...new URLSearchParams(location.search)].filter(
    ([name]) => !name.startsWith(filterPrefix),
  );
  const query = new URLSearchParams([...parameters, ...toParameters(choices, controls)]).toString();
  const address = `${location.pathname}${query === '' ? '' : `?${query}`}${location.hash}`;
  try {
    history[isTyped ? 'replaceState' : 'pushState'](history.state, '', address);
  } catch {
    // A file keeps its address in some browsers.
  }
}

const shownControls = controls.map((control) => makeControl(control, views, choose));
const status = element('p', { class: 'filter-status', role: 'status' });
const reset = element('button', { type: 'button', class: 'filter-reset', hidden: '' }, ['Reset']);
reset.addEventListener('click', () => {
  choices = new Map();
  toAddress(false);
  show();
  shownControls[0]?.node.querySelector('select, input, summary')?.dispatchEvent(new Event('focus'));
});

/** The views that show a part of their rows. */
const filtered = new Set();

/** Charts, cards and tables without rows to choose among. */
const unfiltered = [
  ...document.querySelectorAll('figure.chart, .metric, .output:has(.table-frame)'),
].flatMap((host) =>
  host instanceof HTMLElement && !views.some((view) => view.host === host) ? [host] : [],
);

/** The labels of chosen fields. @param {readonly string[]} fields */
function labelsOf(fields) {
  return controls.flatMap(({ field, label }) => (fields.includes(field) ? [label] : [])).join(', ');
}

/** Links to the page's other choices, with the addresses that the server gave them; a comparison filters nothing. */
const choiceLinks = [
  ...document.querySelectorAll('.control:not([data-control="compare."]) .control-options a[href]'),
].map((link) => ({
  link,
  href: link.getAttribute('href') ?? '',
}));

/** What is filtered stays when another choice is followed; also what this page has no control for. */
function toLinks() {
  const others = [...new URLSearchParams(location.search)].filter(
    ([name]) =>
      name.startsWith(filterPrefix) &&
      controls.every(({ field }) => `${filterPrefix}${field}` !== name),
  );
  const filters = new URLSearchParams([...others, ...toParameters(choices, controls)]).toString();
  for (const { link, href } of choiceLinks) {
    const joint = href.includes('?') ? '&' : '?';
    link.setAttribute('href', filters === '' ? href : `${href}${joint}${filters}`);
  }
}

function show() {
  toLinks();
  const words = choicesInWords(choices, controls);
  const query = new URLSearchParams(toParameters(choices, controls)).toString();
  for (const control of shownControls) control.show(choices.get(control.field));
  /** @type {Map<string, Uint8Array>} Rows of equal columns are chosen once. */
  const known = new Map();
  let most = { chosen: 0, count: -1 };
  for (const { view, update } of shown) {
    const fields = [...choices.keys()].filter((field) => hasField(view, field));
    const others = labelsOf([...choices.keys()].filter((field) => !hasField(view, field)));
    if (fields.length === 0) {
      if (filtered.delete(view)) update(undefined);
      noteUnfiltered(view.host, others);
      continue;
    }
    filtered.add(view);
    const key = `${view.rows.count} ${fields.map((field) => view.columns.get(field)).join(' ')}`;
    const chosen = known.get(key) ?? chosenRows(view.rows, choices, endOf);
    known.set(key, chosen);
    const count = { chosen: countChosen(chosen), count: view.rows.count };
    if (count.count > most.count) most = count;
    const own = new Map(
      fields.flatMap((field) => {
        const choice = choices.get(field);
        return choice === undefined ? [] : [[field, choice]];
      }),
    );
    const rows = rowsInWords(count.chosen, count.count);
    update({
      words: choicesInWords(own, controls),
      count: others === '' ? rows : `${rows}, not filtered by ${others}`,
      ...{ chosen, query },
    });
  }
  for (const host of unfiltered) noteUnfiltered(host, labelsOf([...choices.keys()]));
  reset.hidden = choices.size === 0;
  folded?.show(choices.size);
  const figures = shown.length + unfiltered.length;
  const parts = [words, rowsInWords(most.chosen, most.count)];
  if (filtered.size < figures) parts.push(`${filtered.size} of ${countOf(figures, 'figure')}`);
  status.textContent = choices.size === 0 ? '' : parts.join(' · ');
}

function readAddress() {
  choices = fromParameters(new URLSearchParams(location.search), controls);
}

const fields = shownControls.map(({ node }) => node);
const folded = fields.length > mostUnfolded ? foldedFields(fields) : undefined;
room?.append(...(folded?.parts ?? fields), reset, status);
if (controls.length > 0) {
  readAddress();
  if (choices.size > 0) show();
  else toLinks();
  addEventListener('popstate', () => {
    readAddress();
    show();
  });
}
