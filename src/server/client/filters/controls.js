// The filter controls of a page: each shows the reader's choice and reports a new one.

import { datePresets } from '../../../chart/rows/choices.js';
import { presetWords, valueWords } from '../../../chart/rows/filter-words.js';
import { element } from '../elements.js';

/**
 * @typedef {import('../../../chart/rows/choices.js').Choice} Choice
 * @typedef {import('../../../chart/rows/grammar.js').Control} Control
 * @typedef {import('./page-rows.js').View} View
 * @typedef {{ field: string, node: HTMLElement, show: (choice: Choice | undefined) => void }} ShownControl
 */

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/**
 * Makes a control.
 *
 * @param {Control} control
 * @param {readonly View[]} views
 * @param {(field: string, choice: Choice | undefined) => void} choose
 * @returns {ShownControl}
 */
export function makeControl(control, views, choose) {
  const makers = { select, multiple, dates, range, text };
  const { field, label } = control;
  const { parts, show } = makers[control.control](control, views, (choice) =>
    choose(field, choice),
  );
  const name = element('span', { class: 'control-label', 'aria-hidden': 'true' }, [label]);
  const node = element('div', { class: 'control', role: 'group', 'aria-label': label }, [
    name,
    ...parts,
  ]);
  return { field, node, show };
}

/**
 * @typedef {(control: Control, views: readonly View[], choose: (choice: Choice | undefined) => void) =>
 *   { parts: HTMLElement[], show: (choice: Choice | undefined) => void }} Maker
 */

/** The values of a field on the whole page, in their order. @param {string} field @param {readonly View[]} views */
function valuesOf(field, views) {
  const values = new Set(views.flatMap(({ rows }) => present(rows.fields.get(field))));
  return [...values].sort((a, b) =>
    a === null || b === null ? Number(a === null) - Number(b === null) : collator.compare(a, b),
  );
}

/** The values of a column that rows have; null: some have none. @param {View['rows']['fields'] extends ReadonlyMap<string, infer F> ? F | undefined : never} column */
function present(column) {
  if (column === undefined) return [];
  const { values, codes } = column.dimension();
  return codes.includes(0) ? values : values.slice(1);
}

/** @type {Maker} */
function select({ field, label }, views, choose) {
  const values = valuesOf(field, views);
  const all = element('option', { value: '' }, ['All']);
  const options = values.map((value, at) =>
    element('option', { value: `${at}` }, [valueWords(value)]),
  );
  const input = element('select', { 'aria-label': label }, [all, ...options]);
  input.addEventListener('change', () => {
    const value = values[Number(input.value)];
    choose(
      input.value === '' || value === undefined ? undefined : { kind: 'values', values: [value] },
    );
  });
  return {
    parts: [input],
    show: (choice) => {
      const [value] = choice?.kind === 'values' ? choice.values : [];
      const at = value === undefined ? -1 : values.indexOf(value);
      input.value = at < 0 ? '' : `${at}`;
    },
  };
}

/** Beyond so many values people search rather than look. */
const longList = 10;

/** @type {Maker} */
function multiple({ field, label }, views, choose) {
  const values = valuesOf(field, views);
  const boxes = values.map((value) => {
    const box = element('input', { type: 'checkbox' });
    const line = element('label', {}, [box, valueWords(value)]);
    return { value, box, item: element('li', {}, [line]) };
  });
  const summary = element('summary');
  const showChosen = (/** @type {string} */ words) => {
    summary.textContent = words;
    // Whoever speaks to the computer says what stands there (WCAG 2.5.3).
    summary.setAttribute('aria-label', `${label}: ${words}`);
  };
  showChosen('All');
  const search = element('input', {
    ...{ type: 'search', class: 'control-search', placeholder: 'Search' },
    ...{ 'aria-label': `Search ${label}`, autocomplete: 'off' },
  });
  const list = element('details', { class: 'control-list' }, [
    summary,
    ...(values.length > longList ? [search] : []),
    element(
      'ul',
      { class: 'control-options control-boxes' },
      boxes.map(({ item }) => item),
    ),
  ]);
  search.addEventListener('input', () => {
    const words = search.value.trim().toLowerCase();
    for (const { value, item } of boxes)
      item.hidden = !valueWords(value).toLowerCase().includes(words);
  });
  list.addEventListener('change', () => {
    const chosen = boxes.filter(({ box }) => box.checked).map(({ value }) => value);
    choose(chosen.length === 0 ? undefined : { kind: 'values', values: chosen });
  });
  list.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    list.open = false;
    summary.focus();
  });
  addEventListener('click', ({ target }) => {
    if (target instanceof Node && !list.contains(target)) list.open = false;
  });
  return {
    parts: [list],
    show: (choice) => {
      const chosen = choice?.kind === 'values' ? choice.values : [];
      for (const { value, box } of boxes) box.checked = chosen.includes(value);
      const [first = null] = chosen;
      showChosen(
        chosen.length === 0
          ? 'All'
          : chosen.length === 1
            ? valueWords(first)
            : `${chosen.length} chosen`,
      );
    },
  };
}

/** @type {Maker} */
function dates({ field, label }, views, choose) {
  const days = valuesOf(field, views)
    .flatMap((value) => (value === null ? [] : [value.slice(0, 10)]))
    .sort();
  const [first = '', last = ''] = [days[0], days.at(-1)];
  const end = (/** @type {string} */ name) =>
    element('input', { type: 'date', 'aria-label': `${label}, ${name}`, min: first, max: last });
  const [from, to] = [end('from'), end('to')];
  const input = element('select', { 'aria-label': label }, [
    element('option', { value: '' }, ['All']),
    ...datePresets.map((preset) => element('option', { value: preset }, [presetWords[preset]])),
    element('option', { value: 'span' }, ['From … to …']),
  ]);
  const span = element('span', { class: 'control-span' }, [from, '–', to]);
  const isSpan = (/** @type {boolean} */ is) => {
    span.hidden = !is;
  };
  input.addEventListener('change', () => {
    isSpan(input.value === 'span');
    const preset = datePresets.find((one) => one === input.value);
    if (input.value === 'span') chooseSpan();
    else choose(preset && { kind: 'preset', preset });
  });
  const chooseSpan = () => {
    choose(
      from.value === '' && to.value === ''
        ? undefined
        : {
            kind: 'dates',
            ...(from.value === '' ? {} : { from: from.value }),
            ...(to.value === '' ? {} : { to: to.value }),
          },
    );
  };
  span.addEventListener('change', chooseSpan);
  isSpan(false);
  return {
    parts: [input, span],
    show: (choice) => {
      if (choice?.kind === 'dates') {
        input.value = 'span';
        from.value = choice.from ?? '';
        to.value = choice.to ?? '';
      } else if (choice?.kind === 'preset') input.value = choice.preset;
      else if (!(input.value === 'span' && span.contains(document.activeElement))) input.value = '';
      isSpan(input.value === 'span');
    },
  };
}

/** @type {Maker} */
function range({ label }, _views, choose) {
  const end = (/** @type {string} */ name) =>
    element('input', {
      type: 'number',
      step: 'any',
      placeholder: name,
      'aria-label': `${label}, ${name}`,
    });
  const [from, to] = [end('from'), end('to')];
  const span = element('span', { class: 'control-span' }, [from, '–', to]);
  span.addEventListener('input', () => {
    choose(
      from.value === '' && to.value === ''
        ? undefined
        : {
            kind: 'numbers',
            ...(from.value === '' ? {} : { from: from.value }),
            ...(to.value === '' ? {} : { to: to.value }),
          },
    );
  });
  return {
    parts: [span],
    show: (choice) => {
      if (span.contains(document.activeElement)) return;
      from.value = choice?.kind === 'numbers' ? (choice.from ?? '') : '';
      to.value = choice?.kind === 'numbers' ? (choice.to ?? '') : '';
    },
  };
}

/** @type {Maker} */
function text({ label }, _views, choose) {
  const input = element('input', { type: 'search', placeholder: 'Contains', 'aria-label': label });
  input.addEventListener('input', () => {
    choose(input.value === '' ? undefined : { kind: 'text', text: input.value });
  });
  return {
    parts: [input],
    show: (choice) => {
      if (document.activeElement !== input)
        input.value = choice?.kind === 'text' ? choice.text : '';
    },
  };
}
