// Findings of a run on the pipeline's pages: new keys and values (drift), skipped files, rejected lines.

import type { Element } from 'hast';
import { h } from 'hastscript';
import { countOf } from '../../../text/amounts.js';
import { dataTable } from '../../parts/table.js';
import type { Drift } from '../../../history/reports/pipeline-report.js';
import type { ListedRun } from '../../../history/runs/pipeline-run.js';
import type { RejectGroup } from '../../../history/runs/pipeline-reader.js';

const kinds = {
  field: 'a new field',
  type: 'values of another type',
  value: 'a value that nobody expects',
} as const;

/**
 * The table of new keys and values that no earlier run saw; the lines were loaded all the same.
 *
 * @param count - The number of all; `items` may be the first of them.
 */
export function driftTable(items: readonly Drift[], count: number): Element[] {
  if (items.length === 0) return [];
  return [
    h(
      'p',
      { className: 'figure-caption' },
      'What lines had in this run and in none before. Fields without a column are kept in payload; lines that do not fit are with the rejected ones.',
    ),
    dataTable(
      items.length < count
        ? `The first ${items.length} of ${countOf(count, 'change')}`
        : 'Changes in what lines are made of',
      [
        { label: 'Source', isShort: true },
        { label: 'What is new', isShort: true },
        { label: 'Field or column' },
        { label: 'Type or value' },
        { label: 'First in' },
      ],
      items.map(({ source, kind, name, detail, file }) => [
        source,
        kinds[kind],
        [h('code', { className: 'raw-line' }, name)],
        [h('code', { className: 'raw-line' }, detail)],
        file,
      ]),
    ),
  ];
}

/** The table of skipped files with their reasons; nothing where all were read. */
export function passedOverTable({
  passedOver,
  passedOverCount,
}: Pick<ListedRun, 'passedOver' | 'passedOverCount'>): Element[] {
  if (passedOver.length === 0) return [];
  return [
    dataTable(
      passedOver.length < passedOverCount
        ? `The first ${passedOver.length} of ${countOf(passedOverCount, 'file')} that the run did not read`
        : 'Files of the data folder that the run did not read',
      [{ label: 'File' }, { label: 'Why' }],
      passedOver.map(({ file, reason }) => [[h('code', { className: 'raw-line' }, file)], reason]),
    ),
  ];
}

/** Rejected lines of refused files: nothing of that attempt is in the warehouse. */
export function refusedGroups(groups: readonly RejectGroup[]): Element[] {
  const refused = groups.filter(({ isRefused }) => isRefused === true);
  if (refused.length === 0) return [];
  const words =
    'Files with too many rejected lines were not loaded; of each the first hundred of these lines are kept to be looked at. They count nowhere.';
  return [h('p', { className: 'figure-caption' }, words), ...rejectGroups(refused)];
}

/** Rejected lines in quarantine. */
export function keptGroups(groups: readonly RejectGroup[]): RejectGroup[] {
  return groups.filter(({ isRefused }) => isRefused !== true);
}

/** Rejected lines by reason, each with some examples. */
export function rejectGroups(groups: readonly RejectGroup[]): Element[] {
  return groups.map(({ reason, count, samples }) =>
    h('details', { className: 'rejects', open: groups.length === 1 }, [
      h('summary', [h('code', reason), ' ', h('span', countOf(count, 'line'))]),
      dataTable(
        samples.length < count
          ? `${reason}: the first ${samples.length} of ${countOf(count, 'line')}`
          : reason,
        [
          { label: 'Place', isShort: true },
          { label: 'What is wrong' },
          { label: 'The line begins' },
        ],
        samples.map(({ sourceFile, lineNumber, message, text }) => [
          `${sourceFile}:${lineNumber}`,
          message,
          [h('code', { className: 'raw-line' }, text)],
        ]),
      ),
    ]),
  );
}
