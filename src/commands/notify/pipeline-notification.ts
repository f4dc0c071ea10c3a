// The content of webhook notifications about pipeline runs.

import type { TaskError } from '../../history/reports/task-error.js';
import type { Notice, PipelineReport } from '../../history/reports/pipeline-report.js';

/** A notification about a pipeline run, in the same shape as those about notebooks. */
export interface RunNotification {
  /** `attention`: the run passed with notices. */
  readonly event: 'failed' | 'recovered' | 'attention';
  readonly work: 'pipeline';
  /** One line for people, and one for each failure and notice; chat services show it. */
  readonly text: string;
  /** The run's number; undefined: there was no run. */
  readonly run: number | undefined;
  /** The address of the run's page; undefined without a public address. */
  readonly link: string | undefined;
  /** A model, `load:FILE`, or `pipeline` for the run as a whole. */
  readonly failed: readonly {
    readonly task: string;
    readonly code: string;
    readonly error: string;
  }[];
  /** `pipeline`, and ended notices, like `stale:SOURCE`. */
  readonly recovered: readonly string[];
  readonly notices: readonly Notice[];
}

/** The longest message, in characters: a failure's message may contain whole lines of a log. */
const maxLength = 300;

/** The notification of a failed run: its failures, without the models that only wait for others. */
export function failedNotification(
  report: PipelineReport,
  dashboard: string | undefined,
): RunNotification {
  return failure(
    [
      ...(report.error === undefined ? [] : [{ task: 'pipeline', error: report.error }]),
      ...report.files.map(({ file, error }) => ({ task: `load:${file}`, error })),
      ...report.models
        .filter(({ status }) => status === 'failed')
        .map(({ model, error }) => ({ task: model, error })),
    ],
    report.runId,
    linkTo(report, dashboard),
    report.notices,
  );
}

/** The notification of a run that passed after a failure. */
export function recoveredNotification(
  report: PipelineReport,
  recovered: readonly string[],
  dashboard: string | undefined,
): RunNotification {
  const words = recovered.map((topic) =>
    topic === 'pipeline'
      ? `pipeline run ${report.runId} passed, after one that had failed`
      : `${topic} is over with pipeline run ${report.runId}`,
  );
  return passed('recovered', words, report, dashboard, { recovered, notices: [] });
}

/** The notification of a run that passed with notices. */
export function attentionNotification(
  report: PipelineReport,
  notices: readonly Notice[],
  dashboard: string | undefined,
): RunNotification {
  const words = [
    `pipeline run ${report.runId} passed, and needs a look`,
    ...notices.map(({ kind, source, message }) => `${kind} ${source}: ${message}`),
  ];
  return passed('attention', words, report, dashboard, { recovered: [], notices });
}

function passed(
  event: RunNotification['event'],
  words: readonly string[],
  report: PipelineReport,
  dashboard: string | undefined,
  more: Pick<RunNotification, 'recovered' | 'notices'>,
): RunNotification {
  const link = linkTo(report, dashboard);
  const text = withLink(words, link);
  return { event, work: 'pipeline', text, run: report.runId, link, failed: [], ...more };
}

/** @param dashboard - The public address; undefined: unknown. */
function linkTo({ runId }: PipelineReport, dashboard: string | undefined): string | undefined {
  return dashboard === undefined ? undefined : `${dashboard}/pipeline/runs/${runId}`;
}

/** The notification when a run could not begin, for example without a warehouse. */
export function noRunNotification(error: TaskError): RunNotification {
  return failure([{ task: 'pipeline', error }], undefined, undefined, []);
}

function failure(
  tasks: readonly { task: string; error: TaskError | undefined }[],
  run: number | undefined,
  link: string | undefined,
  notices: readonly Notice[],
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
  return { event: 'failed', work: 'pipeline', text, run, link, failed, recovered: [], notices };
}

function words({ where, message }: TaskError): string {
  const text = where === undefined ? message : `${where}: ${message}`;
  return text.length <= maxLength ? text : `${text.slice(0, maxLength)}…`;
}

function withLink(lines: readonly string[], link: string | undefined): string {
  return [...lines, ...(link === undefined ? [] : [link])].join('\n');
}
