import type { Element } from 'hast';
import { h } from 'hastscript';
import type { RejectGroup } from '../readers/pipeline-reader.js';
import { countOf, dataTable } from './table.js';

/** Rejected lines by their reason, each with a few of them. */
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
