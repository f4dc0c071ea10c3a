// Handing a run over to the workers: it is recorded in the history and sent to the queue.

import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Config } from '../config/config.js';
import { queueRun, type RunRequest } from '../history/runs/queued-runs.js';
import type { Logger } from '../logger.js';
import { selectModels } from '../pipeline/project/graph.js';
import { readProject } from '../pipeline/project/read-project.js';
import { codeVersion } from '../system/code-version.js';
import type { RunJob } from './job.js';
import { TaskQueue } from './task-queue.js';

/** What handing over a run needs. */
export interface HandOver {
  readonly pool: Pool;
  /** The URL of the owner. */
  readonly url: string;
  readonly config: Config;
  readonly logger: Logger;
  /** The trigger, for the history. */
  readonly trigger: string;
  /** Of several that are handed over with one key, all are one run. Default: it is none of another. */
  readonly key?: string | undefined;
}

/**
 * Hands a run over to the workers.
 *
 * @returns Its number.
 * @throws DaybookError `USAGE` for models that there are not; as `readProject` does.
 */
export async function handOverRun(
  { pool, url, config, logger, trigger, key = randomUUID() }: HandOver,
  request: RunRequest,
): Promise<number> {
  const { root, project, reportTimeZone: timeZone } = config;
  selectModels((await readProject(root, project.schemas)).models, request.select);
  const version = await codeVersion(root, config.codeVersion);
  const queue = await TaskQueue.open({ url, logger });
  try {
    const start = { trigger, codeVersion: version, dataDir: request.dataDir, timeZone };
    const runId = await queueRun(pool, start, `workers ${key}`, request);
    await queue.send('runs', { runId } satisfies RunJob, String(runId));
    return runId;
  } finally {
    await queue.close();
  }
}
