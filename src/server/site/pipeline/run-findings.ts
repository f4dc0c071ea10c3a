import { countOf } from '../../../text/amounts.js';
import type { Element } from 'hast';
import { h } from 'hastscript';
import { dataTable } from '../../parts/table.js';
import type { Drift } from '../../../history/pipeline-report.js';

const kinds = {
  field: 'a new field',
  type: 'values of another type',
  value: 'a value that nobody expects',
} as const;

/**
 * What lines of a run had that no earlier run saw: nothing of it is lost.
 *
 * @param count - All that there is of it; `items` may be the first of them.
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
