// The work of a schedule on workers: handed over once for each time, and waited for.

import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ScheduleSettings } from '../../config/declarations/schedule-config.js';
import { cancelRun } from '../../history/runs/cancelled-run.js';
import { readQueuedEnd } from '../../history/runs/queued-runs.js';
import { cancelCollection, readSharedCollection } from '../../publication/shared-collections.js';
import { stopAskedBy, type Firing } from '../../schedules/firing.js';
import { isTransient } from '../../warehouse/connect/is-transient.js';
import { openWarehouse } from '../../warehouse/warehouse.js';
import { handOverNotebooks } from '../../worker/hand-over-notebooks.js';
import { handOverRun } from '../../worker/hand-over-run.js';
import type { Invocation } from '../command.js';
import { findOrMakeLogs } from '../pipeline/log-folder.js';

/** How often it is looked whether workers have ended a run, in milliseconds. */
const lookMs = 500;

/** Seconds that a task must be expected to take to be worth the way through the queue. */
const shareFrom = 0.2;

/** What a firing needs. */
export interface ScheduledHandOver extends Pick<
  Invocation,
  'config' | 'env' | 'logger' | 'signal'
> {
  readonly schedule: ScheduleSettings;
  readonly firing: Firing;
  /** The trigger, for the history. */
  readonly trigger: string;
  /** Called with the number of the pipeline run. */
  readonly onRun: (runId: number) => void;
}

/**
 * Hands pipeline and notebooks of a firing over to the workers, one after the other. Whoever takes the firing over from a
 * scheduler that is gone finds the same runs, by the schedule and the time that they are for.
 *
 * @returns Whether all passed.
 * @throws The reason of `signal`.
 */
export async function handOverScheduled(options: ScheduledHandOver): Promise<boolean> {
  const { config, env, logger, signal, schedule, firing, trigger } = options;
  const { does } = schedule;
  const key = `${schedule.name} ${firing.dueAt.toISOString()}`;
  const warehouse = await openWarehouse(config, { logger });
  const { owner: pool, ownerUrl: url } = warehouse;
  const place = { pool, url, config, logger, key };
  // When this scheduler ends, or another has the schedule by now, that one waits for the same run.
  const isStopped = async () => (await stopAskedBy(pool, firing)) !== undefined;
  const waiting = { signal, isStopped };
  try {
    let passed = true;
    let dataDir: string | undefined;
    if (does.pipeline !== false) {
      dataDir = await findOrMakeLogs(config, { given: undefined, pool, logger, signal });
      const runId = await handOverRun(
        { ...place, trigger },
        { ...{ select: namesOf(does.pipeline), fullRefresh: false }, dataDir, shareFrom },
      );
      options.onRun(runId);
      passed = await waited(waiting, {
        look: async () => (await readQueuedEnd(pool, runId)) ?? 'running',
        cancel: () => cancelRun(pool, runId),
      });
    }
    if (does.notebooks !== false) {
      const paths = namesOf(does.notebooks).map((path) => resolve(config.root, path));
      const run = await handOverNotebooks(
        { ...place, env },
        {
          ...{ paths, parameters: [{}], newPages: false },
          execution: {
            ...{ force: false, onlyFailed: false, allowErrors: false, forceRaiseErrors: false },
            dataDir,
          },
        },
      );
      const look = async () => (await readSharedCollection(pool, run))?.status ?? 'stopped';
      const cancel = () => cancelCollection(pool, run);
      passed = (await waited(waiting, { look, cancel })) && passed;
    }
    return passed;
  } finally {
    await warehouse.close();
  }
}

function namesOf(part: boolean | readonly string[]): readonly string[] {
  return typeof part === 'boolean' ? [] : part;
}

/** Waits until workers have ended a run. @returns Whether it passed. */
async function waited(
  {
    signal,
    isStopped,
  }: { readonly signal: AbortSignal; readonly isStopped: () => Promise<boolean> },
  run: { readonly look: () => Promise<string>; readonly cancel: () => Promise<unknown> },
): Promise<boolean> {
  for (;;) {
    if (signal.aborted) {
      if (await isStopped()) await run.cancel();
      throw signal.reason;
    }
    const state = await run.look().catch((error: unknown) => {
      // The workers go on without this process, so it need not give up.
      if (isTransient(error)) return 'running';
      throw error;
    });
    if (state !== 'queued' && state !== 'running') return state === 'passed';
    await sleep(lookMs, undefined, { signal }).catch(() => undefined);
  }
}
