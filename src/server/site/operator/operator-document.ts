// The page on which operators act: a form for each thing that can be done now.

import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import type { ListedRun } from '../../../history/runs/pipeline-run.js';
import type { Operations } from '../../../schedules/operations-reader.js';
import { countOf } from '../../../text/amounts.js';
import { pageDocument, type PageFrame } from '../../parts/layout.js';
import { dataTable, type CellContent } from '../../parts/table.js';
import { operatorPath, pipelinePath, pipelineRunPath } from '../../paths.js';
import type { OperatorAction, OperatorOutcome } from './operator.js';

/** What the page shows. */
export interface OperatorView {
  /** The CSRF token. */
  readonly token: string;
  readonly operations: Operations | undefined;
  readonly runs: readonly Pick<ListedRun, 'runId' | 'status'>[];
  /** What became of the last form. */
  readonly message: string | undefined;
}

const labels: Readonly<Record<OperatorAction, string>> = {
  pause: 'Pause',
  resume: 'Resume',
  run: 'Run now',
  stop: 'Stop',
  cancel: 'Cancel',
  'cancel-backfill': 'Cancel',
  retry: 'Queue them again',
};

/** What became of a form, in a sentence. */
export function outcomeMessage(
  action: OperatorAction,
  name: string,
  outcome: OperatorOutcome | 'expired',
): string {
  if (outcome === 'expired')
    return 'The form was too old, or came from elsewhere. Nothing was done.';
  const of = {
    pause: [`${name} is paused.`, `${name} was paused already.`],
    resume: [`${name} goes on.`, `${name} was not paused.`],
    run: [`${name} is asked for; a scheduler does it.`, `${name} waits or is at work already.`],
    stop: [`${name} is being stopped.`, `${name} is at nothing.`],
    cancel: [`Run ${name} is told to end.`, `Run ${name} has ended already.`],
    'cancel-backfill': [
      `Backfill ${name} is told to end.`,
      `No process is at backfill ${name} any more.`,
    ],
    retry: ['The jobs are given to the workers again.', 'Nothing is given up.'],
  }[action];
  if (outcome === 'gone') return `There is no ${name} any more. Nothing was done.`;
  return of[outcome === 'done' ? 0 : 1] ?? '';
}

/** `/pipeline/operate`. */
export function operatorDocument(view: OperatorView, frame: PageFrame): string {
  const { token, operations, runs, message } = view;
  const button = (action: OperatorAction, name: string, what = name): Element =>
    h('form', { method: 'post', action: operatorPath, className: 'operator-form' }, [
      h('input', { type: 'hidden', name: 'token', value: token }),
      h('input', { type: 'hidden', name: 'action', value: action }),
      h('input', { type: 'hidden', name: 'name', value: name }),
      h('button', { type: 'submit', ariaLabel: `${labels[action]}: ${what}` }, labels[action]),
    ]);
  const schedules = (operations?.schedules ?? []).map((schedule): CellContent[] => {
    const { name, paused, firings } = schedule;
    const isOpen = firings.some(({ status }) => status === 'running' || status === 'waiting');
    return [
      name,
      paused !== null ? `paused by ${paused.by}` : isOpen ? 'at work' : 'waits for its time',
      [
        button(paused === null ? 'pause' : 'resume', name),
        isOpen ? button('stop', name) : button('run', name),
      ],
    ];
  });
  const running = runs.filter(({ status }) => status === 'running' || status === 'queued');
  const backfills = (operations?.backfills ?? []).filter(({ status }) => status === 'running');
  const givenUp = operations?.workers?.givenUp ?? 0;
  const atWork = [
    ...running.map(({ runId }): CellContent[] => [
      [h('a', { href: pipelineRunPath(runId) }, `run ${runId}`)],
      [button('cancel', runId, `run ${runId}`)],
    ]),
    ...backfills.map(({ backfillId }): CellContent[] => [
      `backfill ${backfillId}`,
      [button('cancel-backfill', String(backfillId), `backfill ${backfillId}`)],
    ]),
    ...(givenUp === 0
      ? []
      : [[`${countOf(givenUp, 'job')} given up`, [button('retry', 'all', 'jobs given up')]]]),
  ];
  const part = (title: string, children: ElementContent[]): Element =>
    h('section', { className: 'part' }, [h('h2', title), ...children]);
  return pageDocument(
    {
      title: 'Operate the pipeline',
      main: [
        h('div', { className: 'wide' }, [
          h('p', { className: 'breadcrumb' }, [h('a', { href: pipelinePath }, 'Pipeline')]),
          h('header', { className: 'page-head' }, [h('h1', 'Operate the pipeline')]),
          message === undefined ? undefined : h('p', { role: 'status' }, message),
          part(
            'Schedules',
            schedules.length === 0
              ? [h('p', 'The project file declares none.')]
              : [
                  dataTable(
                    'Schedules and what can be done with them',
                    [
                      { label: 'Schedule', isShort: true },
                      { label: 'State' },
                      { label: 'Actions' },
                    ],
                    schedules,
                  ),
                ],
          ),
          part(
            'At work',
            atWork.length === 0
              ? [h('p', 'No run and no backfill is at work, and nothing was given up.')]
              : [
                  dataTable(
                    'What is at work',
                    [{ label: 'What', isShort: true }, { label: 'Actions' }],
                    atWork,
                  ),
                ],
          ),
        ]),
      ],
    },
    frame,
  );
}
