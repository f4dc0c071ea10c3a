-- How Postgres carried a model's query out, and what a run's state is in truth.

alter table ops.task_run add column plan jsonb;
comment on column ops.task_run.plan is 'Of a table that was built: what explain (analyze, timing off, format json) said of its query';

-- So that a file of which nothing changed on disk need not be read again to know that.
alter table ops.source_file add column stamp text;
comment on column ops.source_file.stamp is 'Where the file lay and when it last changed, as the file system said; null: look at its content';

-- A process that is killed cannot say so: its run stays "running" in the table until the next run
-- marks it. Whoever really runs holds the pipeline's advisory lock, so the truth can be seen at any time.
create view ops.pipeline_run_state as
select
  run_id,
  case
    when error ->> 'code' in ('RUN_DIED', 'INTERRUPTED') then 'interrupted'
    when status = 'running' and not exists (
      select from pg_locks
      where
        locktype = 'advisory' and granted
        and database = (select oid from pg_database where datname = current_database())
        and (classid::bigint << 32) + objid::bigint = 28253295417356139
    ) then 'interrupted'
    else status
  end as state
from ops.pipeline_run;
comment on view ops.pipeline_run_state is 'Each run''s state as it is now: running, passed, failed, or interrupted, when its process is gone or somebody stopped it';

create view ops.task_run_state as
select
  run_id,
  task,
  case
    when task_run.status = 'running' and run.state <> 'running' then 'failed'
    when task_run.status = 'pending' and run.state <> 'running' then 'skipped'
    else task_run.status
  end as state
from ops.task_run
join ops.pipeline_run_state as run using (run_id);
comment on view ops.task_run_state is 'Each task''s state as it is now: what a run that is gone was doing has failed';
