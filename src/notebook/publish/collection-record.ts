// The record of a whole run of notebooks, for `--resume`.

import type { Pool } from 'pg';
import type { Json } from '../../nbformat/notebook.js';
import {
  beginCollectionRun,
  deleteOldNotebookRuns,
  dropCollectionNotebooks,
  endCollectionRun,
  recordCollectionNotebook,
  type CollectionRequest,
  type NotebookRetention,
} from '../../publication/collection-runs.js';
import type { GivenParameters } from '../parameters/given-parameters.js';
import type { NotebookResult } from '../report/run-report.js';

/** The record of a run of notebooks in the warehouse: its notebooks, and which of them are done. */
export interface CollectionRecord extends AsyncDisposable {
  /** The run's number; undefined: the run is not published, and not recorded. */
  readonly run: number | undefined;
  /** Removes notebooks that are not run after all. */
  leaveOut(notebooks: readonly string[]): Promise<void>;
  /** Records the end of a notebook. */
  add(result: NotebookResult): Promise<void>;
  /** Records the end of the run; without it the run counts as stopped. Deletes old records, too. */
  close(status: 'passed' | 'failed'): Promise<void>;
}

/** The request for a run of notebooks. */
export interface RequestedRun {
  /** From the root; empty: the whole collection. */
  readonly paths: readonly string[];
  readonly parameters: readonly GivenParameters[];
  /** Whether values without a page get one. */
  readonly newPages: boolean;
}

/**
 * Begins the record of a run.
 *
 * @param pool - The owner's; undefined: nothing is recorded.
 * @param notebooks - Paths from the root, with their variants.
 */
export async function openCollectionRecord(
  pool: Pool | undefined,
  { paths, parameters, newPages }: RequestedRun,
  notebooks: readonly string[],
  retention: NotebookRetention,
): Promise<CollectionRecord> {
  if (pool === undefined) {
    const nothing = () => Promise.resolve();
    return {
      ...{ run: undefined, leaveOut: nothing, add: nothing, close: nothing },
      [Symbol.asyncDispose]: nothing,
    };
  }
  const request: CollectionRequest = {
    ...{ paths, newPages },
    parameters: parameters as unknown as Json,
  };
  const run = await beginCollectionRun(pool, request, notebooks);
  let isOpen = true;
  return {
    run,
    leaveOut: (left) => dropCollectionNotebooks(pool, run, left),
    add: (result) => recordCollectionNotebook(pool, run, result.path, result),
    async close(status) {
      isOpen = false;
      await endCollectionRun(pool, run, status);
      await deleteOldNotebookRuns(pool, retention);
    },
    async [Symbol.asyncDispose]() {
      if (isOpen) await endCollectionRun(pool, run, 'stopped');
    },
  };
}
