// Pipeline runs for commands (`daybook pipeline runs`, `show`, `--resume`).

import type { Pool } from 'pg';
import { DaybookError } from '../../errors.js';
import { queryRows } from '../../warehouse/query/query-rows.js';
import { sqlstate, sqlstateOf } from '../../warehouse/query/sqlstate.js';
import type { PipelineTask, ReportedRun } from './pipeline-run.js';

/** A task with the time of its end. */
export interface FinishedTask extends PipelineTask {
  readonly finishedAt: string | null;
}

const runColumns = `
  run_id::float8 as "runId", state as status,
  trigger, code_version as "codeVersion", data_dir as "dataDir",
  -- A warehouse that an older version made has no such column yet.
  to_jsonb(pipeline_run) ->> 'run_key' as "runKey",
  time_zone as "timeZone", as_of as "asOf", started_at as "startedAt", finished_at as "finishedAt",
  round(extract(epoch from finished_at - started_at) * 1000)::float8 as "durationMs", error, summary`;
const runs = 'ops.pipeline_run join ops.pipeline_run_state using (run_id)';

/** The newest runs, newest first. */
export async function listRuns(pool: Pool, limit: number): Promise<ReportedRun[]> {
  return queryRows<ReportedRun>(
    pool,
    `select ${runColumns} from ${runs} order by run_id desc limit $1`,
    [limit],
  );
}

/**
 * One run.
 *
 * @param run - Its number, or `last`.
 * @throws DaybookError `RUN_UNKNOWN`.
 */
export async function findRun(pool: Pool, run: string): Promise<ReportedRun> {
  const isNumber = /^\d{1,15}$/.test(run);
  const [found] =
    isNumber || run === 'last'
      ? await queryRows<ReportedRun>(
          pool,
          `select ${runColumns} from ${runs}
          where $1::bigint is null or run_id = $1
          order by run_id desc
          limit 1`,
          [isNumber ? run : null],
        )
      : [];
  if (found !== undefined) return found;
  throw new DaybookError('RUN_UNKNOWN', `there is no pipeline run ${run}`, {
    hint: 'daybook pipeline runs lists them; "last" is the newest',
  });
}

/**
 * The data folder, absolute, of the newest run that passed; undefined before the first, also in a warehouse that
 * was never used.
 */
export async function lastDataDir(pool: Pool): Promise<string | undefined> {
  try {
    const [run] = await queryRows<{ dataDir: string }>(
      pool,
      `select data_dir as "dataDir" from ops.pipeline_run
      where status = 'passed'
      order by run_id desc
      limit 1`,
    );
    return run?.dataDir;
  } catch (error) {
    const state = sqlstateOf(error);
    if (state === sqlstate.undefinedTable || state === sqlstate.invalidSchemaName) return undefined;
    throw error;
  }
}

/**
 * The tasks of a run in order of their start.
 *
 * @param task - Only this one and its tests: a model's name, or `load:FILE`.
 * @throws DaybookError `RUN_UNKNOWN` when there is no such task.
 */
export async function listTasks(pool: Pool, runId: number, task?: string): Promise<FinishedTask[]> {
  const tasks = await queryRows<FinishedTask>(
    pool,
    `select
      task, kind, state as status, attempt, reason, row_count::float8 as "rowCount",
      started_at as "startedAt", finished_at as "finishedAt",
      round(extract(epoch from finished_at - started_at) * 1000)::float8 as "durationMs", error, sql, plan
    from ops.task_run join ops.task_run_state using (run_id, task)
    where
      run_id = $1
      and ($2::text is null or task = $2 or starts_with(task, $2 || ':') or split_part(task, '.', 2) = $2)
    order by started_at nulls last, finished_at, task`,
    [runId, task ?? null],
  );
  if (tasks.length === 0 && task !== undefined) {
    throw new DaybookError('RUN_UNKNOWN', `run ${runId} has no task ${task}`, {
      hint: `daybook pipeline show ${runId} lists its tasks`,
    });
  }
  return tasks;
}

/** The number of the run in progress; null: none. */
export async function findRunAtWork(pool: Pool): Promise<number | null> {
  const [run] = await queryRows<{ runId: number }>(
    pool,
    `select run_id::float8 as "runId" from ops.pipeline_run_state where state = 'running'`,
  );
  return run?.runId ?? null;
}

/** The unfinished part of a run. */
export interface Unfinished {
  readonly runId: number;
  /** Its data folder. */
  readonly dataDir: string;
  /** The models that did not pass, by `schema.name`; empty: it did not reach its models. */
  readonly models: readonly string[];
}

/**
 * The unfinished part of a run: models that failed, their descendants, and those that it did not reach. Models
 * published before the failure stay.
 *
 * @param run - Its number, or `last`.
 * @throws DaybookError `RUN_UNKNOWN`; `USAGE` for a run that passed or is in progress.
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
