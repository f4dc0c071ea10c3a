// Backfills on the pipeline page: models by slices, with how each ended.

import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import type {
  Backfill,
  BackfillSlice,
  BackfillStatus,
} from '../../../history/runs/backfill-record.js';
import type { TaskStatus } from '../../../history/runs/pipeline-run.js';
import { countOf } from '../../../text/amounts.js';
import { stateIcon, taskLabel, taskState, type StateName } from '../../parts/state.js';
import { timeElement } from '../../parts/time.js';
import { pipelineRunPath } from '../../paths.js';
import { tableFrame } from '../../rendering/html/tables.js';

/** The most slices of a grid: those around the one that is done next. */
const mostColumns = 40;

/** The newest backfills; nothing where there are none. */
export function backfillsPart(
  backfills: readonly Backfill[] | undefined,
  timeZone: string,
): ElementContent[] {
  return (backfills ?? []).flatMap((backfill) => [
    h('h3', { id: `backfill-${backfill.backfillId}` }, `Backfill ${backfill.backfillId}`),
    summary(backfill, timeZone),
    // Nobody has to act on one that has passed.
    backfill.status === 'passed'
      ? h('details', [h('summary', 'Models by slices'), grid(backfill)])
      : grid(backfill),
  ]);
}

const states: Readonly<Record<BackfillStatus, readonly [StateName, string]>> = {
  running: ['running', 'Running'],
  passed: ['current', 'Passed'],
  failed: ['failed', 'Failed'],
  stopped: ['waiting', 'Stopped'],
  interrupted: ['failed', 'Interrupted'],
};

function summary(backfill: Backfill, timeZone: string): Element {
  const { backfillId, status, fromDay, toDay, width, newestFirst, selected, slices } = backfill;
  const [state, word] = states[status];
  const done = slices.filter((slice) => slice.status === 'passed').length;
  const what = selected.length === 0 ? 'all models' : selected.join(' ');
  const isLeft = status !== 'passed' && status !== 'running';
  return h('p', { className: 'figure-caption' }, [
    h('span', { className: ['state', `state-${state}`] }, [stateIcon(state), ' ', word]),
    `, ${done} of ${countOf(slices.length, 'step')} done: ${what} from ${fromDay} to ${toDay} by ${width}, ${newestFirst ? 'newest' : 'oldest'} first; asked by ${backfill.askedBy} `,
    timeElement(backfill.askedAt, timeZone),
    isLeft ? `. “npx daybook backfill resume ${backfillId}” goes on.` : '.',
  ]);
}

function grid({ backfillId, slices }: Backfill): Element {
  const names = [...new Set(slices.flatMap(({ tasks }) => Object.keys(tasks)))];
  const next = slices.findIndex(({ status }) => status !== 'passed');
  const end = next === -1 ? slices.length : next + mostColumns / 2;
  const start = Math.max(0, Math.min(end, slices.length) - mostColumns);
  const shown = slices.slice(start, start + mostColumns);
  const left = slices.length - shown.length;
  return tableFrame(
    h('table', { className: ['daybook-table', 'run-grid', 'backfill-grid'] }, [
      h(
        'caption',
        { className: left === 0 ? 'sr-only' : undefined },
        `Backfill ${backfillId}: models by slices${left === 0 ? '' : `; ${countOf(left, 'step')} left out`}`,
      ),
      h('thead', [
        h('tr', [
          h('th', { scope: 'col' }, 'Step'),
          ...shown.map((slice) => h('th', { scope: 'col' }, [head(slice)])),
        ]),
      ]),
      h('tbody', [
        h('tr', [
          h('th', { scope: 'row' }, 'Slice'),
          ...shown.map((slice) => h('td', [mark(sliceStatus(slice), slice, 'Slice')])),
        ]),
        ...names.map((name) =>
          h('tr', [
            h('th', { scope: 'row' }, name === 'files' ? 'Files' : name),
            ...shown.map((slice) => {
              const status = slice.tasks[name];
              return h('td', status === undefined ? [] : [mark(status, slice, name)]);
            }),
          ]),
        ),
      ]),
    ]),
  );
}

function sliceStatus({ status }: BackfillSlice): string {
  return status === 'stopped' ? 'interrupted' : status;
}

function head({ fromDay, toDay }: BackfillSlice): Element {
  if (fromDay === null) return h('span', 'at the end');
  return h('time', { dateTime: fromDay, title: `${fromDay} to ${toDay ?? ''}` }, fromDay);
}

function mark(status: string, slice: BackfillSlice, name: string): Element {
  const known = status as TaskStatus;
  const state = taskState(known);
  const days = slice.fromDay === null ? 'at the end' : `${slice.fromDay} to ${slice.toDay ?? ''}`;
  const label = `${name}, ${days}: ${taskLabel(known)}`;
  const icon = h(
    'span',
    { className: ['state', `state-${state}`], role: 'img', title: label, ariaLabel: label },
    [stateIcon(state)],
  );
  return slice.runId === null
    ? icon
    : h('a', { href: pipelineRunPath(String(slice.runId)), className: 'outcome-link' }, [icon]);
}
