import { countOf } from '../../../text/amounts.js';
import type { Element } from 'hast';
import { h } from 'hastscript';
import { dataTable } from '../../parts/table.js';
import type { ListedRun } from '../../../history/pipeline-run.js';

/** The files of the data folder that a run did not read, each with its reason; nothing where it read all. */
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
