// Leading a run of notebooks on a worker: holding the snapshot that all of them read, sending out what has to be
// executed, keeping the record.

import { resolve } from 'node:path';
import { describeError } from '../errors.js';
import type { TaskClaim } from '../history/workers/task-claim.js';
import { readMostMemory } from '../history/workers/workers.js';
import { deleteOldNotebookRuns } from '../publication/collection-runs.js';
import { cancelledError } from '../history/runs/cancelled-run.js';
import {
  cancelledCollections,
  endLedCollection,
  leadCollection,
  readNotebookMemory,
  readSharedCollection,
  readSharedNotebooks,
  recordLedNotebook,
  reopenNotebook,
  useSnapshot,
  type LedCollection,
} from '../publication/shared-collections.js';
import type { GivenParameters } from '../notebook/parameters/given-parameters.js';
import type { NotebookSharing } from '../notebook/notebook-sharing.js';
import type { NotebookResult } from '../notebook/report/run-report.js';
import { labelOf } from '../notebook/collection/notebook-source.js';
import { runNotebooks } from '../notebook/run-notebooks.js';
import { needsOf, taskOf } from '../notebook/share/notebook-task.js';
import { doneNotebook } from '../notebook/share/run-notebook-task.js';
import { answerOf, givenUp } from './answer-of.js';
import { megabytes, type CollectionJob, type NotebookAnswer, type QueueName } from './job.js';
import type { LeaderPlace } from './leader-place.js';

/** The expected memory of a kernel that was never measured, in bytes. */
const usualMemory = 300e6;

/** The interval of polls whether the run was cancelled or its lease is lost, in milliseconds. */
const lookMs = 1000;

/**
 * Leads a run of notebooks to its end. One that another worker has led before is planned anew, on a snapshot of now:
 * what it has published and nothing has changed of since is left alone, and what others execute is waited for.
 *
 * @throws What `isLeftToOthers` is true of: the run has not ended then.
 */
export async function leadNotebooks(
  { collection }: CollectionJob,
  claim: TaskClaim,
  place: LeaderPlace,
): Promise<void> {
  const { pool, config, env, readerUrl, logger, isLeftToOthers } = place;
  const found = await readSharedCollection(pool, collection);
  if (found === undefined || (found.status !== 'queued' && found.status !== 'running')) return;
  const { request, paths, parameters, newPages } = found;
  const { dataDir = config.dataDir, only, ...execution } = request;
  const led: LedCollection = { pool, id: collection, claim };
  using cancelled = watchCancelled(led);
  const signal = AbortSignal.any([place.signal, cancelled.signal]);
  const { leadingNotebooks = (work) => work(() => undefined) } = place;
  try {
    const report = await leadingNotebooks((onEvent) =>
      runNotebooks(
        {
          ...{ config: { ...config, dataDir }, warehouse: { owner: pool, readerUrl } },
          env: request.dataDir === undefined ? env : { ...env, DAYBOOK_DATA_DIR: dataDir },
          paths: paths.map((path) => resolve(config.root, path)),
          ...{ parameters: parameters as unknown as readonly GivenParameters[], newPages },
          ...{ ...execution, ...(only && { only: new Set(only) }) },
          ...{ jobs: Infinity, codeVersion: place.codeVersion, onEvent, signal, logger },
        },
        sharing(led, { ...place, signal }, newPages),
      ),
    );
    await endLedCollection(led, report.status);
  } catch (error) {
    if (isLeftToOthers(error)) throw error;
    logger.warn(`run ${collection} of notebooks stopped: ${describeError(error)}`);
    await endLedCollection(led, 'stopped');
  }
}

/** How the run's notebooks are executed by the workers. */
function sharing(led: LedCollection, place: LeaderPlace, newPages: boolean): NotebookSharing {
  const { pool, config, queue, signal } = place;
  const { id } = led;
  let memory: Promise<ReadonlyMap<string, number>> | undefined;
  let labels: readonly string[] = [];
  return {
    openRecord: async (notebooks) => {
      labels = notebooks;
      await leadCollection(led, notebooks);
      return {
        run: id,
        leaveOut: (left) =>
          leadCollection(
            led,
            notebooks.filter((one) => !left.includes(one)),
          ),
        add: (result) => recordLedNotebook(led, result.path, result),
        close: async () => {
          await deleteOldNotebookRuns(pool, config.keepNotebookRuns);
        },
        // Whoever leads next goes on with it.
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    },
    useSnapshot: (snapshot) => useSnapshot(led, snapshot),
    readDone: async () =>
      new Map(
        (await readSharedNotebooks(pool, id)).flatMap((one) => {
          const done = doneNotebook(one);
          return done === undefined ? [] : [[one.notebook, done]];
        }),
      ),
    execute: async (plan, checked) => {
      const { source } = plan;
      const label = labelOf(source);
      await reopenNotebook(led, label);
      memory ??= readNotebookMemory(pool, labels);
      const needs = needsOf(source);
      const name: QueueName = needs.queue === undefined ? 'notebooks' : `notebooks.${needs.queue}`;
      // What was only measured must not keep a notebook waiting for a machine that there is not.
      const measured = Math.min(
        (await memory).get(label) ?? usualMemory,
        await readMostMemory(pool, name),
      );
      const bytes = needs.memory ?? measured;
      const task = taskOf(plan, checked, newPages);
      const jobId = await queue.send(
        name,
        { collection: id, task, memory: bytes },
        `notebooks ${id} ${label}`,
        megabytes(bytes),
      );
      const { state, output } = await answerOf(queue, name, jobId, signal);
      if (state !== 'completed') return failedNotebook(label, plan.reason, output);
      const { notebook } = output as NotebookAnswer;
      return { ...notebook, startedAt: new Date(notebook.startedAt) };
    },
  };
}

function failedNotebook(path: string, reason: string | undefined, output: unknown): NotebookResult {
  const { code: ename, message: evalue } = givenUp(path, output);
  return {
    ...{ path, parameters: {}, reason, startedAt: new Date(), duration: 0, status: 'failed' },
    ...{ excerpt: [], problems: [], cells: [], warnings: [], output: undefined, runId: undefined },
    failure: { kind: 'notebook', ename, evalue },
  };
}

function watchCancelled({ pool, id }: LedCollection): Disposable & { signal: AbortSignal } {
  const cancelled = new AbortController();
  const look = async () => {
    if ((await cancelledCollections(pool, [id])).has(id)) cancelled.abort(cancelledError());
  };
  const timer = setInterval(() => {
    // Without a warehouse the run ends anyway.
    look().catch(() => undefined);
  }, lookMs);
  return {
    signal: cancelled.signal,
    [Symbol.dispose]: () => {
      clearInterval(timer);
    },
  };
}
