// Banners at the head of a page: outdated, failed, stale, offline, and what the reader sees instead.

import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import type {
  RunSummary,
  DashboardNotebook,
  PipelineState,
  RunError,
} from '../../publication/publication.js';
import { notebookPath, pipelineRunPath, runPath } from '../paths.js';
import { stateIcon, stateLabel, type PageState } from './state.js';
import { timeElement } from './time.js';
import type { Notice } from '../../history/reports/pipeline-report.js';

/** A banner at the head of a page: the problem, since when, and what is shown instead. */
export function banner(state: PageState, title: string, body: ElementContent[]): Element {
  return h('div', { className: ['banner', `banner-${state}`], role: 'note', ariaLabel: title }, [
    stateIcon(state),
    h('div', [h('p', { className: 'banner-title' }, title), h('p', body)]),
  ]);
}

/** The place and the message of a failure: `in cell 5, line 3: TypeError: …`. */
export function describeRunError(error: RunError | undefined): string {
  if (error === undefined) return 'for a reason that was not recorded';
  const line = error.line === undefined ? '' : `, line ${error.line}`;
  const place = error.cell === undefined ? '' : `in cell ${error.cell}${line}: `;
  const message = [error.ename, error.evalue].filter((part) => part !== '').join(': ');
  const first = message.split('\n')[0] ?? '';
  return place + (first.length > 300 ? `${first.slice(0, 300)}…` : first);
}

/** The banners of a notebook's page that shows its last good run. */
export function pageBanner(notebook: DashboardNotebook, timeZone: string): Element | undefined {
  const { slug, shown, latest, newerPipelineRunId, heldBy } = notebook;
  if (shown === undefined) return undefined;
  if (latest?.status === 'failed') {
    return banner('failed', stateLabel('failed'), [
      h('a', { href: runPath(slug, latest.runId) }, `Run ${latest.runId}`),
      text(' stopped '),
      timeElement(latest.finishedAt, latest.timeZone ?? timeZone),
      text(` ${describeRunError(latest.error)}. You see run ${shown.runId}, the last that passed.`),
    ]);
  }
  if (newerPipelineRunId === undefined) {
    return heldBy === undefined ? staleBanner(notebook, timeZone) : heldBanner(heldBy);
  }
  return banner('outdated', stateLabel('outdated'), [
    text(`Pipeline run ${newerPipelineRunId} changed tables after this notebook ran. `),
    text('You see the numbers from before; '),
    h('code', 'npx daybook notebooks run'),
    text(' brings them up to date.'),
  ]);
}

/** The tables were not refreshed since; the cause is on the page of the pipeline run. */
function heldBanner(runId: string): Element {
  return banner('held', stateLabel('held'), [
    text(`Pipeline run ${runId} failed and left all tables as they were. `),
    text('You see the numbers from before.'),
  ]);
}

/** The cause of the last pipeline run's failure, and what it means for readers. */
export function problemOfPipeline({ problem }: PipelineState): Element | undefined {
  if (problem === undefined) return undefined;
  const { runId, code, message, hint, isWhole } = problem;
  return banner('failed', `Pipeline run ${runId} failed`, [
    text(`${message} `),
    h('code', code),
    text(isWhole ? ' All tables are as they were before. ' : ' What failed is as it was before. '),
    ...(hint === undefined ? [] : [text(`${hint} `)]),
    h('a', { href: pipelineRunPath(runId) }, 'Its log'),
  ]);
}

/** A notice of the pipeline without a failure; undefined: there is none. */
export function noticeBanner(
  title: string,
  notices: readonly Notice[] | null = [],
): Element | undefined {
  if (notices === null || notices.length === 0) return undefined;
  const items = notices.map(({ kind, source, message }) => `${kind} ${source}: ${message}. `);
  return banner('stale', title, items.map(text));
}

/** The data are older than the notebook permits. */
function staleBanner(
  { shown, staleAfter }: DashboardNotebook,
  timeZone: string,
): Element | undefined {
  if (staleAfter === undefined || shown?.dataThrough === undefined) return undefined;
  const zone = shown.timeZone ?? timeZone;
  return banner('stale', stateLabel('stale'), [
    text('The newest event is from '),
    timeElement(shown.dataThrough, zone),
    text(`; this notebook asks for data that are at most ${staleAfter} old. `),
    text('You see the newest that there are; files that came since are loaded by '),
    h('code', 'npx daybook up'),
    text('.'),
  ]);
}

/** The banner of a run's page that is not the published one. */
export function runBanner(
  notebook: DashboardNotebook,
  run: RunSummary,
  timeZone: string,
): Element | undefined {
  if (run.runId === notebook.shown?.runId) return undefined;
  const current =
    notebook.shown === undefined
      ? [text('No run of this notebook has passed yet.')]
      : [h('a', { href: notebookPath(notebook.slug) }, 'Go to the current page'), text('.')];
  if (run.status === 'failed') {
    return banner('failed', `Run ${run.runId} failed`, [
      text('It stopped '),
      timeElement(run.finishedAt, run.timeZone ?? timeZone),
      text(` ${describeRunError(run.error)}. It was never published. `),
      ...current,
    ]);
  }
  return banner('outdated', `Run ${run.runId} is not the current one`, [
    text('It ended '),
    timeElement(run.finishedAt, run.timeZone ?? timeZone),
    text('. '),
    ...current,
  ]);
}

/** The banner of every page while the warehouse is unreachable. */
export function offlineBanner(since: string, timeZone: string): Element {
  return banner('outdated', 'The warehouse cannot be reached', [
    text('Since '),
    timeElement(since, timeZone),
    text(' nothing new can be shown. Pages that were opened before are kept.'),
  ]);
}

/** The banner of every page about an error in a file that was just saved, in development. */
export function problemBanner(problem: string): Element {
  return banner('failed', 'What was saved last does not pass', [
    h('pre', { className: 'banner-problem' }, [h('code', problem)]),
  ]);
}

function text(value: string): ElementContent {
  return { type: 'text', value };
}
