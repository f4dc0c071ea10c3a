// One file of a run: its load or removal with retries, its limits, its record as a task.

import type { Pool } from 'pg';
import { DaybookError } from '../../errors.js';
import { toTaskError } from '../../history/reports/task-error.js';
import { lockFile, updateStamp, type KnownContent } from '../../history/files/ledger.js';
import { keepRefusedLines } from '../../history/rejects/quarantine.js';
import type { FileReport } from '../../history/reports/pipeline-report.js';
import type { RunRecord } from '../../history/runs/run-record.js';
import { withTransaction } from '../../warehouse/query/transaction.js';
import { currentFile } from '../extract/files/survey-files.js';
import type { PipelineEvent } from '../pipeline-event.js';
import { isUntouched, loadReason, type EncodeJob } from '../plan/file-decision.js';
import { goneReason, type LoadPlan } from '../plan/load-plan.js';
import { withRetries } from '../retry.js';
import type { FileOutcome, TaskExecutor } from '../task-executor.js';
import type { EncoderThreads } from './encode/encoder-threads.js';
import { sourceTableSql } from './ensure-table.js';
import { checkFileRejects, RefusedFileError } from './limits/reject-limit.js';
import { checkShorterFile } from './limits/removal-limit.js';
import type { LimitsOf } from './limits/source-limits.js';
import { copyStatement, loadFile, removeFile, type FileLoad } from './load-file.js';

/** Options of loading. */
export interface LoadFilesOptions {
  readonly pool: Pool;
  readonly record: RunRecord;
  readonly limitsOf: LimitsOf;
  /** The schema of the sources' tables. */
  readonly schema: string;
  /** Loads unchanged files, too. */
  readonly fullRefresh: boolean;
  /** Threads for large files; their creator closes them. */
  readonly threads: EncoderThreads;
  /** Who loads the files. Default: this process, so many at a time as `jobs` says. */
  readonly executor?: TaskExecutor | undefined;
  /** The number of concurrent removals, and of concurrent loads in this process. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: PipelineEvent) => void;
}

/**
 * Loads the new content of a file.
 *
 * @param isLast - The results of all other files are known. Otherwise lines are removed only as far as the plan's
 *   balance allows.
 * @returns Undefined: postponed, because it may remove too many lines, which is known once the others are read.
 */
export async function loadOne(
  job: EncodeJob,
  plan: LoadPlan,
  options: LoadFilesOptions,
  isLast: boolean,
): Promise<FileOutcome | undefined> {
  const { pool, record, threads, signal, onEvent, limitsOf } = options;
  const { source } = job;
  let wholeLines: number | undefined;
  const work: FileWork = async (announce) => {
    const { file } = job;
    if (file.problem !== undefined) throw file.problem;
    if (isUntouched(job)) return { status: 'unchanged', reason: 'nobody wrote to it' };
    let reason = '';
    const load = await loadFile(pool, job, {
      runId: record.runId,
      checkClaim: (client) => record.checkClaim(client),
      signal,
      threads,
      onStart: async (change) => {
        reason = loadReason(change, job, options.fullRefresh);
        onEvent({ type: 'file_started', file: file.name, bytes: file.bytes });
        await announce();
      },
      onProgress: (bytesRead) => {
        onEvent({ type: 'file_progress', file: file.name, bytesRead });
      },
      check: (judged) => {
        checkFileRejects(limitsOf(source.name).fileRejects, judged);
        plan.balance.settle(file.name, source.name, judged.loaded);
        checkShorterFile(plan, limitsOf, judged);
        wholeLines = judged.loaded;
      },
    });
    if (load !== undefined) return { status: 'loaded', reason, ...load };
    if (reason !== '') return { status: 'unchanged', reason: 'another run has loaded it' };
    if (job.known !== undefined) await updateStamp(pool, file, job.known);
    return { status: 'unchanged', reason: loadReason('unchanged', job, options.fullRefresh) };
  };
  const tryWork: FileWork = async (announce) => {
    try {
      return await work(announce);
    } catch (error) {
      if (!(error instanceof DaybookError)) throw error;
      if (!isLast && error.code === 'REMOVAL_EXCEEDED') return undefined;
      // The next attempt reads it as it is then.
      if (error.code === 'OBJECT_CHANGED') job = { ...job, file: await currentFile(job.file) };
      throw error;
    }
  };
  const { file } = job;
  const report = await task(file.name, source.name, copyStatement(source), options, tryWork);
  if (report?.status !== 'loaded' || wholeLines === undefined) return report && { report };
  return { report, wholeLines };
}

/** Removes one file. */
export async function removeOne(
  known: KnownContent,
  name: string,
  { declared }: LoadPlan,
  options: LoadFilesOptions,
): Promise<FileReport | undefined> {
  const { pool, schema } = options;
  const statement = `delete from ${sourceTableSql({ schema, name: known.source })} where source_file = $1`;
  return task(name, known.source, statement, options, async () => {
    await withTransaction(pool, async (client) => {
      const found = await lockFile(client, name);
      if (found !== undefined) await removeFile(client, { schema, name: found.source }, name);
    });
    return { status: 'removed', reason: goneReason(known.source, declared.has(known.source)) };
  });
}

/** The work for a file; it calls back when it really begins. Its result is undefined when it is postponed. */
type FileWork = (
  onStart: () => Promise<void>,
) => Promise<(Partial<FileLoad> & Pick<FileReport, 'status' | 'reason'>) | undefined>;

/**
 * Does the work for a file, measures it, and records it as a task unless the file is unchanged.
 *
 * @returns Undefined when it is postponed.
 */
async function task(
  file: string,
  source: string,
  sql: string,
  { pool, record, signal, onEvent }: LoadFilesOptions,
  work: FileWork,
): Promise<FileReport | undefined> {
  const started = performance.now();
  let report: FileReport;
  let attempt = 1;
  const task = { isAnnounced: false };
  const onStart = async (): Promise<void> => {
    task.isAnnounced = true;
    await record.taskStarted(`load:${file}`, 'load');
  };
  try {
    const onRetry = (failed: number, error: unknown, delayMs: number): void => {
      const retried = { attempt: failed, error: toTaskError(error), delayMs };
      onEvent({ type: 'task_retried', task: `load:${file}`, ...retried });
    };
    const tryWork = (number: number): ReturnType<FileWork> => {
      attempt = number;
      return work(onStart);
    };
    // Each file is a transaction, so a failed attempt has left nothing.
    const result = await withRetries(tryWork, { signal, onRetry });
    if (result === undefined) return undefined;
    const durationMs = performance.now() - started;
    report = { file, source, lines: 0, loaded: 0, rejected: 0, durationMs, ...result };
  } catch (thrown) {
    const durationMs = performance.now() - started;
    if (thrown instanceof RefusedFileError) {
      await keepRefusedLines(pool, record.runId, file, thrown.samples);
    }
    const error = toTaskError(thrown);
    report = {
      file,
      source,
      lines: 0,
      loaded: 0,
      rejected: 0,
      durationMs,
      status: 'failed',
      error,
    };
  }
  if (task.isAnnounced || report.status !== 'unchanged') {
    const { loaded: rowCount, error, durationMs } = report;
    const status =
      report.status === 'failed'
        ? 'failed'
        : report.status === 'unchanged'
          ? 'unchanged'
          : 'passed';
    const { reason } = report;
    const result = { status, attempt, reason, rowCount, sql, error } as const;
    await record.taskRan(`load:${file}`, 'load', result, durationMs);
  }
  return report;
}
