// Does what operators ask for on the dashboard, with the connection of the warehouse's owner.

import type { Pool } from 'pg';
import type { Config } from '../../config/config.js';
import { cancelRun } from '../../history/runs/cancelled-run.js';
import { askBackfillToStop } from '../../history/runs/backfill-record.js';
import type { Logger } from '../../logger.js';
import { declareSchedules } from '../../schedules/claim-due.js';
import {
  askForRun,
  askToStop,
  pauseSchedule,
  resumeSchedule,
} from '../../schedules/schedule-actions.js';
import type {
  Operator,
  OperatorAction,
  OperatorOutcome,
} from '../../server/site/operator/operator.js';
import { createPool } from '../../warehouse/connect/pool.js';
import { openWarehouseUrls } from '../../warehouse/warehouse.js';

/** An {@link Operator} that connects when it is first asked. */
export function createOperator(
  config: Config,
  logger: Logger,
): Operator & { close(): Promise<void> } {
  let opened: Promise<{ pool: Pool; url: string }> | undefined;
  const open = () => {
    const opening = (opened ??= openWarehouseUrls(config, { logger }).then(({ owner }) => ({
      pool: createPool(owner, logger),
      url: owner,
    })));
    // The next form tries again.
    opening.catch(() => (opened = undefined));
    return opening;
  };
  return {
    perform: async (action, name, by) => {
      const { pool, url } = await open();
      if (action === 'retry') return retryAll(pool, url, logger);
      if (action === 'cancel' || action === 'cancel-backfill') {
        if (!/^\d{1,15}$/.test(name)) return 'gone';
        const isCancelled =
          action === 'cancel'
            ? (await cancelRun(pool, Number(name))) !== undefined
            : await askBackfillToStop(pool, Number(name), by);
        return isCancelled ? 'done' : 'already';
      }
      return actOnSchedule(pool, config, action, name, by);
    },
    close: async () => {
      await (await opened?.catch(() => undefined))?.pool.end();
    },
  };
}

async function actOnSchedule(
  pool: Pool,
  { project, reportTimeZone }: Config,
  action: Exclude<OperatorAction, 'retry' | 'cancel' | 'cancel-backfill'>,
  name: string,
  by: string,
): Promise<OperatorOutcome> {
  const schedule = project.schedules.find((one) => one.name === name);
  if (schedule === undefined) return 'gone';
  await declareSchedules(pool, [schedule], reportTimeZone);
  const act = { pause: pauseSchedule, resume: resumeSchedule, run: askForRun, stop: askToStop };
  return (await act[action](pool, name, by)) ? 'done' : 'already';
}

async function retryAll(pool: Pool, url: string, logger: Logger): Promise<OperatorOutcome> {
  const { TaskQueue } = await import('../../worker/task-queue.js');
  const { retryDeadJobs } = await import('../../worker/retry-dead-jobs.js');
  const queue = await TaskQueue.open({ url, logger });
  try {
    return (await retryDeadJobs(queue, pool, await queue.deadJobs())) > 0 ? 'done' : 'already';
  } finally {
    await queue.close();
  }
}
