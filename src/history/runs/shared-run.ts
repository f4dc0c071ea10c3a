// A run that several processes share by its key: its participants, what each has done, its state.

import type { ClientBase, Pool } from 'pg';
import { queryRows } from '../../warehouse/query/query-rows.js';
import { lockByName, withTransaction } from '../../warehouse/query/transaction.js';
import { jsonb } from '../../warehouse/query/value-mapping.js';
import { mergeReports } from '../reports/merge-reports.js';
import type { PipelineReport } from '../reports/pipeline-report.js';
import { recordChange } from './newest-change.js';
import { countParticipants } from './run-lock.js';
import type { TaskError } from '../reports/task-error.js';

/** The facts of a run at its start. */
export interface RunStart {
  readonly trigger: string;
  readonly codeVersion: string | undefined;
  readonly dataDir: string;
  readonly timeZone: string;
}

/** What a process does of a run that it shares. It holds the run's lock with this key. */
export interface RunPart {
  /** The key of the run, chosen by whoever starts the processes. */
  readonly runKey: string;
  /** What was asked for, in words: `load`, `models gold.revenue`. Asked for again, it counts instead. */
  readonly part: string;
}

/** The error of a process that ended without a word. */
export const diedError: TaskError = {
  code: 'RUN_DIED',
  message: 'the process of this run ended',
};

/**
 * Begins the run of this key, or joins it. What processes that are gone have left unfinished is marked as failed.
 *
 * @returns The number of the run.
 */
export async function joinRun(pool: Pool, start: RunStart, part: RunPart): Promise<number> {
  return withTransaction(pool, async (client) => {
    const [run] = await queryRows<{ run_id: bigint }>(
      client,
      `insert into ops.pipeline_run (trigger, status, code_version, data_dir, time_zone, run_key)
      values ($1, 'running', $2, $3, $4, $5)
      on conflict (run_key) where run_key is not null do update
      set (status, code_version, data_dir, time_zone, finished_at) =
        ('running', excluded.code_version, excluded.data_dir, excluded.time_zone, null)
      returning run_id`,
      [...[start.trigger, start.codeVersion ?? null, start.dataDir, start.timeZone], part.runKey],
    );
    const runId = Number(run?.run_id);
    if ((await countParticipants(client, part.runKey)) < 2) {
      await client.query(
        `update ops.run_part set status = 'failed', finished_at = clock_timestamp()
        where run_id = $1 and status = 'running'`,
        [runId],
      );
      await client.query(
        `update ops.task_run
        set
          status = case status when 'running' then 'failed' else 'skipped' end,
          error = case status when 'running' then $2::jsonb end,
          finished_at = clock_timestamp()
        where run_id = $1 and status in ('running', 'pending')`,
        [runId, jsonb(diedError)],
      );
    }
    await client.query(
      `insert into ops.run_part (run_id, part, status) values ($1, $2, 'running')
      on conflict (run_id, part) do update
      set (status, started_at, finished_at) = ('running', clock_timestamp(), null)`,
      [runId, part.part],
    );
    return runId;
  });
}

/**
 * Ends the own part, and says how the whole run stands. While others take part it goes on.
 *
 * @param tasks - Of the own part.
 * @returns The report of the whole run so far.
 */
export async function leaveRun(
  pool: Pool,
  report: PipelineReport,
  { runKey, part }: RunPart,
  tasks: readonly string[],
): Promise<PipelineReport> {
  const { runId } = report;
  return withTransaction(pool, async (client) => {
    // Of two that leave at once, the second sees the first's report.
    await client.query('select from ops.pipeline_run where run_id = $1 for update', [runId]);
    const [before] = await queryRows<{ report: PipelineReport | null }>(
      client,
      'select report from ops.run_part where run_id = $1 and part = $2',
      [runId, part],
    );
    // What an earlier attempt has done this one has left alone.
    const done = mergeReports(
      runId,
      [before?.report ?? [], report].flat(),
      stateOf(report.status, report.error),
    );
    await client.query(
      `update ops.run_part set (status, report, finished_at) = ($3, $4, clock_timestamp())
      where run_id = $1 and part = $2`,
      [runId, part, report.status, jsonb(done)],
    );
    return summarize(client, runId, runKey, tasks);
  });
}

/**
 * Ends a run that all have left. Of several that leave at once each may see another's lock still, and take it for
 * at work; so whoever has given up its own lock looks once more.
 */
export async function endIfAllHaveLeft(pool: Pool, runId: number, runKey: string): Promise<void> {
  await withTransaction(pool, async (client) => {
    const { rowCount } = await client.query(
      "select from ops.pipeline_run where run_id = $1 and status = 'running' for update",
      [runId],
    );
    if (rowCount === 1 && (await countParticipants(client, runKey)) === 0) {
      await summarize(client, runId, runKey, []);
    }
  });
}

/** Takes back the own part, as if it had never been requested; a run without any other goes. */
export async function withdrawPart(
  pool: Pool,
  runId: number,
  { runKey, part }: RunPart,
): Promise<void> {
  await withTransaction(pool, async (client) => {
    await client.query('select from ops.pipeline_run where run_id = $1 for update', [runId]);
    await client.query('delete from ops.run_part where run_id = $1 and part = $2', [runId, part]);
    const { rowCount } = await client.query(
      `delete from ops.pipeline_run
      where run_id = $1 and not exists (select from ops.run_part where run_part.run_id = $1)`,
      [runId],
    );
    if (rowCount === 0) await summarize(client, runId, runKey, []);
  });
}

function stateOf(
  status: PipelineReport['status'],
  error: TaskError | undefined,
): Pick<PipelineReport, 'status' | 'error'> {
  return error === undefined ? { status } : { status, error };
}

/** Writes how the whole run stands. @param tasks - Those that have ended, whatever others are at. */
async function summarize(
  client: ClientBase,
  runId: number,
  runKey: string,
  tasks: readonly string[],
): Promise<PipelineReport> {
  const parts = await queryRows<{ status: string; report: PipelineReport | null }>(
    client,
    `select status, report from ops.run_part where run_id = $1 order by finished_at nulls last, part`,
    [runId],
  );
  const reports = parts.flatMap((one) => one.report ?? []);
  const status = parts.some((one) => one.status === 'failed') ? 'failed' : 'passed';
  const error = reports.find((one) => one.error !== undefined)?.error;
  const whole = mergeReports(runId, reports, stateOf(status, error));
  const isLast = (await countParticipants(client, runKey)) < 2;
  await client.query(
    `update ops.task_run
    set status = case status when 'running' then 'failed' else 'skipped' end,
      finished_at = clock_timestamp()
    where run_id = $1 and status in ('running', 'pending') and ($2 or task = any ($3::text[]))`,
    [runId, isLast, tasks],
  );
  await client.query(
    `update ops.pipeline_run
    set status = case when $2 then $3 else status end,
      summary = $4, error = $5, as_of = coalesce($6, as_of), finished_at = clock_timestamp()
    where run_id = $1`,
    [runId, isLast, whole.status, jsonb(whole), jsonb(whole.error), whole.asOf],
  );
  await recordChange(client, runId);
  return whole;
}

/**
 * Loads the files of a shared run, once: where two processes are asked for it the second waits for the first.
 *
 * @param load - Resolves to whether all files were loaded within their limits.
 * @returns False: it was done before.
 */
export async function loadOnce(
  pool: Pool,
  runId: number,
  { part }: RunPart,
  load: () => Promise<boolean>,
): Promise<boolean> {
  return withTransaction(pool, async (client) => {
    await lockByName(client, 'load', String(runId));
    const [loaded] = await queryRows<{ part: string }>(
      client,
      'select part from ops.run_part where run_id = $1 and is_loaded limit 1',
      [runId],
    );
    if (loaded !== undefined) return false;
    if (await load()) {
      await client.query(
        'update ops.run_part set is_loaded = true where run_id = $1 and part = $2',
        [runId, part],
      );
    }
    return true;
  });
}

/** The models that this run has built or found unchanged. */
export async function readDoneTasks(pool: Pool, runId: number): Promise<ReadonlySet<string>> {
  const rows = await queryRows<{ task: string }>(
    pool,
    `select task from ops.task_run
    where run_id = $1 and kind in ('model', 'view') and status in ('passed', 'unchanged')`,
    [runId],
  );
  return new Set(rows.map(({ task }) => task));
}
