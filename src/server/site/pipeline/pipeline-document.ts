// The pipeline page: graph, list of pipeline runs, rejects. What a column of the list shows is in run-grid.ts.

import { countOf, formatCount, formatDuration } from '../../../text/amounts.js';
import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import { graphPicture } from '../graph/graph-picture.js';
import type { RejectGroup, StepPage } from '../../../history/runs/pipeline-reader.js';
import { banner, noticeBanner } from '../../parts/banner.js';
import { layersFlow, type GraphPart } from '../graph/graph-part.js';
import { pageDocument, type PageFrame } from '../../parts/layout.js';
import { passedOverTable, keptGroups, refusedGroups, rejectGroups } from './run-findings.js';
import {
  cataloguePath,
  driftId,
  operatorPath,
  pipelinePath,
  pipelineRunPath,
  relationPath,
  stepPath,
} from '../../paths.js';
import { dataFlow, type Flow, type FlowSources } from '../graph/pipeline-graph.js';
import { factsLine } from '../../parts/provenance.js';
import { runGridPart } from './run-grid.js';
import { backfillsPart } from './backfills-part.js';
import { deadlinesPart } from './deadlines-part.js';
import { schedulesPart } from './schedules-part.js';
import { workersPart } from './workers-part.js';
import type { Operations } from '../../../schedules/operations-reader.js';
import { taskElement } from '../../parts/state.js';
import { formatDay, timeElement } from '../../parts/time.js';
import type { ListedRun } from '../../../history/runs/pipeline-run.js';

/** A part of the list of steps of the newest runs. */
export interface StepsView extends Pick<FlowSources, 'graph'> {
  /** Newest first. */
  readonly runs: readonly ListedRun[];
  readonly page: StepPage;
}

/** What the pipeline page shows. */
export interface PipelineView extends StepsView, FlowSources {
  /** The drawn part of the graph; of its relations more is known. */
  readonly part: GraphPart;
  readonly rejects: readonly RejectGroup[];
  /** What happens by itself; undefined: nothing. */
  readonly operations?: Operations | undefined;
  /** Whether the reader may act: then a link leads to the forms. Default: no. */
  readonly mayOperate?: boolean | undefined;
}

/** The reload interval while a run is under way, in seconds. */
const refreshSeconds = 5;

/** The most notebooks that the graph shows one by one. */
const maxNotebooks = 30;
/** The same for a part of a large graph. */
const maxNextNotebooks = 8;

/** `/pipeline`: the graph of models, the list of runs, rejected lines. */
export function pipelineDocument(view: PipelineView, frame: PageFrame, timeZone: string): string {
  const [newest] = view.runs;
  const kept = keptGroups(view.rejects);
  const rejected = kept.reduce((sum, { count }) => sum + count, 0);
  return pageDocument(
    {
      title: 'Pipeline',
      description: 'How the tables are made, and how the last runs went',
      main: [
        h('div', { className: 'wide' }, [
          head(newest, timeZone),
          view.mayOperate === true
            ? h('p', [h('a', { href: operatorPath }, 'Pause, run, cancel or retry')])
            : undefined,
          ...operationsParts(view.operations, timeZone),
          ...(newest === undefined
            ? [
                h('p', 'No pipeline run yet. This command makes one:'),
                h('pre', [h('code', 'npx daybook pipeline run')]),
              ]
            : [
                section('models', 'From files to notebooks', graphs(view, newest)),
                section('runs', 'Runs', runGridPart(view.runs, view.page, view.graph, 1)),
                ...(newest.passedOverCount === 0
                  ? []
                  : [section('ignored', 'Files that were not read', passedOverTable(newest))]),
                section('rejects', 'Rejected lines', [
                  h(
                    'p',
                    { className: 'figure-caption' },
                    rejected === 0
                      ? 'The quarantine is empty: every line was loaded.'
                      : `The quarantine holds ${countOf(rejected, 'line')}, byte for byte; “npx daybook rejects” lists, exports and replays them.`,
                  ),
                  ...rejectGroups(kept),
                  ...refusedGroups(view.rejects),
                ]),
              ]),
        ]),
      ],
      ...(newest?.status === 'running' || isAtWork(view.operations) ? { refreshSeconds } : {}),
    },
    frame,
  );
}

/** What happens by itself. */
function operationsParts(operations: Operations | undefined, timeZone: string): Element[] {
  const schedules = schedulesPart(operations);
  const deadlines = deadlinesPart(operations?.deadlines ?? []);
  const workers = workersPart(operations?.workers, timeZone);
  const backfills = backfillsPart(operations?.backfills, timeZone);
  return [
    ...(schedules.length === 0 ? [] : [section('schedules', 'Schedules', schedules)]),
    ...(deadlines.length === 0 ? [] : [section('deadlines', 'Deadlines', deadlines)]),
    ...(backfills.length === 0 ? [] : [section('backfills', 'Backfills', backfills)]),
    ...(workers.length === 0 ? [] : [section('workers', 'Workers', workers)]),
  ];
}

function isAtWork(operations: Operations | undefined): boolean {
  const firings = (operations?.schedules ?? []).flatMap((schedule) => schedule.firings);
  return (
    firings.some(({ status }) => status === 'running' || status === 'waiting') ||
    (operations?.backfills ?? []).some(({ status }) => status === 'running')
  );
}

/** `/pipeline/steps/N`: a further part of a long list of steps. */
export function stepsDocument(
  { runs, page, graph, part }: StepsView & { readonly part: number },
  frame: PageFrame,
): string {
  return pageDocument(
    {
      title: `Pipeline, steps, part ${part}`,
      description: 'How the last runs went, step by step',
      main: [
        h('div', { className: 'wide' }, [
          h('p', { className: 'breadcrumb' }, [h('a', { href: pipelinePath }, 'Pipeline')]),
          h('header', { className: 'page-head' }, [h('h1', 'Steps')]),
          section('runs', 'Runs', runGridPart(runs, page, graph, part)),
        ]),
      ],
    },
    frame,
  );
}

/** The graph; of a large one its schemas, and the part that an operator looks for. */
function graphs(view: PipelineView, newest: ListedRun): ElementContent[] {
  const { part, page } = view;
  const steps = page.steps.filter(({ runId }) => runId === newest.runId);
  const hasRun = new Set(steps.map(({ step }) => step));
  const href = (id: string) => (hasRun.has(id) ? stepPath(newest, id) : relationPath(id));
  const flow = dataFlow(
    { ...view, graph: part.graph },
    { steps, href, maxNotebooks: part.about === undefined ? maxNotebooks : maxNextNotebooks },
  );
  const states = `States, rows and durations of run ${newest.runId}. An arrow leads from what is read to what reads it; arrows that others imply are left out.`;
  if (part.about === undefined) {
    return [graphFrame(flow, 'Files, models and notebooks'), caption([states])];
  }
  const { failed, blocked, built } = page;
  const all: ElementContent[] = [
    { type: 'text', value: ' The page of each relation, to which ' },
    h('a', { href: cataloguePath }, 'Data'),
    { type: 'text', value: ' leads, shows what it reads and what reads it.' },
  ];
  const counts = `Of ${countOf(page.count, 'step')} of run ${newest.runId}, ${formatCount(failed)} failed, ${formatCount(blocked)} were blocked and ${formatCount(built)} were built.`;
  const layers = graphFrame(layersFlow(view, steps), 'Files, layers of models, and notebooks');
  if (part.about === 'nothing') return [layers, caption([counts, ...all])];
  return [
    layers,
    caption([counts]),
    h('h3', part.about === 'failed' ? 'What failed, and what is next to it' : 'What was built'),
    graphFrame(flow, part.about === 'failed' ? 'Models that failed' : 'Models that were built'),
    caption([`The first of them, with what they read and what reads them. ${states}`, ...all]),
  ];
}

function graphFrame({ nodes, edges }: Flow, title: string): Element {
  return h(
    'div',
    { className: 'graph-frame', tabIndex: 0, role: 'region', ariaLabel: `Graph: ${title}` },
    [graphPicture(nodes, edges, title)],
  );
}

function caption(content: (string | ElementContent)[]): Element {
  return h('p', { className: 'figure-caption' }, content);
}

function section(id: string, title: string, children: ElementContent[]): Element {
  return h('section', { className: 'part', ariaLabelledBy: id }, [
    h('h2', { id }, title),
    ...children,
  ]);
}

function head(newest: ListedRun | undefined, timeZone: string): Element {
  return h('header', { className: 'page-head' }, [
    h('h1', 'Pipeline'),
    newest?.status === 'failed' || newest?.status === 'interrupted'
      ? banner(
          'failed',
          `Run ${newest.runId} ${newest.status === 'failed' ? 'failed' : 'was interrupted'}`,
          [
            { type: 'text', value: newest.error?.message ?? 'A step failed. ' },
            { type: 'text', value: ' What was published before stays. ' },
            ...(newest.error?.hint === undefined
              ? []
              : [{ type: 'text' as const, value: `${newest.error.hint} ` }]),
            h('a', { href: pipelineRunPath(newest.runId) }, 'Its log'),
          ],
        )
      : noticeBanner('The last run needs a look', newest?.notices),
    newest === undefined
      ? undefined
      : h('div', { className: 'page-facts' }, [factsLine(runFacts(newest, timeZone))]),
  ]);
}

/** The facts of a run on one line; its own page has the number in its title. */
export function runFacts(run: ListedRun, timeZone: string, isOwnPage = false): ElementContent[][] {
  const text = (value: string): ElementContent => ({ type: 'text', value });
  const facts: ElementContent[][] = [
    isOwnPage
      ? [taskElement(run.status)]
      : [
          text('run '),
          h('a', { href: pipelineRunPath(run.runId) }, run.runId),
          text(' '),
          taskElement(run.status),
        ],
    [text('started '), timeElement(run.startedAt, run.timeZone), text(` by ${run.trigger}`)],
  ];
  if (isOwnPage && run.runKey !== undefined && run.runKey !== null) {
    facts.push([text('shared with the key '), h('code', run.runKey)]);
  }
  if (run.finishedAt !== null) {
    facts.push([
      text(`took ${formatDuration(Date.parse(run.finishedAt) - Date.parse(run.startedAt))}`),
    ]);
  }
  if (run.linesLoaded !== null) {
    facts.push([
      text(
        `${countOf(run.linesLoaded, 'line')} loaded, ${formatCount(run.linesRejected ?? 0)} rejected`,
      ),
    ]);
  }
  if (run.driftCount > 0) {
    const href = `${pipelineRunPath(run.runId)}#${driftId}`;
    facts.push([text('drift: '), h('a', { href }, countOf(run.driftCount, 'change'))]);
  }
  if (run.dataThrough !== null) {
    facts.push([
      text('data through '),
      h(
        'time',
        { dateTime: run.dataThrough },
        formatDay(run.dataThrough, run.timeZone || timeZone),
      ),
    ]);
  }
  if (run.codeVersion !== null) facts.push([text('code '), h('code', run.codeVersion)]);
  return facts;
}
