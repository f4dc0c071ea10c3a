import { countOf } from '../../../text/amounts.js';
import type { Element } from 'hast';
import { h } from 'hastscript';
import type { RejectGroup } from '../../../history/pipeline-reader.js';
import { dataTable } from '../../parts/table.js';

/** Lines of files that were refused for them: nothing of that attempt is in the warehouse. */
export function refusedGroups(groups: readonly RejectGroup[]): Element[] {
  const refused = groups.filter(({ isRefused }) => isRefused === true);
  if (refused.length === 0) return [];
  const words =
    'Files with too many rejected lines were not loaded; of each the first hundred of these lines are kept to be looked at. They count nowhere.';
  return [h('p', { className: 'figure-caption' }, words), ...rejectGroups(refused)];
}

/** Lines in quarantine. */
export function keptGroups(groups: readonly RejectGroup[]): RejectGroup[] {
  return groups.filter(({ isRefused }) => isRefused !== true);
}

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
