// The list of pipeline runs as a grid: a column for each run, a row for each step (file or model).

import { formatCount, formatDuration } from '../../../text/amounts.js';
import type { Element } from 'hast';
import { h, s } from 'hastscript';
import type { ModelGraph, RunStep, StepPage } from '../../../history/runs/pipeline-reader.js';
import { tableFrame } from '../../rendering/html/tables.js';
import { pipelineRunPath, stepPath, stepsPath } from '../../paths.js';
import { stateIcon, taskState, taskLabel } from '../../parts/state.js';
import { formatInstant } from '../../parts/time.js';
import { loadStep, type ListedRun } from '../../../history/runs/pipeline-run.js';

/** Steps on one page. */
export const stepsPerPage = 100;

/** The grid of a part of the steps, and links to the others. */
export function runGridPart(
  runs: readonly ListedRun[],
  page: StepPage,
  graph: ModelGraph,
  part: number,
): Element[] {
  const grid = runGrid(runs, page, graph);
  const parts = Math.ceil(page.count / stepsPerPage);
  if (parts <= 1) return [grid];
  const first = (part - 1) * stepsPerPage;
  return [
    h(
      'p',
      { className: 'figure-caption' },
      `Steps ${formatCount(first + 1)} to ${formatCount(first + page.names.length)} of ${formatCount(page.count)}: first those that failed, are blocked or were built in the newest run, then all others by name.`,
    ),
    grid,
    h('nav', { className: 'parts', ariaLabel: 'All steps' }, [
      h(
        'ul',
        Array.from({ length: parts }, (_, index) => index + 1).map((number) =>
          h('li', [
            h(
              'a',
              { href: stepsPath(number), ariaCurrent: number === part ? 'page' : undefined },
              String(number),
            ),
          ]),
        ),
      ),
    ]),
  ];
}

/**
 * The runs as a grid: a column for each run, newest first, so that those are visible on narrow screens, and a row
 * for each step. Each cell links to the step's log; bars above the columns show the runs' durations.
 */
export function runGrid(
  runs: readonly ListedRun[],
  { count, names, steps }: StepPage,
  graph: ModelGraph,
): Element {
  const columns = [...runs];
  const cells = new Map(steps.map((step) => [`${step.runId} ${step.step}`, step]));
  const rows = names.length === count ? stepsInOrder(names, graph) : names;
  const longest = Math.max(1, ...columns.map(durationOf));
  // A single run has no trend.
  const hasTrend = columns.length > 1;
  return tableFrame(
    h('table', { className: ['daybook-table', 'run-grid'] }, [
      h('caption', { className: 'sr-only' }, 'Steps by runs, newest run first'),
      h('thead', [
        h('tr', [
          h('th', { scope: 'col' }, 'Step'),
          ...columns.map((run) => runHead(run, longest)),
          h('th', { scope: 'col', className: 'number' }, 'Took'),
          hasTrend ? h('th', { scope: 'col', className: 'trend-head' }, 'Trend') : undefined,
        ]),
      ]),
      h(
        'tbody',
        rows.map((row) => {
          const found = columns.map((run) => cells.get(`${run.runId} ${row}`));
          const durations = found.map((step) => step?.durationMs ?? undefined);
          const last = durations.find((duration) => duration !== undefined);
          return h('tr', [
            h('th', { scope: 'row' }, row === loadStep ? 'Load files' : row),
            ...columns.map((run, index) => gridCell(run, found[index])),
            h('td', { className: 'number' }, last === undefined ? '–' : formatDuration(last)),
            hasTrend ? h('td', [trend(durations.toReversed())]) : undefined,
          ]);
        }),
      ),
    ]),
  );
}

function durationOf({ startedAt, finishedAt }: ListedRun): number {
  return finishedAt === null ? 0 : Date.parse(finishedAt) - Date.parse(startedAt);
}

function runHead(run: ListedRun, longest: number): Element {
  const duration = durationOf(run);
  const height = Math.max(2, (duration / longest) * 40);
  const word = taskLabel(run.status);
  const title = `Run ${run.runId}: ${word}, started ${formatInstant(run.startedAt, run.timeZone)}, took ${formatDuration(duration)}`;
  return h('th', { scope: 'col', className: 'run' }, [
    h('a', { href: pipelineRunPath(run.runId), title, ariaLabel: title }, [
      s(
        'svg',
        {
          viewBox: '0 0 12 40',
          width: 12,
          height: 40,
          ariaHidden: 'true',
          className: `state-${taskState(run.status)}`,
        },
        [s('rect', { x: 1, y: 40 - height, width: 10, height })],
      ),
      h('span', run.runId),
    ]),
  ]);
}

function gridCell(run: ListedRun, step: RunStep | undefined): Element {
  if (step === undefined) return h('td', { className: 'run' });
  const took = step.durationMs === null ? '' : `, ${formatDuration(step.durationMs)}`;
  const title = `${step.step} in run ${run.runId}: ${taskLabel(step.status)}${took}`;
  const href = stepPath(run, step.step);
  return h('td', { className: 'run' }, [
    h('a', { href, title, ariaLabel: title, dataTask: '' }, [stateIcon(taskState(step.status))]),
  ]);
}

/** The order of rows: files, then models in the order of the graph, then models that no longer exist. */
function stepsInOrder(names: readonly string[], graph: ModelGraph): string[] {
  const present = new Set(names);
  const ordered = new Set<string>();
  const visited = new Set<string>();
  const add = (id: string) => {
    if (visited.has(id)) return;
    visited.add(id);
    for (const source of graph[id] ?? []) add(source);
    if (present.has(id)) ordered.add(id);
  };
  if (present.has(loadStep)) ordered.add(loadStep);
  for (const id of Object.keys(graph).sort()) add(id);
  return [...ordered, ...[...present].filter((id) => !ordered.has(id)).sort()];
}

/** Durations of the runs as small bars. */
function trend(durations: readonly (number | undefined)[]): Element | undefined {
  const most = Math.max(0, ...durations.map((duration) => duration ?? 0));
  if (most === 0) return undefined;
  const width = durations.length * 5;
  return s(
    'svg',
    { className: 'trend', viewBox: `0 0 ${width} 20`, width, height: 20, ariaHidden: 'true' },
    durations
      .map((duration, index) => {
        if (duration === undefined) return undefined;
        const height = Math.max(1, (duration / most) * 20);
        return s('rect', { x: index * 5, y: 20 - height, width: 4, height });
      })
      .filter((bar) => bar !== undefined),
  );
}
