// The deadlines on the pipeline page: what arrived in time, late, or not at all.

import type { ElementContent } from 'hast';
import { h } from 'hastscript';
import { formatDuration } from '../../../text/amounts.js';
import type { DeadlineState } from '../../../schedules/deadline-reader.js';
import { banner } from '../../parts/banner.js';
import { outcomeElement } from '../../parts/outcome.js';
import { dataTable, type CellContent } from '../../parts/table.js';
import { formatInstant, timeElement } from '../../parts/time.js';

/** The list of deadlines; nothing where none are declared. */
export function deadlinesPart(deadlines: readonly DeadlineState[]): ElementContent[] {
  if (deadlines.length === 0) return [];
  const missed = deadlines.filter(({ isMissed }) => isMissed);
  return [
    ...missed.map(({ name, terms, last, timeZone }) =>
      banner('stale', `Not in time: ${name}`, [
        { type: 'text', value: `${terms}. Nothing has arrived until now; it was due ` },
        ...(last === null ? [] : [timeElement(last.dueAt, timeZone)]),
        { type: 'text', value: '.' },
      ]),
    ),
    dataTable(
      'What has to arrive by when',
      [
        { label: 'Deadline', isShort: true },
        { label: 'What and by when' },
        { label: 'Last', isLabelled: true },
        { label: 'Next', isLabelled: true },
      ],
      deadlines.map((deadline) => [
        deadline.name,
        deadline.terms,
        lastCell(deadline),
        deadline.nextAt === null ? '' : formatInstant(deadline.nextAt, deadline.timeZone),
      ]),
    ),
  ];
}

function lastCell({ last, timeZone }: DeadlineState): CellContent {
  if (last === null) return 'not yet';
  const { dueAt, arrivedAt } = last;
  if (arrivedAt === null) {
    return [outcomeElement('missed'), ' ', timeElement(dueAt, timeZone)];
  }
  const lateMs = Date.parse(arrivedAt) - Date.parse(dueAt);
  return [
    outcomeElement(lateMs > 0 ? 'late' : 'arrived'),
    ' ',
    timeElement(arrivedAt, timeZone),
    ...(lateMs > 0
      ? [h('br'), `${formatDuration(lateMs)} after ${formatInstant(dueAt, timeZone)}`]
      : []),
  ];
}
