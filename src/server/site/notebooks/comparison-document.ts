// The page that compares two runs of a notebook.

import { countOf, formatCount } from '../../../text/amounts.js';
import type { Element } from 'hast';
import { h } from 'hastscript';
import type { DashboardNotebook, RunSummary } from '../../../publication/publication.js';
import type { Difference } from '../../rendering/page-values.js';
import { pageDocument, type PageFrame } from '../../parts/layout.js';
import { notebookPath, runPath } from '../../paths.js';
import { dataTable } from '../../parts/table.js';
import { timeElement } from '../../parts/time.js';

/** Two runs of a notebook with their differing values. */
export interface ComparisonView {
  readonly notebook: DashboardNotebook;
  readonly before: RunSummary;
  readonly after: RunSummary;
  readonly differences: readonly Difference[];
  /** The number of compared values. */
  readonly valueCount: number;
}

/** The most differing values on the page. */
const maxDifferences = 1000;

/** `/notebooks/SLUG/compare/A/B`: the values that differ between two runs. */
export function comparisonDocument(
  { notebook, before, after, differences, valueCount }: ComparisonView,
  frame: PageFrame,
  timeZone: string,
): string {
  const { slug, title } = notebook;
  const shown = differences.slice(0, maxDifferences);
  const groups = new Map<string, Difference[]>();
  for (const one of shown) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
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
              differences.length === 0
                ? `: nothing. All ${countOf(valueCount, 'value')} are the same.`
                : `: ${formatCount(differences.length)} of ${countOf(valueCount, 'value')} ${differences.length === 1 ? 'differs' : 'differ'}.`,
            ]),
          ]),
          ...[...groups].map(([group, members]) =>
            h('section', { className: 'part' }, [
              h('h2', group),
              dataTable(
                countOf(members.length, 'difference'),
                [
                  { label: 'Value' },
                  { label: `Run ${before.runId}` },
                  { label: `Run ${after.runId}` },
                ],
                members.map(({ name, before: old, after: now }) => [
                  name,
                  old === undefined ? 'not there' : short(old),
                  now === undefined ? 'not there' : short(now),
                ]),
              ),
            ]),
          ),
          differences.length > shown.length
            ? h('p', `Only the first ${shown.length} are shown.`)
            : undefined,
        ]),
      ],
    },
    frame,
  );
}

function short(text: string): string {
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}
