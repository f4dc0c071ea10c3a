// Loading of many files concurrently, and removal of files that are gone.

import type { Pool } from 'pg';
import pLimit from 'p-limit';
import { DaybookError } from '../../errors.js';
import { withTransaction } from '../../warehouse/query/transaction.js';
import type { SourceFile } from '../extract/files/assign-files.js';
import type { PipelineEvent } from '../pipeline-event.js';
import { withRetries } from '../retry.js';
import { inProcess, type FileOutcome, type FileTask, type TaskExecutor } from '../task-executor.js';
import { sourceDigest } from '../definitions/digests.js';
import type { RunRecord } from '../../history/runs/run-record.js';
import { toTaskError } from '../../history/reports/task-error.js';
import type { EncoderThreads } from './encode/encoder-threads.js';
import { currentFile } from '../extract/files/survey-files.js';
import { isOfAnother, isUntouched, loadReason, type EncodeJob } from '../plan/file-decision.js';
import { lockFile, updateStamp, type KnownContent } from '../../history/files/ledger.js';
import { copyStatement, loadFile, removeFile, type FileLoad } from './load-file.js';
import { goneReason, type LoadPlan } from '../plan/load-plan.js';
import { checkFileRejects, RefusedFileError } from './limits/reject-limit.js';
import { checkShorterFile } from './limits/removal-limit.js';
import type { LimitsOf } from './limits/source-limits.js';
import type { FileReport } from '../../history/reports/pipeline-report.js';
import { forgetRefusedLines, keepRefusedLines } from '../../history/rejects/quarantine.js';
import { readRepairedLines } from '../../history/rejects/repaired-lines.js';
import type { ListedObject } from '../../storage/list-objects.js';
import type { ObjectPlace } from '../../storage/read-object.js';
import { sourceTableSql } from './ensure-table.js';

/** Options of {@link loadFiles}. */
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
 * Loads new and changed files, and of files that have grown the new lines. Unchanged ones are recognised by
 * SHA-256, and left unread where the file system says that nobody wrote to them. Each file is a transaction; one
 * that fails, or exceeds a limit, keeps its earlier rows and does not stop the others.
 *
 * @param plan - The tables of its sources exist. Its balance receives the results.
 * @returns A report for each file, in the order of their ends.
 */
export async function loadFiles(plan: LoadPlan, options: LoadFilesOptions): Promise<FileReport[]> {
  const { pool } = options;
  const repairs = await readRepairedLines(pool);
  const now = Date.now();
  await forgetRefusedLines(pool);
  const jobs = largestFirst(plan.files).map(({ file, source }): EncodeJob => {
    const known = plan.ledger.get(file.name);
    return {
      ...{ file, source, known, repairs: repairs.get(file.name) },
      refresh: options.fullRefresh || isOfAnother(source, known),
      latest: now + options.limitsOf(source.name).futureMs,
    };
  });
  const { executor = inProcess(options.jobs), signal } = options;
  const putOff: EncodeJob[] = [];
  const load = async (job: EncodeJob, isLast: boolean): Promise<FileReport | undefined> => {
    const here = async () => (signal.aborted ? undefined : loadOne(job, plan, options, isLast));
    // Whoever loads one of the last needs to know what became of all others.
    const outcome = await (isLast ? here() : executor.file(fileTask(job, options), here));
    if (outcome !== undefined) settle(plan, outcome);
    else if (!isLast) putOff.push(job);
    return outcome?.report;
  };
  const first = await inParallel(
    jobs.map((job) => () => load(job, false)),
    options,
    // The executor says whose turn it is.
    (work) => work(),
  );
  const last = await inParallel(
    putOff.map((job) => () => load(job, true)),
    options,
  );
  return [...first, ...last];
}

/** A file as a task for any process. */
function fileTask(job: EncodeJob, { fullRefresh }: LoadFilesOptions): FileTask {
  const { source, refresh = false, latest = Infinity } = job;
  const { problem, object, ...file } = job.file;
  const isIdle = problem !== undefined || isUntouched(job);
  // Of a file that may have grown only the new bytes are read.
  const readBefore = refresh || job.known?.unfinishedBytes == null ? 0 : job.known.bytes;
  return {
    kind: 'file',
    name: file.name,
    ...{ file, refresh, fullRefresh, source: source.name },
    object: object && listed(object),
    latest: Number.isFinite(latest) ? latest : null,
    definition: sourceDigest(source),
    bytes: isIdle ? 0 : Math.max(0, file.bytes - readBefore),
  };
}

/** An object without the store's credentials, which are nobody else's business. */
function listed({ store: _, ...object }: ObjectPlace): ListedObject {
  return object;
}

/** Tells the balance of lines what became of a file. */
function settle({ balance }: LoadPlan, { report, wholeLines }: FileOutcome): void {
  const { file, source } = report;
  if (wholeLines !== undefined) balance.settle(file, source, wholeLines);
  // Lines that a refused file would remove count for the others, too: either all may, or none.
  else if (report.error?.code !== 'REMOVAL_EXCEEDED') balance.keep(file);
}

/**
 * Removes files from the warehouse that are no longer in the data folder, or whose source is declared no more.
 *
 * @returns As {@link loadFiles} does.
 */
export async function removeFiles(
  plan: LoadPlan,
  options: LoadFilesOptions,
): Promise<FileReport[]> {
  return inParallel(
    plan.gone.map(
      ([name, known]) =>
        () =>
          removeOne(known, name, plan, options),
    ),
    options,
  );
}

/** Works on files concurrently; settles when all work has, whatever fails. */
async function inParallel(
  works: readonly (() => Promise<FileReport | undefined>)[],
  { jobs, signal, onEvent }: LoadFilesOptions,
  inTurn: <T>(work: () => Promise<T>) => Promise<T> = pLimit(jobs),
): Promise<FileReport[]> {
  const reports: FileReport[] = [];
  const ends = await Promise.allSettled(
    works.map((work) =>
      inTurn(async () => {
        if (signal.aborted) return;
        const report = await work();
        if (report === undefined) return;
        reports.push(report);
        onEvent({ type: 'file_finished', ...report });
      }),
    ),
  );
  signal.throwIfAborted();
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return reports;
}

/** Largest first, so that no long load is left alone at the end. */
function largestFirst(files: readonly SourceFile[]): SourceFile[] {
  return files.toSorted((a, b) => b.file.bytes - a.file.bytes);
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
async function removeOne(
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
