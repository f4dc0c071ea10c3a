import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import { graphPicture } from '../graph/graph-picture.js';
import type { PipelineRun, RejectGroup, RunStep } from '../readers/pipeline-reader.js';
import { banner, noticeBanner } from './banner.js';
import { pageDocument, type PageFrame } from './layout.js';
import { passedOverTable } from './passed-over.js';
import { driftId, pipelineRunPath } from './paths.js';
import { dataFlow, type FlowSources } from './pipeline-graph.js';
import { factsLine } from './provenance.js';
import { keptGroups, refusedGroups, rejectGroups } from './rejects.js';
import { runGrid } from './run-grid.js';
import { taskElement } from './state.js';
import { countOf, formatCount } from './table.js';
import { formatDay, formatDuration, timeElement } from './time.js';

/** What the pipeline's page shows. */
export interface PipelineView extends FlowSources {
  /** The newest runs, newest first. */
  readonly runs: readonly PipelineRun[];
  readonly steps: readonly RunStep[];
  readonly rejects: readonly RejectGroup[];
}

/** How often the page looks again while a run is under way, in seconds. */
const refreshSeconds = 5;

/** `/pipeline`: the graph of models, the history of runs, rejected lines. */
export function pipelineDocument(view: PipelineView, frame: PageFrame, timeZone: string): string {
  const [newest] = view.runs;
  const stepsOfNewest = view.steps.filter(({ runId }) => runId === newest?.runId);
  const flow = dataFlow(view, stepsOfNewest, (id) =>
    newest !== undefined && stepsOfNewest.some(({ step }) => step === id)
      ? pipelineRunPath(newest.runId, id)
      : `/data/${encodeURIComponent(id)}`,
  );
  const kept = keptGroups(view.rejects);
  const rejected = kept.reduce((sum, { count }) => sum + count, 0);
  return pageDocument(
    {
      title: 'Pipeline',
      description: 'How the tables are made, and how the last runs went',
      main: [
        h('div', { className: 'wide' }, [
          head(newest, timeZone),
          ...(newest === undefined
            ? [
                h('p', 'No pipeline run yet. This command makes one:'),
                h('pre', [h('code', 'npx daybook pipeline run')]),
              ]
            : [
                section('models', 'From files to notebooks', [
                  h(
                    'div',
                    {
                      className: 'graph-frame',
                      tabIndex: 0,
                      role: 'region',
                      ariaLabel: 'Graph of models',
                    },
                    [graphPicture(flow.nodes, flow.edges, 'Files, models and notebooks')],
                  ),
                  h(
                    'p',
                    { className: 'figure-caption' },
                    `States, rows and durations of run ${newest.runId}. An arrow leads from what is read to what reads it; arrows that others imply are left out.`,
                  ),
                ]),
                section('runs', 'Runs', [runGrid(view.runs, view.steps, view.graph)]),
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
      ...(newest?.status === 'running' ? { refreshSeconds } : {}),
    },
    frame,
  );
}

function section(id: string, title: string, children: ElementContent[]): Element {
  return h('section', { className: 'part', ariaLabelledBy: id }, [
    h('h2', { id }, title),
    ...children,
  ]);
}

function head(newest: PipelineRun | undefined, timeZone: string): Element {
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

/** What one line says of a run; on its own page its title has its number already. */
export function runFacts(
  run: PipelineRun,
  timeZone: string,
  isOwnPage = false,
): ElementContent[][] {
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
