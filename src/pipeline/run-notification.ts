import type { PipelineReport } from './pipeline-event.js';
import type { TaskError } from './task-error.js';

/** What somebody who does not watch is told of a pipeline run; the shape is that of notebooks. */
export interface RunNotification {
  readonly event: 'failed' | 'recovered';
  readonly work: 'pipeline';
  /** One line for people, and one for each failure; chat services show it. */
  readonly text: string;
  /** The run's number; undefined: it came to none. */
  readonly run: number | undefined;
  /** The run's page; undefined where no address for others is known. */
  readonly link: string | undefined;
  /** A model, `load:FILE`, or `pipeline` for what concerns the run as a whole. */
  readonly failed: readonly {
    readonly task: string;
    readonly code: string;
    readonly error: string;
  }[];
  readonly recovered: readonly string[];
}

/** A failure's message may hold whole lines of a log; this much of it is told, in characters. */
const maxLength = 300;

/**
 * What is to be told of a run: its failures, without the models that only wait for others; or that it
 * passed after one that had failed. undefined: nothing.
 *
 * @param failedBefore - Whether the run before it failed.
 * @param dashboard - Where others reach the dashboard; undefined: nobody knows.
 */
export function runNotification(
  report: PipelineReport,
  failedBefore: boolean,
  dashboard: string | undefined,
): RunNotification | undefined {
  const { runId: run } = report;
  const link = dashboard === undefined ? undefined : `${dashboard}/pipeline/runs/${run}`;
  if (report.status === 'passed') {
    if (!failedBefore) return undefined;
    const text = withLink([`pipeline run ${run} passed, after one that had failed`], link);
    return {
      event: 'recovered',
      work: 'pipeline',
      text,
      run,
      link,
      failed: [],
      recovered: ['pipeline'],
    };
  }
  return failure(
    [
      ...(report.error === undefined ? [] : [{ task: 'pipeline', error: report.error }]),
      ...report.files.map(({ file, error }) => ({ task: `load:${file}`, error })),
      ...report.models
        .filter(({ status }) => status === 'failed')
        .map(({ model, error }) => ({ task: model, error })),
    ],
    run,
    link,
  );
}

/** What is to be told when a run could not even begin, like without a warehouse. */
export function noRunNotification(error: TaskError): RunNotification {
  return failure([{ task: 'pipeline', error }], undefined, undefined);
}

function failure(
  tasks: readonly { task: string; error: TaskError | undefined }[],
  run: number | undefined,
  link: string | undefined,
): RunNotification {
  const failed = tasks.flatMap(({ task, error }) =>
    error === undefined ? [] : [{ task, code: error.code, error: words(error) }],
  );
  const text = withLink(
    [
      run === undefined ? 'the pipeline could not run' : `pipeline run ${run} failed`,
      ...failed.map(({ task, code, error }) => `${task}: ${error} [${code}]`),
    ],
    link,
  );
  return { event: 'failed', work: 'pipeline', text, run, link, failed, recovered: [] };
}

function words({ where, message }: TaskError): string {
  const text = where === undefined ? message : `${where}: ${message}`;
  return text.length <= maxLength ? text : `${text.slice(0, maxLength)}…`;
}

function withLink(lines: readonly string[], link: string | undefined): string {
  return [...lines, ...(link === undefined ? [] : [link])].join('\n');
}
