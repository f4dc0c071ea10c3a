-- Work that several processes share: who they are, what each has taken on, and runs that wait for one of them. Who
-- gets what is the queue's business, whose tables are its own.
create table ops.worker (
  worker_id uuid primary key,
  host text not null,
  process_id integer not null,
  code_version text,
  queues text[] not null,
  jobs integer not null,
  started_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz
);
comment on table ops.worker is 'Processes that do the tasks of runs';
comment on column ops.worker.seen_at is 'When it last said that it is there';
comment on column ops.worker.ended_at is 'When it ended, or was given up by the others; null: it is at work';
create index worker_at_work on ops.worker (started_at) where ended_at is null;

create table ops.worker_task (
  job_id uuid primary key,
  attempt integer not null,
  worker_id uuid not null references ops.worker on delete cascade,
  queue text not null,
  run_id bigint,
  task text not null,
  started_at timestamptz not null default clock_timestamp()
);
comment on table ops.worker_task is 'What a worker is doing: while its row is here it may publish the task, and nobody else';
create index worker_task_worker on ops.worker_task (worker_id);

create table ops.queued_run (
  run_id bigint primary key references ops.pipeline_run on delete cascade,
  request jsonb not null,
  queued_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz
);
comment on table ops.queued_run is 'Runs that were handed over to the workers';
comment on column ops.queued_run.request is 'What was asked for';
comment on column ops.queued_run.ended_at is 'When no worker had anything left to do for it';

alter table ops.pipeline_run drop constraint pipeline_run_status_check;
alter table ops.pipeline_run
  add constraint pipeline_run_status_check check (status in ('queued', 'running', 'passed', 'failed')),
  add column cancelled_at timestamptz;
comment on column ops.pipeline_run.cancelled_at is 'When somebody asked for its end';

-- The queue's tables are made when it is first used, and readers do not see them.
create function ops.queue_depth() returns table (queue text, waiting bigint, active bigint)
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  if to_regclass('daybook_queue.job') is null then
    return;
  end if;
  return query
  select
    job.name,
    count(*) filter (where job.state in ('created', 'retry')),
    count(*) filter (where job.state = 'active')
  from daybook_queue.job as job
  where job.state < 'completed'
  group by job.name;
end;
$$;
comment on function ops.queue_depth() is 'Jobs that wait and that are at work, of each queue of the workers; those of the queue dead were given up';
