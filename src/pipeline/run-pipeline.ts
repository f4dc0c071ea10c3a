// A pipeline run: lock, its work, record in the history.

import { DaybookError } from '../errors.js';
import { silentLogger } from '../logger.js';
import { isTransient } from '../warehouse/connect/is-transient.js';
import { readProject } from './project/read-project.js';
import { watchCancelled } from '../history/runs/cancelled-run.js';
import { withRunLock } from '../history/runs/run-lock.js';
import { closeDeadRuns, RunRecord, deleteOldRuns } from '../history/runs/run-record.js';
import { endIfAllHaveLeft } from '../history/runs/shared-run.js';
import { toTaskError } from '../history/reports/task-error.js';
import type { PipelineReport } from '../history/reports/pipeline-report.js';
import { PipelineWork } from './pipeline-work.js';
import type { RunPipelineOptions } from './run-options.js';

/**
 * Brings the warehouse up to date: loads what changed in the data folder, then builds and tests the models. Runs
 * exclude each other: a second one waits. Every run is recorded in `ops.pipeline_run` and `ops.task_run`.
 *
 * @returns The report. A failed file or model does not throw: `status` is `failed` then.
 * @throws DaybookError when the run could not continue: `DATA_MISSING`, `MODEL_INVALID`, `INTERRUPTED`, codes of
 *   the warehouse.
 */
export async function runPipeline(options: RunPipelineOptions): Promise<PipelineReport> {
  const { warehouse, logger = silentLogger, onEvent = () => undefined } = options;
  const outer = options.signal ?? new AbortController().signal;
  const pool = warehouse.owner;
  const { runKey } = options;
  const shared: { joined?: number; isLeft?: true } = {};
  const ended = withRunLock(
    pool,
    {
      signal: outer,
      runKey: options.runKey,
      waitMs: options.waitMs,
      onWait: () => {
        onEvent({ type: 'waiting' });
      },
    },
    async (lost) => {
      for (const runId of await closeDeadRuns(pool, options.runKey)) {
        logger.warn(`run ${runId} had ended without finishing; it is marked as failed`);
      }
      const start = {
        trigger: options.trigger ?? 'command',
        codeVersion: options.codeVersion,
        dataDir: options.dataDir ?? options.config.dataDir,
        timeZone: options.config.reportTimeZone,
      };
      const record = await RunRecord.start(pool, start, partOf(options));
      shared.joined = record.runId;
      const withWhole = (whole: PipelineReport) => (options.runKey === undefined ? {} : { whole });
      using cancelled = watchCancelled(pool, record.runId);
      const signal = AbortSignal.any([outer, lost, cancelled.signal]);
      const run = new PipelineWork(options, pool, record, signal, onEvent);
      try {
        await run.work(await readProject(options.config.root, options.config.project.schemas));
      } catch (thrown) {
        const error = signal.aborted ? (signal.reason as unknown) : explained(thrown);
        // Whoever goes on with it says how it ends.
        if (options.isLeftToOthers?.(error) === true) {
          shared.isLeft = true;
          throw error;
        }
        // A typo on the command line is not recorded as a failed run, which pages and monitors would show.
        if (error instanceof DaybookError && error.code === 'USAGE') {
          await record.withdraw();
          throw error;
        }
        // Loaded files are not read again, so drift must be recorded now.
        await run.readDrift().catch((cause: unknown) => {
          logger.warn(`what is new in the lines could not be read: ${String(cause)}`);
        });
        const report = run.report(toTaskError(error));
        const whole = await record.finish(report).catch((cause: unknown) => {
          logger.error(`run ${record.runId} could not be marked as failed: ${String(cause)}`);
          return report;
        });
        onEvent({ type: 'run_stopped', report, ...withWhole(whole) });
        throw error;
      }
      const report = run.report();
      const whole = await record.finish(report);
      await deleteOldRuns(pool, options.config.keepRuns).catch((cause: unknown) => {
        logger.warn(`old runs could not be deleted from the history: ${String(cause)}`);
      });
      onEvent({ type: 'run_finished', report, ...withWhole(whole) });
      return report;
    },
  );
  try {
    return await ended;
  } finally {
    const { joined, isLeft } = shared;
    if (runKey !== undefined && joined !== undefined && isLeft !== true) {
      await endIfAllHaveLeft(pool, joined, runKey).catch((cause: unknown) => {
        logger.warn(`whether run ${joined} has ended could not be seen: ${String(cause)}`);
      });
    }
  }
}

/** The own part of a shared run; undefined: the run is not shared. */
function partOf({ runKey, only, select = [], fullRefresh }: RunPipelineOptions) {
  if (runKey === undefined) return undefined;
  const models = ['models', ...select].join(' ');
  const work = only === undefined ? `load, ${models}` : only === 'load' ? 'load' : models;
  return { runKey, part: fullRefresh === true ? `${work}, all anew` : work };
}

/** Says what it means for the run that the warehouse went away. */
function explained(error: unknown): unknown {
  return error instanceof DaybookError || !isTransient(error)
    ? error
    : new DaybookError('WAREHOUSE_LOST', 'the warehouse went away during the run', {
        cause: error,
        hint: 'what was published stays; the next run does the rest',
      });
}
