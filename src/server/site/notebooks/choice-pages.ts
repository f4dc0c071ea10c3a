// What a notebook's readers may choose, as controls of its page, and the page of a combination that does not exist.

import { h } from 'hastscript';
import type { ChosenValues } from '../../../publication/choice-values.js';
import {
  choiceQuery,
  pageOfValues,
  standingValues,
  type ChosenPage,
} from '../../../publication/choices.js';
import { controlBar, linkControl, type LinkControl } from '../../parts/control-bar.js';
import { pageDocument, type PageFrame } from '../../parts/layout.js';
import { notebookPath } from '../../paths.js';
import type { PageSources } from '../page-sources.js';

/** How addresses of combinations are written. */
type Naming = Pick<PageSources, 'namesChoices'>;

/** The address of the chosen page of a notebook. */
export function pathOfChoice({ namesChoices = false }: Naming, chosen: ChosenPage): string {
  const { notebook, values, page } = chosen;
  if (namesChoices && page !== undefined) return notebookPath(page.slug);
  const { choices } = notebook;
  const query = choices === undefined || page === undefined ? '' : choiceQuery(choices, values);
  return notebookPath(choices?.of ?? notebook.slug) + query;
}

/**
 * A control for each parameter that may be chosen: the others stay as they are.
 *
 * @param pathOf - The address of a combination. Default: its page.
 */
export function choiceControls(
  naming: Naming,
  { notebook, values }: ChosenPage,
  pathOf?: (values: ChosenValues) => string,
): LinkControl[] {
  return (notebook.choices?.parameters ?? []).map(({ name, label, options }) => ({
    ...{ name, label },
    options: options.flatMap((option) => {
      const other: ChosenValues = { ...values, [name]: option.value };
      const page = pageOfValues(notebook, other);
      const isCurrent = option.value === values[name];
      if (page === undefined && !isCurrent) return [];
      const href = pathOf?.(other) ?? pathOfChoice(naming, { notebook, values: other, page });
      return [{ label: option.label, href, isCurrent }];
    }),
  }));
}

/** The most combinations that are listed where one is missing. */
const mostListed = 200;

/** The page of an address whose combination does not exist: which there are. */
export function noSuchChoice(naming: Naming, { notebook }: ChosenPage, frame: PageFrame): string {
  const values = notebook.choices === undefined ? {} : standingValues(notebook.choices);
  const controls = choiceControls(naming, { notebook, values, page: notebook });
  const names = controls.map(({ label, options }) =>
    h('p', [
      `${label}: `,
      options
        .slice(0, mostListed)
        .map((option) => option.label)
        .join(', '),
    ]),
  );
  return pageDocument(
    {
      title: 'There is no such page',
      main: [
        h('header', { className: 'page-head' }, [h('h1', 'There is no such page')]),
        h('div', { className: 'prose' }, [
          h('p', [
            h('a', { href: notebookPath(notebook.slug) }, notebook.title),
            ' has pages of other values than those of this address. They are:',
          ]),
          ...names,
        ]),
        controlBar(controls.map((control) => linkControl(withoutCurrent(control)))),
      ].filter((part) => part !== undefined),
    },
    frame,
  );
}

/** Nothing is chosen on a page that is not there. */
function withoutCurrent(control: LinkControl): LinkControl {
  return {
    ...control,
    options: control.options.map((option) => ({ ...option, isCurrent: false })),
  };
}

/** A path of the dashboard as seen from the address of a page beside it, below whatever base path. */
export function besidePath(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
