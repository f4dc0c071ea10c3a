// The page that compares two runs of a notebook.

import type { Element } from 'hast';
import { h } from 'hastscript';
import type { DashboardNotebook, RunSummary } from '../../../publication/publication.js';
import type { Difference } from '../../rendering/page-values.js';
import { pageDocument, type PageFrame } from '../../parts/layout.js';
import { notebookPath, runPath } from '../../paths.js';
import { timeElement } from '../../parts/time.js';
import { differenceSections, differenceWords } from './difference-sections.js';

/** Two runs of a notebook with their differing values. */
export interface ComparisonView {
  readonly notebook: DashboardNotebook;
  readonly before: RunSummary;
  readonly after: RunSummary;
  readonly differences: readonly Difference[];
  /** The number of compared values. */
  readonly valueCount: number;
}

/** `/notebooks/SLUG/compare/A/B`: the values that differ between two runs. */
export function comparisonDocument(
  { notebook, before, after, differences, valueCount }: ComparisonView,
  frame: PageFrame,
  timeZone: string,
): string {
  const { slug, title } = notebook;
  const run = (one: RunSummary): (Element | string)[] => [
    h('a', { href: runPath(slug, one.runId) }, `run ${one.runId}`),
    ' (',
    timeElement(one.finishedAt, one.timeZone ?? timeZone),
    ')',
  ];
  return pageDocument(
    {
      title: `${title}: run ${before.runId} and run ${after.runId}`,
      description: `What changed in “${title}” from run ${before.runId} to run ${after.runId}`,
      main: [
        h('div', { className: ['wide', 'aligned', 'comparison'] }, [
          h('p', { className: 'breadcrumb' }, [h('a', { href: notebookPath(slug) }, title)]),
          h('header', { className: 'page-head' }, [
            h('h1', 'What changed'),
            h('p', { className: 'lead' }, [
              'From ',
              ...run(before),
              ' to ',
              ...run(after),
              `: ${differenceWords(differences.length, valueCount)}`,
            ]),
          ]),
          ...differenceSections(differences, [`Run ${before.runId}`, `Run ${after.runId}`]),
        ]),
      ],
    },
    frame,
  );
}
