// Two combinations of a notebook's choices in one address: `?province=QC&compare.province=ON`.

import { choiceText, type ChosenValues } from '../../../publication/choice-values.js';
import {
  choiceQuery,
  chosenPage,
  pageOfValues,
  type ChosenPage,
} from '../../../publication/choices.js';
import type { LinkControl } from '../../parts/control-bar.js';
import { notebookPath } from '../../paths.js';
import type { PageSources } from '../page-sources.js';
import { choiceControls } from './choice-pages.js';

/** What the names of the second combination's parameters begin with: no parameter has a point in its name. */
const prefix = 'compare.';

/**
 * The combination that an address compares its own with; what it does not name is as in the other.
 *
 * @returns Undefined: the address compares nothing. Without a page: there is no such combination.
 */
export function comparedChoice(
  { notebook, values }: ChosenPage,
  query: Readonly<Record<string, unknown>>,
): ChosenPage | undefined {
  const parameters = notebook.choices?.parameters ?? [];
  if (!parameters.some(({ name }) => Object.hasOwn(query, prefix + name))) return undefined;
  const asked = Object.fromEntries(
    parameters.map(({ name }) => [
      name,
      Object.hasOwn(query, prefix + name) ? query[prefix + name] : choiceText(values[name] ?? null),
    ]),
  );
  return chosenPage({ notebooks: [notebook] }, notebook.choices?.of ?? notebook.slug, asked);
}

/** The address of two combinations: the second says in what it differs from the first. */
export function pathOfComparison({ notebook, values }: ChosenPage, other: ChosenValues): string {
  const { choices } = notebook;
  if (choices === undefined) return notebookPath(notebook.slug);
  const own = choiceQuery(choices, values);
  const second = choices.parameters
    .filter(({ name }) => other[name] !== values[name])
    .map(
      ({ name }) =>
        `${encodeURIComponent(prefix + name)}=${encodeURIComponent(choiceText(other[name] ?? null))}`,
    )
    .join('&');
  const path = notebookPath(choices.of) + own;
  return second === '' ? path : `${path}${own === '' ? '?' : '&'}${second}`;
}

/**
 * What a page may be compared with: each other value of one of its parameters. Undefined: there is none, or pages are
 * files, of which none is made for each pair.
 */
export function compareControl(
  { namesChoices = false }: Pick<PageSources, 'namesChoices'>,
  chosen: ChosenPage,
): LinkControl | undefined {
  const { notebook, values } = chosen;
  const parameters = notebook.choices?.parameters ?? [];
  const options = parameters.flatMap(({ name, label, options: all }) =>
    all.flatMap((option) => {
      const other: ChosenValues = { ...values, [name]: option.value };
      if (option.value === values[name] || pageOfValues(notebook, other) === undefined) return [];
      const text = option.label.trim() === '' ? '(empty)' : option.label;
      return [
        {
          label: parameters.length === 1 ? text : `${label}: ${text}`,
          href: pathOfComparison(chosen, other),
          isCurrent: false,
        },
      ];
    }),
  );
  if (namesChoices || options.length === 0) return undefined;
  return { name: 'compare.', label: 'Compare with', options, isList: true };
}

/** The controls of both combinations, of which each leaves the other as it is. */
export function comparisonControls(
  sources: Pick<PageSources, 'namesChoices'>,
  [first, second]: readonly [ChosenPage, ChosenPage],
): readonly (readonly LinkControl[])[] {
  return [
    choiceControls(sources, first, (values) =>
      pathOfComparison({ ...first, values }, second.values),
    ),
    choiceControls(sources, second, (values) => pathOfComparison(first, values)),
  ];
}
