import { countOf, formatDuration } from '../../text/amounts.js';
import { failureMessage } from './failure-message.js';
import type { NotebookResult, RunEvent } from './run-report.js';

/** What a display of a run knows. */
export interface RunProgress {
  readonly total: number;
  readonly done: number;
  /** The notebooks that run now: path to the cell that runs and how many there are. */
  readonly running: ReadonlyMap<string, RunningNotebook>;
}

interface RunningNotebook {
  /** 0: its kernel starts. */
  readonly cell: number;
  readonly cellCount: number;
  /** Milliseconds that its last good run took. */
  readonly expected: number | undefined;
}

/** Before the run. */
export const noProgress: RunProgress = { total: 0, done: 0, running: new Map() };

/** What is known after an event. */
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
    case 'cell-end':
      return progress;
    case 'notebook-end': {
      const running = new Map(progress.running);
      running.delete(event.result.path);
      return { ...progress, done: progress.done + 1, running };
    }
  }
}

/** The state as one line that fits into `columns`; empty when nothing runs. */
export function progressLine({ total, done, running }: RunProgress, columns: number): string {
  if (running.size === 0) return '';
  const now = [...running].map(([path, { cell, cellCount, expected }]) => {
    const usual = expected === undefined ? '' : ` (last time ${formatDuration(expected)})`;
    return `${path} ${cell === 0 ? 'starting' : `cell ${cell} of ${cellCount}`}${usual}`;
  });
  return `${done} of ${total} done · ${now.join(' · ')}`.slice(0, columns - 1);
}

/** The lines that stay: of each notebook that ended, and what failed in it. */
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
