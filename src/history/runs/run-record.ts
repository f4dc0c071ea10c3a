// Recording of pipeline runs and tasks; deletion of old ones.

import type { Pool, PoolClient } from 'pg';
import { queryRows } from '../../warehouse/query/query-rows.js';
import type { TaskKind } from './pipeline-run.js';
import { checkClaim, type TaskClaim } from '../workers/task-claim.js';
import type { TaskError } from '../reports/task-error.js';
import type { ModelReport, ModelStatus, PipelineReport } from '../reports/pipeline-report.js';
import { jsonb } from '../../warehouse/query/value-mapping.js';
import { recordChange } from './newest-change.js';
import {
  diedError,
  joinRun,
  leaveRun,
  loadOnce,
  readDoneTasks,
  withdrawPart,
  type RunPart,
  type RunStart,
} from './shared-run.js';

/** The result of a task. */
export interface TaskResult {
  readonly status: ModelStatus;
  /** The number of attempts; default 1. */
  readonly attempt?: number | undefined;
  /** Why it ran. */
  readonly reason?: string | undefined;
  readonly rowCount: number | null;
  /** The executed statements. */
  readonly sql: string | null;
  /** The query plan, as JSON of `explain`. */
  readonly plan?: unknown;
  readonly error?: TaskError | undefined;
}

/**
 * Marks runs as failed whose process is gone. Only the holder of the run lock may call it, because no other run
 * can be alive then.
 *
 * @param runKey - Of the run that the lock is held for together with others, which may be alive.
 * @returns The numbers of these runs.
 */
export async function closeDeadRuns(pool: Pool, runKey?: string): Promise<number[]> {
  const runs = await queryRows<{ run_id: bigint }>(
    pool,
    `with
      dead as (
        update ops.pipeline_run
        set status = 'failed', error = $1, finished_at = clock_timestamp()
        where status = 'running' and (run_key is null or run_key is distinct from $2)
        returning run_id
      ),
      parts as (
        update ops.run_part set status = 'failed', finished_at = clock_timestamp()
        from dead
        where run_part.run_id = dead.run_id and run_part.status = 'running'
      ),
      tasks as (
        update ops.task_run
        set
          status = case task_run.status when 'running' then 'failed' else 'skipped' end,
          error = case task_run.status when 'running' then $1::jsonb end,
          finished_at = clock_timestamp()
        from dead
        where task_run.run_id = dead.run_id and task_run.status in ('running', 'pending')
      )
    select run_id from dead order by run_id`,
    [jsonb(diedError), runKey ?? null],
  );
  return runs.map((run) => Number(run.run_id));
}

/** Writes the rows of a run in `ops.pipeline_run` and `ops.task_run`. */
export class RunRecord {
  readonly runId: number;
  readonly #pool: Pool;
  /** Undefined: the run is this process's alone. */
  readonly #part: RunPart | undefined;
  readonly #claim: TaskClaim | undefined;
  #tasks: readonly string[] = [];

  private constructor(
    pool: Pool,
    runId: number,
    { part, claim }: { part?: RunPart | undefined; claim?: TaskClaim | undefined } = {},
  ) {
    this.#pool = pool;
    this.runId = runId;
    this.#part = part;
    this.#claim = claim;
  }

  /**
   * The record of a run that another process leads, for one task of it.
   *
   * @param claim - By which a worker has the task. Default: there is nobody else.
   */
  static ofTask(pool: Pool, runId: number, claim?: TaskClaim): RunRecord {
    return new RunRecord(pool, runId, { claim });
  }

  /** @param part - Of a run that processes share. Default: the run is this process's alone. */
  static async start(pool: Pool, start: RunStart, part?: RunPart): Promise<RunRecord> {
    if (part !== undefined) return new RunRecord(pool, await joinRun(pool, start, part), { part });
    const [run] = await queryRows<{ run_id: bigint }>(
      pool,
      `insert into ops.pipeline_run (trigger, status, code_version, data_dir, time_zone)
      values ($1, 'running', $2, $3, $4)
      returning run_id`,
      [start.trigger, start.codeVersion ?? null, start.dataDir, start.timeZone],
    );
    return new RunRecord(pool, Number(run?.run_id));
  }

  /**
   * Checks that the task is still this process's, in the transaction that publishes it.
   *
   * @throws DaybookError `TASK_LOST`.
   */
  async checkClaim(client: PoolClient): Promise<void> {
    if (this.#claim !== undefined) await checkClaim(client, this.#claim);
  }

  /** Deletes the run, as if it had never been requested; of a shared run the own part. */
  async withdraw(): Promise<void> {
    if (this.#part !== undefined) return withdrawPart(this.#pool, this.runId, this.#part);
    await this.#pool.query('delete from ops.pipeline_run where run_id = $1', [this.runId]);
  }

  /**
   * Loads files; in a shared run only once.
   *
   * @param load - Resolves to whether all files were loaded within their limits.
   * @returns False: another process of this run has done it.
   */
  async loading(load: () => Promise<boolean>): Promise<boolean> {
    if (this.#part !== undefined) return loadOnce(this.#pool, this.runId, this.#part, load);
    await load();
    return true;
  }

  /** The models that this run has dealt with already, by other processes. */
  async doneTasks(): Promise<ReadonlySet<string>> {
    return this.#part === undefined ? new Set() : readDoneTasks(this.#pool, this.runId);
  }

  /** Stores the graph for this run, and its models as pending tasks. */
  async setGraph(
    graph: Readonly<Record<string, readonly string[]>>,
    tasks: readonly { task: string; kind: TaskKind }[],
  ): Promise<void> {
    await this.#pool.query('update ops.pipeline_run set graph = $2 where run_id = $1', [
      this.runId,
      JSON.stringify(graph),
    ]);
    this.#tasks = tasks.map(({ task }) => task);
    await this.#pool.query(
      `insert into ops.task_run (run_id, task, kind, status)
      select $1, task, kind, 'pending' from unnest($2::text[], $3::text[]) as pending (task, kind)
      on conflict (run_id, task) do update set status = 'pending'
      where task_run.status in ('failed', 'upstream_failed', 'skipped')`,
      [this.runId, tasks.map(({ task }) => task), tasks.map(({ kind }) => kind)],
    );
  }

  /** Records the start of a task; {@link taskRan} records its end. */
  async taskStarted(task: string, kind: TaskKind): Promise<void> {
    await this.#pool.query(
      `insert into ops.task_run (run_id, task, kind, status, started_at)
      values ($1, $2, $3, 'running', clock_timestamp())
      on conflict (run_id, task) do update set status = 'running', started_at = excluded.started_at
      where task_run.status <> 'passed'`,
      [this.runId, task, kind],
    );
  }

  /** Records the result of a task, started or not. */
  async taskRan(
    task: string,
    kind: TaskKind,
    result: TaskResult,
    durationMs: number,
  ): Promise<void> {
    // Whoever has the task now says what becomes of it.
    if (result.error?.code === 'TASK_LOST') return;
    await this.#pool.query(
      `insert into ops.task_run
        (run_id, task, kind, status, attempt, reason, row_count, sql, plan, error, started_at, finished_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
        clock_timestamp() - make_interval(secs => $11), clock_timestamp())
      on conflict (run_id, task) do update
      set (status, attempt, reason, row_count, sql, plan, error, started_at, finished_at) =
        (excluded.status, excluded.attempt, excluded.reason, excluded.row_count, excluded.sql, excluded.plan,
          excluded.error, excluded.started_at, excluded.finished_at)
      -- Of two processes at the same task, the second finds nothing left to do.
      where not (task_run.status = 'passed' and excluded.status = 'unchanged')`,
      [
        ...[this.runId, task, kind, result.status, result.attempt ?? 1, result.reason ?? null],
        ...[
          result.rowCount,
          result.sql,
          jsonb(result.plan),
          jsonb(result.error),
          durationMs / 1000,
        ],
      ],
    );
  }

  /** Records models that a run did not build: they take no time, so they are written together. */
  async tasksNotRun(reports: readonly ModelReport[]): Promise<void> {
    await this.#pool.query(
      `update ops.task_run
      set (status, reason, row_count, started_at, finished_at) =
        (ended.status, ended.reason, ended.row_count, clock_timestamp(), clock_timestamp())
      from unnest($2::text[], $3::text[], $4::text[], $5::bigint[])
        as ended (task, status, reason, row_count)
      where run_id = $1 and task_run.task = ended.task and task_run.status <> 'passed'`,
      [
        this.runId,
        ...[reports.map(({ model }) => model), reports.map(({ status }) => status)],
        ...[reports.map(({ reason }) => reason), reports.map(({ rows }) => rows)],
      ],
    );
  }

  /**
   * Records the end of the run, or of this process's part; unfinished tasks are marked as skipped.
   *
   * @returns The report of the whole run so far.
   */
  async finish(report: PipelineReport): Promise<PipelineReport> {
    if (this.#part !== undefined) {
      const loads = report.files.map(({ file }) => `load:${file}`);
      return leaveRun(this.#pool, report, this.#part, [...this.#tasks, ...loads]);
    }
    await this.#pool.query(
      `with
        tasks as (
          update ops.task_run
          set status = case status when 'running' then 'failed' else 'skipped' end,
            finished_at = clock_timestamp()
          where run_id = $1 and status in ('running', 'pending')
        )
      update ops.pipeline_run
      set status = $2, summary = $3, error = $4, as_of = $5, finished_at = clock_timestamp()
      where run_id = $1`,
      [...[this.runId, report.status, jsonb(report)], ...[jsonb(report.error), report.asOf]],
    );
    await recordChange(this.#pool, this.runId);
    return report;
  }
}

/** The retention of the history. */
export interface Retention {
  /** The most runs. */
  readonly runs: number;
  /** The most days since a run's start. */
  readonly days: number;
}

/**
 * Deletes runs beyond the retention, with their tasks. The newest run that passed and the newest that changed data are
 * kept in any case, and so are runs in progress and those that a published page names.
 *
 * @returns The number of deleted runs.
 */
export async function deleteOldRuns(pool: Pool, { runs, days }: Retention): Promise<number> {
  const { rowCount } = await pool.query(
    `delete from ops.pipeline_run as run
    where
      status <> 'running'
      and (
        started_at < clock_timestamp() - make_interval(days => $2)
        or run_id not in (select run_id from ops.pipeline_run order by run_id desc limit $1)
      )
      and run_id <> all (
        select run_id from ops.pipeline_run where status = 'passed' order by run_id desc limit 1
      )
      and run_id <> all (select newest_change.run_id from ops.newest_change)
      and not exists (
        select from publication.notebook_run where pipeline_run_id = run.run_id
      )`,
    [runs, days],
  );
  return rowCount ?? 0;
}
