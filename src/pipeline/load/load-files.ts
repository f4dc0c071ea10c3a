// Loading of many files concurrently, and removal of files that are gone; load-one.ts does one of them.

import pLimit from 'p-limit';
import type { SourceFile } from '../extract/files/assign-files.js';
import { inProcess, type FileOutcome, type FileTask } from '../task-executor.js';
import { sourceDigest } from '../definitions/digests.js';
import { isOfAnother, isUntouched, type EncodeJob } from '../plan/file-decision.js';
import { loadOne, removeOne, type LoadFilesOptions } from './load-one.js';
import type { LoadPlan } from '../plan/load-plan.js';
import type { FileReport } from '../../history/reports/pipeline-report.js';
import { forgetRefusedLines } from '../../history/rejects/quarantine.js';
import { readRepairedLines } from '../../history/rejects/repaired-lines.js';
import type { ListedObject } from '../../storage/list-objects.js';
import type { ObjectPlace } from '../../storage/read-object.js';

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
