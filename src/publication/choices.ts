// Pages for combinations of readers' choices: addresses of combinations, and back.

import {
  choiceText,
  type ChoiceParameter,
  type ChoiceValue,
  type ChosenValues,
} from './choice-values.js';
import type {
  ChoiceState,
  DashboardNotebook,
  Publication,
  PublishedChoices,
} from './publication.js';

/** A notebook, and the page of it that an address means. */
export interface ChosenPage {
  readonly notebook: DashboardNotebook;
  /** The values of all parameters that may be chosen. */
  readonly values: ChosenValues;
  /** Undefined: the combination has no page, or one of the values does not exist. */
  readonly page: DashboardNotebook | undefined;
}

/** The values in the notebook. */
export function standingValues({ parameters }: Pick<PublishedChoices, 'parameters'>): ChosenValues {
  return Object.fromEntries(parameters.map(({ name, standing }) => [name, standing]));
}

/** The pages of values that may be chosen: one of a value that is gone is shown no more. */
export function inDomain(
  parameters: readonly ChoiceParameter[],
  states: readonly ChoiceState[],
): ChoiceState[] {
  return states.filter(({ values }) =>
    parameters.every(({ name, options }) => options.some(({ value }) => value === values[name])),
  );
}

/** The page of a combination; undefined: there is none. */
export function pageOfValues(
  notebook: DashboardNotebook,
  values: ChosenValues,
): DashboardNotebook | undefined {
  const { choices } = notebook;
  if (choices === undefined) return notebook;
  const isSame = (other: ChosenValues) =>
    choices.parameters.every(({ name }) => other[name] === values[name]);
  if (isSame(standingValues(choices))) return notebook;
  return choices.states.find((state) => isSame(state.values))?.page;
}

/**
 * The page that an address means: by its name, which may be that of one combination, and by its query.
 *
 * @param query - Names that are no parameters are ignored.
 * @returns Undefined: there is no such notebook.
 */
export function chosenPage(
  { notebooks }: Pick<Publication, 'notebooks'>,
  slug: string,
  query: Readonly<Record<string, unknown>> = {},
): ChosenPage | undefined {
  for (const notebook of notebooks) {
    const { choices } = notebook;
    const state = choices?.states.find(({ page }) => page.slug === slug);
    if (state !== undefined) return { notebook, values: state.values, page: state.page };
    if (notebook.slug !== slug && choices?.of !== slug) continue;
    if (choices === undefined) return { notebook, values: {}, page: notebook };
    const values: Record<string, ChoiceValue> = {};
    let isKnown = true;
    for (const { name, options, standing } of choices.parameters) {
      const text = Object.hasOwn(query, name) ? query[name] : undefined;
      const option = options.find(({ value }) => choiceText(value) === text);
      values[name] = text === undefined || option === undefined ? standing : option.value;
      isKnown &&= text === undefined || option !== undefined;
    }
    return { notebook, values, page: isKnown ? pageOfValues(notebook, values) : undefined };
  }
  return undefined;
}

/** The query of a combination, with its question mark: what differs from the notebook; empty: nothing does. */
export function choiceQuery(
  { parameters }: Pick<PublishedChoices, 'parameters'>,
  values: ChosenValues,
): string {
  const chosen = parameters.flatMap(({ name, standing }) => {
    const value = values[name];
    return value === undefined || value === standing
      ? []
      : [`${encodeURIComponent(name)}=${encodeURIComponent(choiceText(value))}`];
  });
  return chosen.length === 0 ? '' : `?${chosen.join('&')}`;
}

/** The values in words, as titles have them: `Quebec, 2019`. */
export function choiceWords(
  { parameters }: Pick<PublishedChoices, 'parameters'>,
  values: ChosenValues,
): string {
  return parameters
    .map(({ name, options }) => {
      const { label = '' } = options.find(({ value }) => value === values[name]) ?? {};
      return label.trim() === '' ? '(empty)' : label;
    })
    .join(', ');
}

/** The pages of a notebook's other combinations. */
export function pagesOfChoices({ choices }: DashboardNotebook): DashboardNotebook[] {
  return choices?.states.map(({ page }) => page) ?? [];
}

/**
 * A notebook with those of its pages that a reader may see, and with the values that these have; empty: none of them.
 * Where the page of the values in the notebook is not among them, the first that is stands for it.
 */
export function withVisiblePages(
  notebook: DashboardNotebook,
  maySee: (page: DashboardNotebook) => boolean,
): DashboardNotebook[] {
  const { choices } = notebook;
  if (choices === undefined) return maySee(notebook) ? [notebook] : [];
  const all = [{ values: standingValues(choices), page: notebook }, ...choices.states];
  const [first, ...states] = all.filter(({ page }) => maySee(page));
  if (first === undefined) return [];
  const parameters = choices.parameters.map((parameter) => ({
    ...parameter,
    standing: first.values[parameter.name] ?? null,
    options: parameter.options.filter(({ value }) =>
      [first, ...states].some(({ values }) => values[parameter.name] === value),
    ),
  }));
  const { title } = notebook;
  return [{ ...first.page, title, choices: { ...choices, parameters, states } }];
}
