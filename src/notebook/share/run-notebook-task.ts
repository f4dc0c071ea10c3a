// One notebook of a run that another process leads: executed and published as in that process, on the same snapshot.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Config } from '../../config/config.js';
import type { Environment } from '../../config/environment/env-file.js';
import { DaybookError } from '../../errors.js';
import type { TaskClaim } from '../../history/workers/task-claim.js';
import { removeLeftovers } from '../../jupyter/leftovers.js';
import type { Logger } from '../../logger.js';
import type { NotebookRun } from '../../publication/publication-writer.js';
import { readPublishedPages } from '../../publication/published-pages.js';
import {
  checkClaimedNotebook,
  readSharedCollection,
  readSharedNotebooks,
  recordClaimedNotebook,
  type ClaimedNotebook,
  type SharedNotebook,
} from '../../publication/shared-collections.js';
import { saysConnectionLost } from '../../warehouse/connect/is-transient.js';
import { withTransaction } from '../../warehouse/query/transaction.js';
import type { NotebookFailure } from '../document/failure.js';
import { nothingFound } from '../document/type-problem.js';
import { kernelEnvironment } from '../execute/kernel-environment.js';
import { KernelMemory } from '../execute/kernel-memory.js';
import { notebookUser } from '../execute/notebook-user.js';
import type { DoneNotebook } from '../notebook-sharing.js';
import { Publication } from '../publish/publication.js';
import type { NotebookResult } from '../report/run-report.js';
import type { NotebookRunSettings } from '../run-settings.js';
import { runPlanned } from '../run-planned.js';
import { planTask, type NotebookTask } from './notebook-task.js';

/** Where a notebook is executed. */
export interface NotebookPlace {
  readonly pool: Pool;
  readonly readerUrl: string;
  readonly config: Config;
  /** The environment of this process; kernels get a part of it. */
  readonly env: Environment;
  readonly codeVersion: string | undefined;
  /** The number of the run. */
  readonly collection: number;
  readonly claim: TaskClaim;
  /** What its kernel may take, in bytes. */
  readonly memory: number;
  /** Whether there is no attempt after this one. */
  readonly isLast: boolean;
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** How often it is looked whether a run has another snapshot, in milliseconds. */
const lookMs = 500;

/** How long a notebook waits for another snapshot, or is executed on new ones, in milliseconds. */
const mostWaitMs = 10 * 60_000;

/**
 * Executes a notebook and publishes it, unless the run has it already.
 *
 * @throws DaybookError `PROJECT_DIFFERS`; `TASK_LOST` when the run has gone on without this process; `SNAPSHOT_LOST` when nobody leads it for long; the reason of
 *   `signal`.
 */
export async function runNotebookTask(
  task: NotebookTask,
  place: NotebookPlace,
): Promise<NotebookResult> {
  const began = performance.now();
  for (;;) {
    try {
      return await runOnSnapshot(task, place);
    } catch (error) {
      const isLost = error instanceof DaybookError && error.code === 'SNAPSHOT_LOST';
      // Whoever leads the run next has a new one in a moment.
      if (!isLost || performance.now() - began > mostWaitMs) throw error;
      place.logger.info(`${task.name} waits for another snapshot: ${error.message}`);
      await sleep(lookMs, undefined, { signal: place.signal }).catch(() => undefined);
      place.signal.throwIfAborted();
    }
  }
}

async function runOnSnapshot(task: NotebookTask, place: NotebookPlace): Promise<NotebookResult> {
  const { pool, env, collection, claim, memory: most, signal, logger } = place;
  const run = await readSharedCollection(pool, collection);
  if (run?.status !== 'queued' && run?.status !== 'running') throw ended();
  if (run.snapshot === null) throw snapshotLost();
  const { request, snapshot } = run;
  const known = (await readSharedNotebooks(pool, collection)).find(
    ({ notebook }) => notebook === task.name,
  );
  const done = known && doneNotebook(known);
  // An attempt before this one has published it, and could not say so any more.
  if (done !== undefined) return knownResult(task, done);
  const config = { ...place.config, dataDir: request.dataDir ?? place.config.dataDir };
  const dataDir = request.dataDir === undefined ? {} : { DAYBOOK_DATA_DIR: request.dataDir };
  const settings: NotebookRunSettings = {
    ...{ config, env: { ...env, ...dataDir }, codeVersion: place.codeVersion, logger },
    ...{ allowErrors: request.allowErrors, forceRaiseErrors: request.forceRaiseErrors },
    ...{ cellTimeout: request.cellTimeout, timeout: request.timeout },
  };
  const [plan, pages] = await Promise.all([
    planTask(task, settings),
    readPublishedPages(pool),
    removeLeftovers(),
  ]);
  const claimed: ClaimedNotebook = { id: collection, notebook: task.name, snapshot, claim };
  using memory = new KernelMemory({ each: most, together: most });
  const recorded: bigint[] = [];
  await using publication = await Publication.open(pool, {
    ...{ root: config.root, loadedSchema: config.project.schemas.loaded, snapshot, logger },
    ...{ sources: [plan.source], pages, newPages: task.newPages },
    guard: {
      check: (client) => checkClaimedNotebook(client, claimed),
      record: async (client, runId, { status, error }) => {
        refusePassing(error, place.isLast);
        recorded.push(runId);
        const ended = { status, runId, error, memory: memory.largest };
        await recordClaimedNotebook(client, claimed, ended);
      },
    },
  });
  await publication.checkSnapshot();
  const result = await runPlanned(
    {
      ...{ plan, others: [], output: undefined, cycle: undefined, failedBefore: undefined },
      env: kernelEnvironment(settings.env, config, place.readerUrl, plan.source.secretNames),
      checked: Promise.resolve({ ...nothingFound, ...task.checked }),
    },
    {
      ...{ settings, signal, user: notebookUser(config), memory, publication },
      ...{ done: new Map(), sharing: undefined, ready: new Map() },
    },
  );
  signal.throwIfAborted();
  if (recorded.length === 0) {
    await withTransaction(pool, async (client) => {
      await checkClaimedNotebook(client, claimed);
      const { status, failure: error } = result;
      const ended = { status, runId: null, error, memory: memory.largest };
      await recordClaimedNotebook(client, claimed, ended);
    });
  }
  return result;
}

/** A notebook whose connection was cut is executed again, by whoever has one. */
function refusePassing(error: NotebookRun['error'], isLast: boolean): void {
  const message = error?.['evalue'];
  if (isLast || typeof message !== 'string' || !saysConnectionLost(message)) return;
  throw new DaybookError('WAREHOUSE_LOST', `its kernel lost its connection: ${message}`);
}

/** What a run has executed already of a notebook; undefined: it has not. */
export function doneNotebook({ status, runId, error }: SharedNotebook): DoneNotebook | undefined {
  if (status !== 'passed' && status !== 'failed') return undefined;
  const failure = (error ?? undefined) as NotebookFailure | undefined;
  return { status, runId: runId ?? undefined, failure };
}

function knownResult({ name, reason }: NotebookTask, done: DoneNotebook): NotebookResult {
  return {
    ...{ path: name, parameters: {}, reason, startedAt: new Date(), duration: 0 },
    ...{ excerpt: [], problems: [], cells: [], warnings: [], output: undefined },
    ...done,
  };
}

function ended(): DaybookError {
  return new DaybookError('TASK_LOST', 'the run of this notebook has ended');
}

function snapshotLost(): DaybookError {
  return new DaybookError('SNAPSHOT_LOST', 'nobody leads the run of this notebook yet');
}
