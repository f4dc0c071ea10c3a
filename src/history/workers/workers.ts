// Workers, their heartbeats, and the tasks that they have claimed (`ops.worker`, `ops.worker_task`).

import type { Pool } from 'pg';
import { queryRows } from '../../warehouse/query/query-rows.js';
import type { TaskClaim } from './task-claim.js';

/** A worker, as it introduces itself. */
export interface WorkerStart {
  readonly workerId: string;
  readonly host: string;
  readonly processId: number;
  readonly codeVersion: string | undefined;
  readonly queues: readonly string[];
  readonly jobs: number;
  /** What its kernels may take together, in bytes; null: as much as there is. */
  readonly memory: number | null;
}

/** What a worker does. */
export interface WorkerTask extends TaskClaim {
  readonly queue: string;
  /** Null: it is of no pipeline run. */
  readonly runId: number | null;
  /** The run of notebooks that it belongs to; null: it is of none. */
  readonly collection: number | null;
  readonly task: string;
}

/** A worker for lists and pages; times are RFC 3339 in UTC. */
export interface ListedWorker extends Omit<WorkerStart, 'codeVersion'> {
  readonly startedAt: string;
  readonly tasks: readonly { readonly task: string; readonly runId: number | null }[];
}

/** Jobs of a queue. */
export interface QueueDepth {
  readonly queue: string;
  readonly waiting: number;
  readonly active: number;
}

/** The silence after which a worker is given up although its connections stand, in seconds. */
export const leaseSeconds = 5;

/** The silence after which a worker without any connection is given up, in seconds. */
const lostSeconds = 2;

/** The name of a worker's sessions, by which they can be ended. */
export function sessionName(workerId: string): string {
  return `daybook worker ${workerId}`;
}

/** Introduces a worker. */
export async function startWorker(pool: Pool, worker: WorkerStart): Promise<void> {
  await pool.query(
    `insert into ops.worker (worker_id, host, process_id, code_version, queues, jobs, memory)
    values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      ...[worker.workerId, worker.host, worker.processId, worker.codeVersion ?? null],
      ...[worker.queues, worker.jobs, worker.memory],
    ],
  );
}

/** Says that the worker is there. @returns False: the others have given it up. */
export async function beat(pool: Pool, workerId: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    'update ops.worker set seen_at = clock_timestamp() where worker_id = $1 and ended_at is null',
    [workerId],
  );
  return rowCount === 1;
}

/** Says that the worker has ended; nothing is its any more. */
export async function endWorker(pool: Pool, workerId: string): Promise<void> {
  await pool.query(
    `with gone as (delete from ops.worker_task where worker_id = $1)
    update ops.worker set ended_at = clock_timestamp() where worker_id = $1`,
    [workerId],
  );
}

/** Records that a worker has taken a task on; an earlier attempt may not publish it any more. */
export async function claimTask(pool: Pool, task: WorkerTask): Promise<void> {
  await pool.query(
    `insert into ops.worker_task (job_id, attempt, worker_id, queue, run_id, task, collection_run_id)
    values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (job_id) do update
    set (attempt, worker_id, started_at) = (excluded.attempt, excluded.worker_id, excluded.started_at)
    where worker_task.attempt <= excluded.attempt`,
    [
      ...[task.jobId, task.attempt, task.workerId, task.queue, task.runId, task.task],
      task.collection,
    ],
  );
}

/** Records that a worker has ended a task. */
export async function releaseTask(
  pool: Pool,
  { jobId, attempt, workerId }: TaskClaim,
): Promise<void> {
  await pool.query(
    'delete from ops.worker_task where job_id = $1 and attempt = $2 and worker_id = $3',
    [jobId, attempt, workerId],
  );
}

/**
 * Gives up workers that are dead, frozen or cut off, by the warehouse's clock. Their sessions are ended first, so
 * that nothing of theirs is published from here on, and no lock of theirs is in anybody's way.
 *
 * @returns Their tasks, which are to be given to others.
 */
export async function giveUpSilentWorkers(pool: Pool): Promise<WorkerTask[]> {
  const silent = await queryRows<{ workerId: string; name: string }>(
    pool,
    `select worker_id as "workerId", session.name
    from ops.worker, lateral (select concat('daybook worker ', worker_id)) as session (name)
    where
      ended_at is null
      and (
        seen_at < clock_timestamp() - make_interval(secs => $1)
        or seen_at < clock_timestamp() - make_interval(secs => $2) and not exists (
          select from pg_stat_activity
          where datname = current_database() and application_name = session.name
        )
      )`,
    [leaseSeconds, lostSeconds],
  );
  const tasks: WorkerTask[] = [];
  for (const { workerId, name } of silent) {
    await pool.query(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity
      where datname = current_database() and usename = current_user and application_name = $1`,
      [name],
    );
    tasks.push(
      ...(await queryRows<WorkerTask>(
        pool,
        `with
          ended as (
            update ops.worker set ended_at = clock_timestamp()
            where worker_id = $1 and ended_at is null
          )
        delete from ops.worker_task where worker_id = $1
        returning job_id as "jobId", attempt, worker_id as "workerId", queue, task,
          run_id::float8 as "runId", collection_run_id::float8 as collection`,
        [workerId],
      )),
    );
  }
  return tasks;
}

/** The workers that are there, oldest first, with what they do. */
export async function listWorkers(pool: Pool): Promise<ListedWorker[]> {
  return queryRows<ListedWorker>(
    pool,
    `select
      worker_id as "workerId", host, process_id as "processId", queues, jobs,
      memory::float8 as memory, started_at as "startedAt",
      (
        select coalesce(jsonb_agg(jsonb_build_object('task', task, 'runId', run_id) order by started_at), '[]')
        from ops.worker_task
        where worker_task.worker_id = worker.worker_id
      ) as tasks
    from ops.worker
    where ended_at is null and seen_at > clock_timestamp() - make_interval(secs => $1)
    order by started_at, worker_id`,
    [2 * leaseSeconds],
  );
}

/** The size of a fleet. */
export interface Fleet {
  /** Workers that are there. */
  readonly workers: number;
  /** Those that have room for another task. */
  readonly idle: number;
}

/** How many workers there are now; the silent are none, so that those who are left do not wait for them. */
export async function readFleet(pool: Pool): Promise<Fleet> {
  const [fleet] = await queryRows<Fleet>(
    pool,
    `select
      count(*)::float8 as workers,
      count(*) filter (where coalesce(held.tasks, 0) < worker.jobs)::float8 as idle
    from ops.worker
    left join (select worker_id, count(*) as tasks from ops.worker_task group by worker_id) as held
      using (worker_id)
    where ended_at is null and seen_at > clock_timestamp() - make_interval(secs => $1)`,
    [leaseSeconds],
  );
  return fleet ?? { workers: 0, idle: 0 };
}

/** The most memory that a worker of a queue has, in bytes; Infinity: as much as there is, or no worker is there. */
export async function readMostMemory(pool: Pool, queue: string): Promise<number> {
  const [row] = await queryRows<{ memory: number | null }>(
    pool,
    `select case when bool_and(memory is not null) then max(memory) end::float8 as memory
    from ops.worker
    where
      ended_at is null and $1 = any (queues)
      and seen_at > clock_timestamp() - make_interval(secs => $2)`,
    [queue, 2 * leaseSeconds],
  );
  return row?.memory ?? Infinity;
}

/** Jobs that wait and that are at work; none where the queue was never used. */
export async function readQueueDepth(pool: Pool): Promise<QueueDepth[]> {
  return queryRows<QueueDepth>(
    pool,
    `select queue, waiting::float8 as waiting, active::float8 as active
    from ops.queue_depth() order by queue`,
  );
}

/** Deletes workers that ended more than a day ago. */
export async function forgetWorkers(pool: Pool): Promise<void> {
  await pool.query("delete from ops.worker where ended_at < clock_timestamp() - interval '1 day'");
}

/** How long each model took when it was last built, in seconds; views take no time. */
export async function readModelSeconds(pool: Pool): Promise<ReadonlyMap<string, number>> {
  const rows = await queryRows<{ task: string; seconds: number }>(
    pool,
    `select distinct on (task)
      task, case kind when 'view' then 0 else extract(epoch from finished_at - started_at) end::float8 as seconds
    from ops.task_run
    where kind in ('model', 'view') and status = 'passed' and finished_at is not null
    order by task, run_id desc`,
  );
  return new Map(rows.map(({ task, seconds }) => [task, seconds]));
}
