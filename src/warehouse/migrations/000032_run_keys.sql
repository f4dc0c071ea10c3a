-- Several processes may share a run: another orchestrator starts one for each of its tasks, all with the same key.
alter table ops.pipeline_run add column run_key text;
create unique index pipeline_run_key on ops.pipeline_run (run_key) where run_key is not null;
comment on column ops.pipeline_run.run_key is 'What the processes that share this run were given as its key; null: it is one process''s';

create table ops.run_part (
  run_id bigint not null references ops.pipeline_run on delete cascade,
  part text not null,
  status text not null check (status in ('running', 'passed', 'failed')),
  is_loaded boolean not null default false,
  report jsonb,
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  primary key (run_id, part)
);
comment on table ops.run_part is 'Of a run that processes share: what each was asked for, and how it ended last';
comment on column ops.run_part.part is 'What was asked for, in words: load, models gold.revenue';
comment on column ops.run_part.is_loaded is 'Whether it has loaded all files, within their limits: that is done once in a run';
