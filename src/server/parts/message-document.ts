// Pages that only carry a message: nothing published yet, nothing to read, not found, unavailable, internal error.

import type { ElementContent } from 'hast';
import { h } from 'hastscript';
import type {
  DashboardNotebook,
  PipelineState,
  RunSummary,
} from '../../publication/publication.js';
import { describeRunError } from './banner.js';
import { pageDocument, type PageFrame } from './layout.js';
import { runPath } from '../paths.js';
import { timeElement } from './time.js';

/** The reload interval of a waiting page, in seconds. */
const refreshSeconds = 5;

/** The home page before the first publication: what is happening, and what to do. */
export function waitingDocument(
  pipeline: PipelineState | undefined,
  frame: PageFrame,
  timeZone: string,
): string {
  return message('Nothing is published yet', describePipeline(pipeline, timeZone), frame, true);
}

function describePipeline(pipeline: PipelineState | undefined, timeZone: string): ElementContent[] {
  const onceDone = h(
    'p',
    'This page loads itself again and shows the notebooks once they are there.',
  );
  if (pipeline === undefined) {
    return [
      h('p', [
        'No data has been loaded. This command loads the logs, builds the tables and runs the notebooks:',
      ]),
      h('pre', [h('code', 'npx daybook up')]),
      onceDone,
    ];
  }
  const { runId, status, taskCount, doneCount, startedAt, finishedAt } = pipeline;
  if (status === 'running') {
    return [
      h('p', [
        `Pipeline run ${runId} is under way since `,
        timeElement(startedAt, timeZone),
        taskCount === 0 ? '.' : `: ${doneCount} of ${taskCount} tasks are done.`,
      ]),
      taskCount === 0
        ? undefined
        : h('progress', {
            max: taskCount,
            value: doneCount,
            ariaLabel: 'Tasks of the pipeline run',
          }),
      onceDone,
    ].filter((element) => element !== undefined);
  }
  if (status === 'failed' || status === 'interrupted') {
    return [
      h('p', [
        `Pipeline run ${runId} ${status === 'failed' ? 'failed' : 'was interrupted'} `,
        timeElement(finishedAt ?? startedAt, timeZone),
        '. This command says why:',
      ]),
      h('pre', [h('code', `npx daybook pipeline show ${runId}`)]),
    ];
  }
  return [
    h('p', [
      `Pipeline run ${runId} passed `,
      timeElement(finishedAt ?? startedAt, timeZone),
      '; no notebook has been run on its tables yet. They may be running right now; otherwise this command runs them:',
    ]),
    h('pre', [h('code', 'npx daybook notebooks run')]),
    onceDone,
  ];
}

/** The home page of a reader who may read no notebook. */
export function nothingToReadDocument(frame: PageFrame): string {
  const body = h('p', 'Nothing is published for you. Whoever runs this dashboard can say why.');
  return message('There is nothing to read here', [body], frame, false);
}

/** The page of a notebook without a successful run. */
export function unpublishedDocument(notebook: DashboardNotebook, frame: PageFrame): string {
  const { slug, title, latest } = notebook;
  const body =
    latest === undefined
      ? [
          h('p', ['It has not been run. This command runs it:']),
          h('pre', [h('code', 'npx daybook notebooks run')]),
        ]
      : [
          h('p', [
            h('a', { href: runPath(slug, latest.runId) }, `Run ${latest.runId}`),
            ` stopped ${describeRunError(latest.error)}.`,
          ]),
          h('p', 'The page appears here once a run passes.'),
        ];
  return message(`“${title}” is not published yet`, body, frame, true);
}

/** The page of a run whose document cannot be shown, with the reason. */
export function brokenDocument(
  { title }: DashboardNotebook,
  { runId }: Pick<RunSummary, 'runId'>,
  problem: string,
  frame: PageFrame,
): string {
  return message(
    `“${title}” cannot be shown`,
    [
      h('p', `The document of run ${runId} in the warehouse is broken:`),
      h('pre', [h('code', problem)]),
      h('p', 'Running the notebook once more puts another in its place:'),
      h('pre', [h('code', 'npx daybook notebooks run --force')]),
    ],
    frame,
    false,
  );
}

/** 404: there is nothing at this address. */
export function notFoundDocument(frame: PageFrame): string {
  const home = h('p', [h('a', { href: '/' }, 'All notebooks'), ' are on the home page.']);
  return message(
    'There is no such page',
    [h('p', 'The address may be mistyped, or the notebook was removed.'), home],
    frame,
    false,
  );
}

/** 503: the warehouse is unreachable, and the page is not in the cache. */
export function unavailableDocument(frame: PageFrame): string {
  return message(
    'This page cannot be shown right now',
    [
      h('p', 'The warehouse cannot be reached, and this page was not opened before.'),
      h('p', 'This page loads itself again and appears as soon as the warehouse is back.'),
    ],
    frame,
    true,
  );
}

/** 500: an internal error. */
export function faultDocument(frame: PageFrame): string {
  return message(
    'This page could not be made',
    [h('p', 'The reason is in the server’s log.')],
    frame,
    false,
  );
}

function message(
  title: string,
  body: ElementContent[],
  frame: PageFrame,
  isWaiting: boolean,
): string {
  return pageDocument(
    {
      title,
      main: [h('div', { className: 'message' }, [h('h1', title), ...body])],
      ...(isWaiting ? { refreshSeconds } : {}),
    },
    frame,
  );
}
