import type { Pool } from 'pg';
import { queryRows } from '../../warehouse/query-rows.js';
import { withTransaction } from '../../warehouse/transaction.js';
import { bounded } from '../bounded.js';
import type { SourceFile } from '../sources/assign-files.js';
import type { FileReport, PipelineEvent, RejectCounts } from '../pipeline-event.js';
import { withRetries } from '../runs/retry.js';
import type { RunRecord } from '../runs/run-record.js';
import { sourceTableSql } from '../sources/source-table.js';
import { toTaskError } from '../task-error.js';
import type { EncodeJob, KnownContent } from './encode-file.js';
import type { EncoderThreads } from './encoder-threads.js';
import { isOfAnother, isUntouched, loadReason } from './file-decision.js';
import { lockFile, readLedger, readMends, updateStamp } from './ledger.js';
import { copyStatement, loadFile, removeFile, type FileLoad } from './load-file.js';

/** What loading files needs. */
export interface LoadFilesOptions {
  readonly pool: Pool;
  readonly record: RunRecord;
  /** Load every file again, also those that are unchanged. */
  readonly fullRefresh: boolean;
  /** Threads that large files are parsed in; whoever made them closes them. */
  readonly threads: EncoderThreads;
  /** Files in flight at once. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: PipelineEvent) => void;
}

/**
 * Makes the warehouse hold exactly what the files of all sources hold: new and changed files are loaded, of
 * files that have grown the new lines, files that are gone are taken out, unchanged ones are left alone: by
 * SHA-256, and unread where the file system says that nobody wrote to them. Each file is a transaction of
 * its own; one that fails does not keep the others from being loaded.
 *
 * @param files - All files of all sources; their tables are there.
 * @returns One report for each file, in the order in which they ended.
 */
export async function loadFiles(
  files: readonly SourceFile[],
  options: LoadFilesOptions,
): Promise<FileReport[]> {
  const { pool, jobs, signal, onEvent } = options;
  const ledger = await readLedger(pool);
  const mends = await readMends(pool);
  const present = new Set(files.map(({ file }) => file.name));
  const gone = [...ledger].filter(([name]) => !present.has(name)).sort();

  const reports: FileReport[] = [];
  const gate = bounded(jobs);
  const finish = (report: FileReport): void => {
    reports.push(report);
    onEvent({ type: 'file_finished', ...report });
  };
  // All of them come to an end before the run does, whatever happens to one.
  const ends = await Promise.allSettled([
    ...gone.map(([name, known]) =>
      gate(async () => {
        if (!signal.aborted) finish(await removeOne(known, name, options));
      }),
    ),
    ...largestFirst(files).map(({ file, source }) =>
      gate(async () => {
        if (signal.aborted) return;
        const known = ledger.get(file.name);
        const job = {
          ...{ file, source, known, mends: mends.get(file.name) },
          refresh: options.fullRefresh || isOfAnother(source, known),
        };
        finish(await loadOne(job, options));
      }),
    ),
  ]);
  signal.throwIfAborted();
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return reports;
}

/** So that no long one is left alone at the end. */
function largestFirst(files: readonly SourceFile[]): SourceFile[] {
  return files.toSorted((a, b) => b.file.bytes - a.file.bytes);
}

/** Loads of a file what is new. */
async function loadOne(job: EncodeJob, options: LoadFilesOptions): Promise<FileReport> {
  const { pool, record, threads, signal, onEvent } = options;
  const { file, source } = job;
  return task(file.name, source.name, copyStatement(source), options, async (announce) => {
    if (isUntouched(job)) return { status: 'unchanged', reason: 'nobody wrote to it' };
    let reason = '';
    const load = await loadFile(pool, job, {
      runId: record.runId,
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
    });
    if (load !== undefined) return { status: 'loaded', reason, ...load };
    if (reason !== '') return { status: 'unchanged', reason: 'another run has loaded it' };
    if (job.known !== undefined) await updateStamp(pool, file, job.known);
    return { status: 'unchanged', reason: loadReason('unchanged', job, options.fullRefresh) };
  });
}

/** Takes a file out of the warehouse that is no longer in the data folder. */
async function removeOne(
  known: KnownContent,
  name: string,
  options: LoadFilesOptions,
): Promise<FileReport> {
  const { pool } = options;
  const statement = `delete from ${sourceTableSql({ name: known.source })} where source_file = $1`;
  return task(name, known.source, statement, options, async () => {
    await withTransaction(pool, async (client) => {
      const found = await lockFile(client, name);
      if (found !== undefined) await removeFile(client, found, name);
    });
    return { status: 'removed', reason: 'it is no longer in the folder' };
  });
}

/** Does the work for one file, measures it, and keeps a record of all but files that are unchanged. */
async function task(
  file: string,
  source: string,
  sql: string,
  { record, signal, onEvent }: LoadFilesOptions,
  work: (
    onStart: () => Promise<void>,
  ) => Promise<Partial<FileLoad> & Pick<FileReport, 'status' | 'reason'>>,
): Promise<FileReport> {
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
    const tryWork = (number: number): ReturnType<typeof work> => {
      attempt = number;
      return work(onStart);
    };
    // Each file is a transaction, so an attempt that failed has left nothing.
    const result = await withRetries(tryWork, { signal, onRetry });
    const durationMs = performance.now() - started;
    report = { file, source, lines: 0, loaded: 0, rejected: 0, durationMs, ...result };
  } catch (thrown) {
    const durationMs = performance.now() - started;
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

/** All lines in quarantine, by reason. */
export async function countRejects(pool: Pool): Promise<RejectCounts> {
  const rows = await queryRows<{ reason: string; count: bigint }>(
    pool,
    'select reason, count(*) as count from ops.reject group by reason order by reason',
  );
  return Object.fromEntries(rows.map(({ reason, count }) => [reason, Number(count)]));
}

/** All lines that the loaded files have, accepted and rejected. */
export async function countLines(pool: Pool): Promise<number> {
  const [row] = await queryRows<{ lines: bigint }>(
    pool,
    'select coalesce(sum(line_count), 0)::bigint as lines from ops.source_file',
  );
  return Number(row?.lines ?? 0);
}
