// Metrics of the dashboard for Prometheus (`/metrics`), of runs, schedules and workers, too: a new metric is added
// here.

import type { WorkersState } from '../../../history/workers/workers-state.js';
import type { Operations } from '../../../schedules/operations-reader.js';
import { stateOf } from '../../parts/state.js';
import type { PublicationState } from '../../reading/publication-cache.js';

/** All metrics of `/metrics`, in their order; `labels` are those that a sample may have. */
export const metricFamilies = {
  daybook_http_requests_total: { type: 'counter', help: 'Answered requests', labels: ['status'] },
  daybook_http_request_duration_seconds: {
    type: 'histogram',
    help: 'Time to the whole answer',
    labels: ['le'],
  },
  process_resident_memory_bytes: {
    type: 'gauge',
    help: 'Memory of the server process',
    labels: [],
  },
  daybook_warehouse_up: { type: 'gauge', help: 'Whether the warehouse answers', labels: [] },
  daybook_notebook_state: {
    type: 'gauge',
    help: 'The state of each notebook: current, outdated, held, stale, failed or waiting',
    labels: ['notebook', 'state'],
  },
  daybook_notebook_age_seconds: {
    type: 'gauge',
    help: 'Time since what is published of a notebook was made',
    labels: ['notebook'],
  },
  daybook_notebook_data_age_seconds: {
    type: 'gauge',
    help: 'Time since the newest event of the sources that a notebook reads',
    labels: ['notebook'],
  },
  daybook_pipeline_run: {
    type: 'gauge',
    help: 'The number of the newest pipeline run, by how it stands',
    labels: ['status'],
  },
  daybook_pipeline_failed: {
    type: 'gauge',
    help: 'Whether the newest pipeline run that ended has failed, and with which code',
    labels: ['code'],
  },
  daybook_pipeline_notice: {
    type: 'gauge',
    help: 'What to look at although the newest pipeline run passed: rejects, removed, drift or stale, by source',
    labels: ['kind', 'source'],
  },
  daybook_pipeline_drift: {
    type: 'gauge',
    help: 'New fields, other types and unexpected values that the newest pipeline run met',
    labels: [],
  },
  daybook_workers: {
    type: 'gauge',
    help: 'Processes that share the work of pipeline runs',
    labels: [],
  },
  daybook_queue_jobs: {
    type: 'gauge',
    help: 'Jobs of the workers that wait or are at work',
    labels: ['queue', 'state'],
  },
  daybook_queue_given_up: {
    type: 'gauge',
    help: 'Jobs of the workers that were given up: daybook queue list shows them',
    labels: [],
  },
  daybook_schedulers: { type: 'gauge', help: 'Schedulers at work', labels: [] },
  daybook_schedule_last: {
    type: 'gauge',
    help: 'When the last time of each schedule was due, in seconds of Unix, by how it ended',
    labels: ['schedule', 'status'],
  },
  daybook_schedule_late_seconds: {
    type: 'gauge',
    help: 'How long the time of a schedule has come that nobody does',
    labels: ['schedule'],
  },
  daybook_deadline_missed: {
    type: 'gauge',
    help: 'Whether the last time of a deadline passed, and nothing has arrived until now',
    labels: ['deadline'],
  },
  daybook_schedule_paused: {
    type: 'gauge',
    help: 'Whether a schedule is paused',
    labels: ['schedule'],
  },
} as const satisfies Readonly<
  Record<string, { type: string; help: string; labels: readonly string[] }>
>;

/** Upper bounds of the histogram's buckets, in seconds. */
const buckets = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5] as const;

/** Counts requests, and writes `/metrics` in Prometheus's text format. */
export class Metrics {
  readonly #byStatus = new Map<number, number>();
  /** Requests in each bucket, and above the last one. */
  readonly #ofClass = Array.from({ length: buckets.length + 1 }, () => 0);
  #seconds = 0;

  /** Counts an answered request. */
  count(status: number, seconds: number): void {
    this.#byStatus.set(status, (this.#byStatus.get(status) ?? 0) + 1);
    this.#seconds += seconds;
    const found = buckets.findIndex((end) => seconds <= end);
    const index = found < 0 ? buckets.length : found;
    this.#ofClass[index] = (this.#ofClass[index] ?? 0) + 1;
  }

  /** All metrics at an instant. */
  text(state: PublicationState | undefined, now: Date, operations?: Operations): string {
    const memory = process.memoryUsage();
    // Prometheus's buckets are cumulative.
    let sum = 0;
    const upTo = this.#ofClass.map((count) => (sum += count));
    return [
      ...family('daybook_http_requests_total', [
        ...[...this.#byStatus].map(
          ([status, count]) => [{ status: String(status) }, count] as const,
        ),
      ]),
      ...family('daybook_http_request_duration_seconds', [
        ...buckets.map((end, index) => [{ le: String(end) }, upTo[index] ?? 0, '_bucket'] as const),
        [{ le: '+Inf' }, sum, '_bucket'],
        [{}, this.#seconds, '_sum'],
        [{}, sum, '_count'],
      ]),
      ...family('process_resident_memory_bytes', [[{}, memory.rss]]),
      ...family('daybook_warehouse_up', [
        [{}, state !== undefined && state.offlineSince === undefined ? 1 : 0],
      ]),
      ...publicationFamilies(state, now),
      ...operationsFamilies(operations),
    ].join('\n');
  }
}

function publicationFamilies(state: PublicationState | undefined, now: Date): string[] {
  if (state === undefined) return [];
  const { notebooks, pipeline } = state.publication;
  const age = (instant: string) => (now.getTime() - Date.parse(instant)) / 1000;
  return [
    ...family(
      'daybook_notebook_state',
      notebooks.map((notebook) => [{ notebook: notebook.slug, state: stateOf(notebook) }, 1]),
    ),
    ...family(
      'daybook_notebook_age_seconds',
      notebooks.flatMap(({ slug, shown }) =>
        shown === undefined ? [] : [[{ notebook: slug }, age(shown.finishedAt)] as const],
      ),
    ),
    ...family(
      'daybook_notebook_data_age_seconds',
      notebooks.flatMap(({ slug, shown }) =>
        shown?.dataThrough === undefined
          ? []
          : [[{ notebook: slug }, age(shown.dataThrough)] as const],
      ),
    ),
    ...family(
      'daybook_pipeline_run',
      pipeline === undefined ? [] : [[{ status: pipeline.status }, Number(pipeline.runId)]],
    ),
    ...family(
      'daybook_pipeline_failed',
      pipeline === undefined
        ? []
        : [pipeline.problem === undefined ? [{}, 0] : [{ code: pipeline.problem.code }, 1]],
    ),
    ...family(
      'daybook_pipeline_notice',
      (pipeline?.notices ?? []).map(({ kind, source }) => [{ kind, source }, 1]),
    ),
    ...family('daybook_pipeline_drift', pipeline === undefined ? [] : [[{}, pipeline.driftCount]]),
  ];
}

function operationsFamilies(operations: Operations | undefined): string[] {
  if (operations === undefined) return [];
  const { schedules, schedulers, deadlines, workers } = operations;
  const shared = workers === undefined ? [] : workerFamilies(workers);
  const now = Date.parse(operations.now);
  const missed = family(
    'daybook_deadline_missed',
    deadlines.map(({ name, isMissed }) => [{ deadline: name }, isMissed ? 1 : 0]),
  );
  if (schedules.length === 0) return [...shared, ...(deadlines.length === 0 ? [] : missed)];
  return [
    ...(deadlines.length === 0 ? [] : missed),
    ...shared,
    ...family('daybook_schedulers', [[{}, schedulers]]),
    ...family(
      'daybook_schedule_last',
      schedules.flatMap(({ name, firings }) => {
        const last = firings.find(({ status }) => status !== 'waiting');
        if (last === undefined) return [];
        return [[{ schedule: name, status: last.status }, Date.parse(last.dueAt) / 1000] as const];
      }),
    ),
    ...family(
      'daybook_schedule_late_seconds',
      schedules.map(({ name, lateSince }) => [
        { schedule: name },
        lateSince === null ? 0 : (now - Date.parse(lateSince)) / 1000,
      ]),
    ),
    ...family(
      'daybook_schedule_paused',
      schedules.map(({ name, paused }) => [{ schedule: name }, paused === null ? 0 : 1]),
    ),
  ];
}

function workerFamilies({ workers, queues, givenUp }: WorkersState): string[] {
  return [
    ...family('daybook_workers', [[{}, workers.length]]),
    ...family(
      'daybook_queue_jobs',
      queues.flatMap(({ queue, waiting, active }) => [
        [{ queue, state: 'waiting' }, waiting] as const,
        [{ queue, state: 'active' }, active] as const,
      ]),
    ),
    ...family('daybook_queue_given_up', [[{}, givenUp]]),
  ];
}

type FamilyName = keyof typeof metricFamilies;

type Sample<Name extends FamilyName> = readonly [
  labels: Readonly<Partial<Record<(typeof metricFamilies)[Name]['labels'][number], string>>>,
  value: number,
  suffix?: string,
];

function family<Name extends FamilyName>(name: Name, samples: readonly Sample<Name>[]): string[] {
  const { type, help } = metricFamilies[name];
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(([labels, value, suffix = '']) => {
      const pairs = Object.entries(labels as Readonly<Record<string, string>>).map(
        ([label, text]) => `${label}="${escape(text)}"`,
      );
      return `${name}${suffix}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`;
    }),
    '',
  ];
}

function escape(text: string): string {
  return text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
}
