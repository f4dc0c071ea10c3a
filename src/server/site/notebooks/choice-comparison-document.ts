// The page that shows two combinations of a notebook's choices side by side.

import type { Element } from 'hast';
import { h } from 'hastscript';
import { choiceWords, type ChosenPage } from '../../../publication/choices.js';
import { controlBar, linkControl } from '../../parts/control-bar.js';
import { pageDocument, type PageFrame } from '../../parts/layout.js';
import type { ComparedFigure } from '../../rendering/compared-figures.js';
import type { Comparison } from '../../rendering/render-job.js';
import type { PageSources } from '../page-sources.js';
import { pathOfChoice } from './choice-pages.js';
import { comparisonControls } from './compared-choices.js';
import { differenceSections, differenceWords } from './difference-sections.js';

/** Two combinations with their charts and their differing values. */
export interface ChoiceComparisonView extends Comparison {
  readonly sides: readonly [ChosenPage, ChosenPage];
}

/** `/notebooks/SLUG?NAME=VALUE&compare.NAME=VALUE`: charts in pairs, and the values that differ. */
export function choiceComparisonDocument(
  { sides, differences, valueCount, figures }: ChoiceComparisonView,
  sources: Pick<PageSources, 'namesChoices'>,
  frame: PageFrame,
): string {
  const [{ notebook }] = sides;
  const names = sides.map(nameOf);
  const [first = '', second = ''] = names;
  const byGroup = new Map(figures.map((figure) => [figure.group, figure]));
  const links = sides.map((side, index) =>
    h('a', { href: pathOfChoice(sources, side) }, names[index]),
  );
  return pageDocument(
    {
      title: `${notebook.title}: ${first} and ${second}`,
      description: `“${notebook.title}” of ${first} beside that of ${second}`,
      main: [
        h('div', { className: ['wide', 'aligned', 'comparison'] }, [
          h('p', { className: 'breadcrumb' }, [
            h('a', { href: pathOfChoice(sources, sides[0]) }, notebook.title),
          ]),
          h('header', { className: 'page-head' }, [
            h('h1', `${first} and ${second}`),
            h('p', { className: 'lead' }, [
              ...['From ', links[0], ' to ', links[1], ': '],
              differenceWords(differences.length, valueCount),
            ]),
          ]),
          controlBar(
            comparisonControls(sources, sides).flatMap((controls, index) =>
              controls.map((control) =>
                linkControl({ ...control, label: `${control.label} ${sideLabels[index] ?? ''}` }),
              ),
            ),
          ),
          ...differenceSections(
            differences,
            [first, second],
            (group) => headOf(group, byGroup.get(group), names),
            figures.map(({ group }) => group),
          ),
        ]),
      ],
    },
    frame,
  );
}

const sideLabels = ['(first)', '(second)'];

function nameOf({ notebook, values }: ChosenPage): string {
  return notebook.choices === undefined ? notebook.title : choiceWords(notebook.choices, values);
}

/** The heading of a group; of a chart with both of its pictures. */
function headOf(
  group: string,
  figure: ComparedFigure | undefined,
  names: readonly string[],
): readonly Element[] {
  if (figure === undefined) return [h('h2', group)];
  const titles = figure.sides.map(({ title }) => title);
  const [title = group] = titles.filter((one) => one !== undefined);
  const isOne = titles[0] === titles[1];
  return [
    h('h2', isOne ? title : group),
    h(
      'div',
      { className: 'figure-pair' },
      figure.sides.map(({ title: own, picture }, index) =>
        h('figure', [
          h('figcaption', [
            h('strong', names[index]),
            own === undefined || isOne ? undefined : `: ${own}`,
          ]),
          picture === undefined
            ? h(
                'p',
                { className: 'chart-missing' },
                own === undefined
                  ? 'It is not there.'
                  : 'It has no picture: the values that differ are below.',
              )
            : h(
                'div',
                {
                  ...{ className: 'paired-picture', role: 'img' },
                  ariaLabel: `${own ?? title}: ${names[index] ?? ''}`,
                },
                [picture],
              ),
        ]),
      ),
    ),
    ...(figure.sides.every(({ picture }) => picture !== undefined)
      ? [h('p', { className: 'figure-caption' }, 'Each picture has its own scale.')]
      : []),
  ];
}
