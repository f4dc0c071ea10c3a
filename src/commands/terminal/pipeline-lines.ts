// Terminal output of a pipeline run: progress line, lines of files and models, and the summary with the last line.

import type { PipelineEvent } from '../../pipeline/pipeline-event.js';
import { countOf, formatBytes, formatCount, formatDuration } from '../../text/amounts.js';
import type {
  Drift,
  FileReport,
  ModelReport,
  Notice,
  PipelineReport,
  PassedOver,
} from '../../history/reports/pipeline-report.js';
import type { Terminal } from '../command.js';
import { progressDisplay, type ProgressDisplay } from './progress-display.js';
import { foundBy, type TestFailure } from '../../history/reports/task-error.js';

/** The state of a progress display. */
export interface ProgressState {
  /** Bytes read so far of each file in work. */
  readonly files: ReadonlyMap<string, number>;
  readonly models: readonly string[];
  readonly bytesTotal: number;
  /** Bytes of finished files. */
  readonly bytesDone: number;
  readonly modelsTotal: number;
  readonly modelsDone: number;
}

/** Before the first event. */
export const idle: ProgressState = {
  files: new Map(),
  models: [],
  bytesTotal: 0,
  bytesDone: 0,
  modelsTotal: 0,
  modelsDone: 0,
};

/** The state after an event. Pure. */
export function advance(state: ProgressState, event: PipelineEvent): ProgressState {
  switch (event.type) {
    case 'run_started':
      return { ...idle, bytesTotal: event.bytes, modelsTotal: event.models };
    case 'file_started':
    case 'file_progress': {
      const bytesRead = event.type === 'file_progress' ? event.bytesRead : 0;
      return { ...state, files: new Map(state.files).set(event.file, bytesRead) };
    }
    case 'file_finished': {
      const files = new Map(state.files);
      const bytesDone = state.bytesDone + (files.get(event.file) ?? 0);
      files.delete(event.file);
      return { ...state, files, bytesDone };
    }
    case 'model_started':
      return { ...state, models: [...state.models, event.model] };
    case 'model_finished': {
      const models = state.models.filter((model) => model !== event.model);
      return { ...state, models, modelsDone: state.modelsDone + 1 };
    }
    default:
      return state;
  }
}

/**
 * The progress line.
 *
 * @param columns - The terminal's width; the line never wraps.
 * @returns Empty when there is nothing to show.
 */
export function progressLine(state: ProgressState, columns: number): string {
  const [file] = state.files.keys();
  let line = '';
  if (file !== undefined) {
    const inWork = [...state.files.values()].reduce((sum, bytes) => sum + bytes, 0);
    const read = state.bytesDone + inWork;
    const more = state.files.size > 1 ? ` and ${state.files.size - 1} more` : '';
    line = `loading ${file}${more}  ${formatBytes(read)} read`;
  } else if (state.models.length > 0) {
    line = `building ${state.models.join(', ')}  ${state.modelsDone} of ${state.modelsTotal} models done`;
  }
  return line.length < columns ? line : `${line.slice(0, Math.max(0, columns - 2))}…`;
}

/** The permanent lines of an event; none for mere progress. */
export function eventLines(event: PipelineEvent): string[] {
  switch (event.type) {
    case 'waiting':
      return ['another run of this warehouse is at work; waiting for it to end'];
    case 'run_started':
      return [
        `run ${event.runId}: ${countOf(event.files, 'file')} (${formatBytes(event.bytes)}), ${countOf(event.models, 'model')}`,
      ];
    case 'file_finished':
      return event.status === 'unchanged' ? [] : fileLines(event);
    case 'model_finished':
      return modelLines(event);
    case 'task_retried':
      return [
        `  again   ${event.task} in ${formatDuration(event.delayMs)}: ${event.error.message} [${event.error.sqlstate ?? event.error.code}]`,
      ];
    case 'run_finished':
      return summaryLines(event.report);
    default:
      return [];
  }
}

/** The lines of an event with the reason for each file and model. */
export function explainedLines(event: PipelineEvent): string[] {
  if (event.type === 'run_finished') return summaryLines(event.report, true);
  const lines = eventLines(event);
  if (event.type !== 'model_finished' && event.type !== 'file_finished') return lines;
  const name = event.type === 'model_finished' ? event.model : event.file;
  return [
    ...(lines.length === 0 ? [`  kept    ${name}`] : lines),
    ...(event.reason === undefined ? [] : [`          ${event.reason}`]),
  ];
}

function fileLines(file: FileReport): string[] {
  const time = formatDuration(file.durationMs);
  if (file.status === 'removed') return [`  removed ${file.file}, which is gone`];
  if (file.status === 'failed') {
    const { where = file.file, message = '', code = '', hint } = file.error ?? {};
    const line = `  FAILED  ${where}: ${message} [${code}]`;
    return hint === undefined ? [line] : [line, `          → ${hint}`];
  }
  const rejected = file.rejected === 0 ? '' : `, ${formatCount(file.rejected)} rejected`;
  return [`  loaded  ${file.file}  ${countOf(file.loaded, 'line')}${rejected}  ${time}`];
}

const modelWords = {
  passed: 'built  ',
  unchanged: 'same   ',
  failed: 'FAILED ',
  upstream_failed: 'blocked',
  skipped: 'skipped',
} as const;

function modelLines(model: ModelReport): string[] {
  if (!model.isBuilt && model.status === 'unchanged') return [];
  const rows = model.rows === null ? '' : `  ${countOf(model.rows, 'row')}`;
  const line = `  ${modelWords[model.status]} ${model.model}${rows}  ${formatDuration(model.durationMs)}`;
  const { error } = model;
  if (error === undefined) return [line];
  const where = error.where === undefined ? '' : `${error.where}: `;
  return [
    line,
    `          ${where}${error.message} [${error.code}]`,
    ...(error.detail === undefined ? [] : [`          ${printable(error.detail)}`]),
    ...(error.hint === undefined ? [] : [`          → ${error.hint}`]),
  ];
}

/** The error of a run, without what its files have reported already. */
function errorLines({ error, files }: PipelineReport): string[] {
  if (error === undefined) return [];
  const failed = files.flatMap((file) =>
    file.error === undefined ? [] : [{ ...file.error, file: file.file }],
  );
  const said = failed.map(({ file, message }) => `; ${file}: ${message}`);
  const message = said.reduce((text, each) => text.replace(each, () => ''), error.message);
  const isSaid = failed.some(({ hint }) => hint === error.hint);
  return [
    `${message} [${error.code}]`,
    ...(error.hint === undefined || isSaid ? [] : [`→ ${error.hint}`]),
  ];
}

/**
 * The summary at the end of a run.
 *
 * @param all - Names every skipped file.
 */
export function summaryLines(report: PipelineReport, all = false): string[] {
  const { lines, models, rejects } = report;
  const by = (status: string): number => models.filter((model) => model.status === status).length;
  const loaded = report.files.filter((file) => file.status === 'loaded').length;
  const removed = report.files.filter((file) => file.status === 'removed').length;
  const failedFiles = report.files.filter((file) => file.status === 'failed').length;
  const quarantine = Object.entries(rejects).map(([reason, n]) => `${formatCount(n)} ${reason}`);
  const list = (entries: [number, string][]): string =>
    entries
      .filter(([n], index) => n > 0 || index === 0)
      .map(([n, word]) => `${formatCount(n)} ${word}`)
      .join(', ');
  const output = [
    `files   ${list([
      [loaded, 'loaded'],
      [report.unchangedFiles, 'unchanged'],
      [removed, 'removed'],
      [failedFiles, 'failed'],
    ])}`,
    `lines   ${list([
      [lines.read, 'read'],
      [lines.loaded, 'loaded'],
      [lines.rejected, 'rejected'],
    ])}`,
    ...(quarantine.length === 0 ? [] : [`rejects ${quarantine.join(', ')} (daybook rejects list)`]),
    ...driftLines(report.drift),
    ...passedOverLines(report.passedOver, all),
    ...noticeLines(report.notices),
    `models  ${list([
      [by('passed'), 'built'],
      [by('unchanged'), 'unchanged'],
      [by('failed'), 'failed'],
      [by('upstream_failed'), 'blocked by these'],
    ])}`,
    ...report.dropped.map((name) => `dropped ${name}: its model is gone`),
    ...report.kept.map((name) => `kept    ${name}: its model is gone, but something depends on it`),
  ];
  output.push(...errorLines(report));
  output.push(`run ${report.runId} ${report.status} in ${formatDuration(report.durationMs)}`);
  return output;
}

/** Rejects and drift have lines of their own. @param notices - Runs of earlier versions have none. */
function noticeLines(notices: readonly Notice[] = []): string[] {
  return notices
    .filter(({ kind }) => kind !== 'rejects' && kind !== 'drift')
    .map(({ kind, source, message }) => `${kind.padEnd(7)} ${source}: ${message}`);
}

/** The most new shapes that are named. */
const mostDrift = 10;

/** @param drift - Runs of earlier versions have none. */
function driftLines(drift: readonly Drift[] = []): string[] {
  const words = { field: 'a new field', type: 'another type', value: 'a new value' } as const;
  const lines = drift
    .slice(0, mostDrift)
    .map(
      ({ source, kind, name, detail, file }) =>
        `drift   ${source}: ${words[kind]}, ${name} ${kind === 'value' ? '=' : 'is'} ${printable(detail)}, first in ${file}`,
    );
  return drift.length <= mostDrift
    ? lines
    : [...lines, `drift   and ${drift.length - mostDrift} more: daybook pipeline show --json`];
}

/** The most skipped files that are named. */
const mostPassedOver = 10;

/**
 * Skipped files, each with its reason.
 *
 * @param files - Runs of earlier versions have none.
 */
export function passedOverLines(
  files: readonly PassedOver[] | undefined = [],
  all: boolean,
): string[] {
  const shown = all ? files : files.slice(0, mostPassedOver);
  const more = files.length - shown.length;
  return [
    ...shown.map(({ file, reason }) => `ignored ${file}: ${reason}`),
    ...(more === 0 ? [] : [`ignored ${formatCount(more)} more files; --explain names them`]),
  ];
}

function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?').slice(0, 80);
}

/**
 * The progress display of a pipeline run.
 *
 * @param explain - Adds the reason for each file and model.
 */
export function pipelineProgress(
  terminal: Terminal,
  { explain = false } = {},
): ProgressDisplay<PipelineEvent> {
  return progressDisplay(terminal, {
    initial: idle,
    advance,
    lines: explain ? explainedLines : eventLines,
    line: progressLine,
  });
}

/** Failed tests, each with its first failing rows as JSON. */
export function failureLines(failures: readonly TestFailure[]): string[] {
  return failures.flatMap((failure) => [
    `-- ${failure.test}: ${foundBy(failure)}, the first of them:`,
    ...failure.rows.map((row) => `--   ${JSON.stringify(row)}`),
  ]);
}
