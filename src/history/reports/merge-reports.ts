// One report of the processes that share a run; the exit code of a report.

import type { FileReport, ModelReport, PipelineReport } from './pipeline-report.js';
import type { TaskError } from './task-error.js';

/**
 * The report of a run whose work several processes have shared. Of what was tried again the last result counts.
 *
 * @param parts - In the order of their ends.
 * @param state - How the run stands: a process that died has left no report.
 */
export function mergeReports(
  runId: number,
  parts: readonly PipelineReport[],
  state: Pick<PipelineReport, 'status' | 'error'>,
): PipelineReport {
  const last = <Value>(valueOf: (part: PipelineReport) => Value | null): Value | null =>
    parts.map(valueOf).findLast((value) => value !== null) ?? null;
  const all = <Item>(itemsOf: (part: PipelineReport) => readonly Item[]): Item[] => {
    const found = parts.flatMap(itemsOf).map((item) => [JSON.stringify(item), item] as const);
    return [...new Map(found).values()];
  };
  const files = lastOf(
    parts.flatMap((part) => part.files),
    ({ file }) => file,
  );
  const models = lastOf(parts.flatMap((part) => part.models).filter(isNews), ({ model }) => model);
  const sum = (count: (file: FileReport) => number): number =>
    files.reduce((total, file) => total + count(file), 0);
  return {
    runId,
    ...state,
    durationMs: parts.reduce((total, { durationMs }) => total + durationMs, 0),
    files,
    unchangedFiles: Math.max(0, ...parts.map(({ unchangedFiles }) => unchangedFiles)),
    passedOver: all((part) => part.passedOver),
    lines: {
      read: sum((file) => file.lines),
      loaded: sum((file) => file.loaded),
      rejected: sum((file) => file.rejected),
    },
    rejects: last((part) => (Object.keys(part.rejects).length === 0 ? null : part.rejects)) ?? {},
    drift: all((part) => part.drift),
    notices: all((part) => part.notices),
    models,
    dropped: all((part) => part.dropped),
    kept: all((part) => part.kept),
    asOf: last((part) => part.asOf),
    dataThrough: last((part) => part.dataThrough),
  };

  /** A model that was left alone says nothing of what became of it in this run, if another part has built it. */
  function isNews(report: ModelReport): boolean {
    return (
      report.status !== 'unchanged' ||
      !parts.some(({ models: built }) =>
        built.some(({ model, status }) => model === report.model && status === 'passed'),
      )
    );
  }
}

function lastOf<Item>(items: readonly Item[], nameOf: (item: Item) => string): Item[] {
  return [...new Map(items.map((item) => [nameOf(item), item])).values()];
}

/** The exit code of a run: 75 where all that failed passes by itself, so that the same may be tried again. */
export function exitCodeOf(report: PipelineReport): 0 | 1 | 75 {
  if (report.status === 'passed') return 0;
  const ofTasks = [...report.files, ...report.models].flatMap(({ error }) => error ?? []);
  // Failed files are summed up in the error of the run.
  const errors: TaskError[] =
    ofTasks.length > 0 || report.error === undefined ? ofTasks : [report.error];
  return errors.length > 0 && errors.every(({ isTransient }) => isTransient === true) ? 75 : 1;
}
