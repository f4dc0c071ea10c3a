import type { Pool } from 'pg';
import { DaybookError } from '../errors.js';
import { findRun, listTasks } from './run-history.js';

/** What is left to do of a run. */
export interface Unfinished {
  readonly runId: number;
  /** The folder of logs that it read. */
  readonly dataDir: string;
  /** The models that did not end well, by `schema.name`; empty: it did not come to its models. */
  readonly models: readonly string[];
}

/**
 * What a run has left undone: models that failed, those behind them, and those that it did not come to.
 * What it did before it failed is published and stays.
 *
 * @param run - Its number, or `last`.
 * @throws DaybookError `RUN_UNKNOWN`; `USAGE` for a run that passed or is under way.
 */
export async function findUnfinished(pool: Pool, run: string): Promise<Unfinished> {
  const { runId, dataDir, status } = await findRun(pool, run);
  if (status === 'passed' || status === 'running') {
    const state = status === 'passed' ? 'passed' : 'is under way';
    throw new DaybookError('USAGE', `run ${runId} ${state}; there is nothing to resume`);
  }
  const tasks = await listTasks(pool, runId);
  const models = tasks
    .filter(({ kind }) => kind === 'model' || kind === 'view')
    .filter((task) => task.status !== 'passed' && task.status !== 'unchanged')
    .map(({ task }) => task);
  return { runId, dataDir, models };
}
