// The schedules on the pipeline page: next times, last outcomes, lateness, who paused them.

import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import { countOf, formatDuration } from '../../../text/amounts.js';
import type { Operations } from '../../../schedules/operations-reader.js';
import type { ListedFiring, ScheduleState } from '../../../schedules/schedule-reader.js';
import { banner } from '../../parts/banner.js';
import { outcomeElement } from '../../parts/outcome.js';
import { dataTable, type CellContent } from '../../parts/table.js';
import { formatInstant, timeElement } from '../../parts/time.js';
import { pipelineRunPath } from '../../paths.js';

/** The list of schedules; nothing where none are declared. */
export function schedulesPart(operations: Operations | undefined): ElementContent[] {
  if (operations === undefined || operations.schedules.length === 0) return [];
  const { schedules, schedulers } = operations;
  const late = schedules.filter(({ lateSince }) => lateSince !== null);
  return [
    ...(late.length === 0 ? [] : [lateBanner(late, schedulers)]),
    h(
      'p',
      { className: 'figure-caption' },
      schedulers === 0
        ? 'No scheduler is at work; “npx daybook scheduler” is one, and “npx daybook up” runs one beside the dashboard.'
        : `${countOf(schedulers, 'scheduler')} at work. Each time is done by one of them.`,
    ),
    dataTable(
      'What happens by itself, and when',
      [
        { label: 'Schedule', isShort: true },
        { label: 'When and what' },
        { label: 'Next', isLabelled: true },
        { label: 'Last', isLabelled: true },
        { label: 'Before that', isLabelled: true },
      ],
      schedules.map(scheduleRow),
    ),
  ];
}

function lateBanner(late: readonly ScheduleState[], schedulers: number): Element {
  const names = late.map(({ name }) => name).join(', ');
  return banner('stale', `Late: ${names}`, [
    {
      type: 'text',
      value:
        schedulers === 0
          ? 'Its time has come, and no scheduler is at work.'
          : 'Its time has come, and no scheduler does it.',
    },
  ]);
}

function scheduleRow(schedule: ScheduleState): CellContent[] {
  const { name, description, when, does, firings, timeZone } = schedule;
  const [last, ...others] = firings.filter(({ status }) => status !== 'waiting');
  return [
    name,
    [
      h('code', when),
      h('br'),
      does,
      ...(description === null ? [] : [h('br'), h('span', { className: 'quiet' }, description)]),
    ],
    nextCell(schedule),
    last === undefined ? ['not yet'] : firingCell(last, timeZone),
    others.length === 0 ? '' : beforeCell(others, timeZone),
  ];
}

function nextCell({ next, paused, lateSince, timeZone, firings }: ScheduleState): CellContent {
  const waiting = firings.find(({ status }) => status === 'waiting');
  const asked = waiting?.askedBy ?? null;
  return [
    ...(asked === null ? [] : [`now, asked by ${asked}`, h('br')]),
    ...(paused === null
      ? []
      : [outcomeElement('paused'), ` by ${paused.by} `, timeElement(paused.at, timeZone)]),
    ...(lateSince === null ? [] : ['late since ', timeElement(lateSince, timeZone), h('br')]),
    ...next.slice(0, 1).map((time) => formatInstant(time, timeZone)),
    ...(next.length < 2
      ? []
      : [
          h('br'),
          h(
            'span',
            { className: 'quiet' },
            `then ${next
              .slice(1)
              .map((time) => formatInstant(time, timeZone))
              .join('; ')}`,
          ),
        ]),
    ...(next.length === 0 && paused === null ? ['when its data change'] : []),
  ];
}

function firingCell(firing: ListedFiring, timeZone: string): CellContent {
  const { status, dueAt, startedAt, finishedAt, runId, missed, error, attempt, askedBy } = firing;
  const took =
    startedAt === null || finishedAt === null
      ? undefined
      : `, took ${formatDuration(Date.parse(finishedAt) - Date.parse(startedAt))}`;
  const delay = startedAt === null ? 0 : Date.parse(startedAt) - Date.parse(dueAt);
  return [
    outcomeElement(status),
    ' ',
    timeElement(dueAt, timeZone),
    took,
    ...(delay < 60_000 ? [] : [`, ${formatDuration(delay)} late`]),
    ...(attempt < 2 ? [] : [`, attempt ${attempt}`]),
    ...(askedBy === null ? [] : [`, asked by ${askedBy}`]),
    ...(runId === null ? [] : [', ', h('a', { href: pipelineRunPath(runId) }, `run ${runId}`)]),
    ...(missed === 0 ? [] : [h('br'), `${countOf(missed, 'time')} before it left out`]),
    ...(error === null ? [] : [h('br'), h('span', { className: 'quiet' }, error.message)]),
  ];
}

/** The outcomes before the last as icons, newest first. */
function beforeCell(firings: readonly ListedFiring[], timeZone: string): CellContent {
  return firings.map((firing) => {
    const title = formatInstant(firing.dueAt, timeZone);
    const mark = outcomeElement(firing.status, title);
    return firing.runId === null
      ? mark
      : h('a', { href: pipelineRunPath(firing.runId), className: 'outcome-link' }, [mark]);
  });
}
