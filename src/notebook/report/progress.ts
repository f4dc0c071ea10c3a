// Progress lines of notebook runs in the terminal, and the last line of a run.

import { countOf, formatDuration } from '../../text/amounts.js';
import { failureMessage } from './failure-message.js';
import type { NotebookResult, RunEvent } from './run-report.js';

/** The state of a progress display. */
export interface RunProgress {
  readonly total: number;
  readonly done: number;
  /** Running notebooks by path, with the current cell and the number of cells. */
  readonly running: ReadonlyMap<string, RunningNotebook>;
}

interface RunningNotebook {
  /** 0: its kernel is starting. */
  readonly cell: number;
  readonly cellCount: number;
  /** The duration of its last good run, in milliseconds. */
  readonly expected: number | undefined;
}

/** Before the run. */
export const noProgress: RunProgress = { total: 0, done: 0, running: new Map() };

/** The state after an event. */
export function advance(progress: RunProgress, event: RunEvent): RunProgress {
  switch (event.type) {
    case 'run-start':
      return { ...noProgress, total: event.paths.length };
    case 'notebook-start': {
      const { path, cellCount, expected } = event;
      const begun = { cell: 0, cellCount, expected };
      return { ...progress, running: new Map(progress.running).set(path, begun) };
    }
    case 'cell-start': {
      const known = progress.running.get(event.path);
      const now = { cellCount: event.cell, expected: undefined, ...known, cell: event.cell };
      return { ...progress, running: new Map(progress.running).set(event.path, now) };
    }
    case 'notebook-planned':
    case 'choices-shared':
    case 'cell-end':
      return progress;
    case 'notebook-end': {
      const running = new Map(progress.running);
      running.delete(event.result.path);
      return { ...progress, done: progress.done + 1, running };
    }
  }
}

/** The state on one line of at most `columns` characters; empty when nothing runs. */
export function progressLine({ total, done, running }: RunProgress, columns: number): string {
  if (running.size === 0) return '';
  const now = [...running].map(([path, { cell, cellCount, expected }]) => {
    const usual = expected === undefined ? '' : ` (last time ${formatDuration(expected)})`;
    return `${path} ${cell === 0 ? 'starting' : `cell ${cell} of ${cellCount}`}${usual}`;
  });
  return `${done} of ${total} done · ${now.join(' · ')}`.slice(0, columns - 1);
}

/** The permanent lines of an event: a notebook that ended, and its failure. */
export function eventLines(event: RunEvent): string[] {
  if (event.type !== 'notebook-end') return [];
  const { result } = event;
  const warnings = result.warnings.map((warning) => `${result.path}: warning: ${warning}`);
  const number = result.runId === undefined ? '' : `, notebook run ${result.runId}`;
  if (result.status === 'failed') {
    const named = number === '' ? [] : [`${result.path}: failed${number}`];
    return [...warnings, failureMessage(result), ...named];
  }
  if (result.status === 'unchanged') return [`${result.path}: unchanged`];
  return [
    ...warnings,
    `${result.path}: ${result.status}, ${ranCells(result)} in ${formatDuration(result.duration)}${number}`,
  ];
}

/** The last line of a run. */
export function summaryLine(results: readonly NotebookResult[], duration: number): string {
  const failed = results.filter(({ status }) => status === 'failed').length;
  const passed = results.filter(({ status }) => status === 'passed').length;
  const unchanged = results.filter(({ status }) => status === 'unchanged').length;
  const kept = unchanged === 0 ? '' : `, ${unchanged} unchanged`;
  return `${passed} passed, ${failed} failed${kept} in ${formatDuration(duration)}`;
}

function ranCells({ cells }: NotebookResult): string {
  const ran = cells.filter(({ status }) => status === 'passed' || status === 'failed').length;
  const failed = cells.filter(({ status }) => status === 'failed').length;
  const words = countOf(ran, 'cell');
  return failed === 0 ? words : `${words}, ${failed} of them failed as allowed,`;
}

/** What ran once for all choices of a notebook, or why nothing did. */
export function sharedLine({
  path,
  choices,
  outcome,
}: Pick<Extract<RunEvent, { type: 'choices-shared' }>, 'path' | 'choices' | 'outcome'>): string {
  if ('reason' in outcome) {
    return `${path}: each of ${choices} choices runs by itself, because ${outcome.reason}`;
  }
  const numbers = outcome.cells.map(String);
  const cells = `${numbers.length === 1 ? 'cell' : 'cells'} ${numbers.join(', ')}`;
  return `${path}: of ${choices} choices each runs ${cells}, and all share the other cells`;
}
