// The workers on the pipeline page: who is there, what each does, what waits, what was given up.

import type { ElementContent } from 'hast';
import { h } from 'hastscript';
import type { ListedWorker } from '../../../history/workers/workers.js';
import type { WorkersState } from '../../../history/workers/workers-state.js';
import { countOf, formatBytes } from '../../../text/amounts.js';
import { banner } from '../../parts/banner.js';
import { dataTable, type CellContent } from '../../parts/table.js';
import { timeElement } from '../../parts/time.js';
import { pipelineRunPath } from '../../paths.js';

/** The workers; nothing where there are none and nothing waits for one. */
export function workersPart(state: WorkersState | undefined, timeZone: string): ElementContent[] {
  if (state === undefined) return [];
  const { workers, queues, givenUp } = state;
  const waiting = queues.reduce((sum, queue) => sum + queue.waiting, 0);
  return [
    ...(givenUp === 0
      ? []
      : [
          banner('failed', `${countOf(givenUp, 'job')} given up`, [
            {
              type: 'text',
              value: '“npx daybook queue list” says why, “npx daybook queue retry” tries again.',
            },
          ]),
        ]),
    h(
      'p',
      { className: 'figure-caption' },
      workers.length === 0
        ? `${countOf(waiting, 'job')} waiting, and no worker is there: “npx daybook worker” is one.`
        : `${countOf(workers.length, 'worker')} there, ${countOf(waiting, 'job')} waiting.`,
    ),
    ...(workers.length === 0
      ? []
      : [
          dataTable(
            'Who shares the work of runs',
            [
              { label: 'Host', isShort: true },
              { label: 'Process', isLabelled: true },
              { label: 'Since', isLabelled: true },
              { label: 'Takes', isLabelled: true },
              { label: 'Does', isLabelled: true },
            ],
            workers.map((worker) => workerRow(worker, timeZone)),
          ),
        ]),
  ];
}

function workerRow(
  { host, processId, startedAt, queues, jobs, memory, tasks }: ListedWorker,
  timeZone: string,
): CellContent[] {
  const does = tasks.flatMap(({ task, runId }, index): ElementContent[] => [
    ...(index === 0 ? [] : [{ type: 'text' as const, value: ', ' }]),
    runId === null
      ? { type: 'text', value: task }
      : h('a', { href: pipelineRunPath(String(runId)) }, task),
  ]);
  return [
    host,
    String(processId),
    [timeElement(startedAt, timeZone)],
    [
      `${queues.join(', ')}, ${jobs} at once`,
      ...(memory === null ? [] : [`kernels up to ${formatBytes(memory)}`]),
    ].join(', '),
    does.length === 0 ? 'nothing' : does,
  ];
}
