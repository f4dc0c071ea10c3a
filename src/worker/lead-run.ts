// Leading a run on a worker: sending its tasks, keeping its record.

import { describeError } from '../errors.js';
import { endQueuedRun, readQueuedRun } from '../history/runs/queued-runs.js';
import { runPipeline } from '../pipeline/run-pipeline.js';
import type { RunJob } from './job.js';
import type { LeaderPlace } from './leader-place.js';
import { sharedExecutor } from './queue-executor.js';

/**
 * Leads a run to its end. One that another worker has led before goes on where it was: what is loaded and built is
 * left alone, and tasks that others are at are waited for.
 *
 * @throws What `isLeftToOthers` is true of: the run has not ended then.
 */
export async function leadRun({ runId }: RunJob, place: LeaderPlace): Promise<void> {
  const { pool, queue, config, signal, logger, isLeftToOthers } = place;
  const queued = await readQueuedRun(pool, runId);
  if (queued === undefined || queued.hasEnded) return;
  const { runKey, request } = queued;
  const { shareFrom, maxRejects, allowRemoval, select, only, fullRefresh, dataDir } = request;
  const limits = { maxRejects, allowRemoval };
  const { leading = (work) => work({}) } = place;
  let left: { readonly error: unknown } | undefined;
  try {
    await leading(async (more) => {
      try {
        await runPipeline({
          ...{ warehouse: { owner: pool }, config, runKey, select, only, fullRefresh, dataDir },
          ...{ ...limits, ...more, codeVersion: place.codeVersion, signal, logger, isLeftToOthers },
          executor: (run) => sharedExecutor({ ...run, pool, queue, limits, shareFrom }),
        });
      } catch (error) {
        if (!isLeftToOthers(error)) throw error;
        left = { error };
      }
    });
  } catch (error) {
    logger.warn(`run ${runId} stopped: ${describeError(error)}`);
  }
  if (left !== undefined) throw left.error;
  await endQueuedRun(pool, runId);
}
