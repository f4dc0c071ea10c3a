// Handing a run of notebooks over to the workers: it is recorded and sent to the queue.

import { relative, sep } from 'node:path';
import type { Environment } from '../config/environment/env-file.js';
import { readSources } from '../notebook/collection/notebook-source.js';
import { parameterizeSources } from '../notebook/collection/parameterize-sources.js';
import type { GivenParameters } from '../notebook/parameters/given-parameters.js';
import type { CollectionRequest } from '../publication/collection-runs.js';
import { queueCollection, type ExecutionRequest } from '../publication/shared-collections.js';
import type { HandOver } from './hand-over-run.js';
import type { CollectionJob } from './job.js';
import { TaskQueue } from './task-queue.js';

/** Notebooks to execute. */
export interface NotebooksRequest {
  /** Absolute; none: the whole collection. */
  readonly paths: readonly string[];
  readonly parameters: readonly GivenParameters[];
  /** Whether values without a page get one. */
  readonly newPages: boolean;
  readonly execution: ExecutionRequest;
}

/**
 * Hands a run of notebooks over to the workers.
 *
 * @returns Its number.
 * @throws DaybookError when a notebook is missing or a value invalid.
 */
export async function handOverNotebooks(
  {
    pool,
    url,
    config,
    env,
    logger,
    key,
  }: Omit<HandOver, 'trigger'> & { readonly env: Environment },
  { paths, parameters, newPages, execution }: NotebooksRequest,
): Promise<number> {
  await parameterizeSources(await readSources(paths, config.root, env), parameters, env);
  const queue = await TaskQueue.open({ url, logger });
  try {
    const asked = {
      paths: paths.map((path) => relative(config.root, path).split(sep).join('/')),
      parameters: parameters as unknown as CollectionRequest['parameters'],
      newPages,
    };
    const collection = await queueCollection(pool, asked, execution, key);
    await queue.send('runs', { collection } satisfies CollectionJob, `notebooks ${collection}`);
    return collection;
  } finally {
    await queue.close();
  }
}
