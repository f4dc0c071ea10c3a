-- What each published model was built from, so that a run can tell what need not be built again.

create table ops.model_state (
  model text primary key,
  relation oid,
  definition text not null,
  metadata text not null,
  inputs jsonb not null,
  version text not null,
  row_count bigint,
  built_at timestamptz not null default clock_timestamp()
);
comment on table ops.model_state is 'The models that are published: what they were built from, and which version of their rows this is';
comment on column ops.model_state.relation is 'The table or view that was published; another one under the same name is not ours';
comment on column ops.model_state.definition is 'Digest of all in the file that rows and tests depend on';
comment on column ops.model_state.metadata is 'Digest of descriptions and indexes';
comment on column ops.model_state.inputs is 'What it reads: name to the version that was read';
comment on column ops.model_state.version is 'Of a table: the run that last changed its rows. Of a view: nothing, it follows from what it reads';

create table ops.model_file (
  model text not null references ops.model_state on delete cascade,
  source_file text not null,
  content text not null,
  days date[] not null,
  primary key (model, source_file)
);
comment on table ops.model_file is 'Of incremental models: the files whose rows are in them';
comment on column ops.model_file.content is 'Digest of the ledger''s row when its rows were taken';
comment on column ops.model_file.days is 'The days, in UTC, of the events that were taken from it';

alter table ops.task_run add column reason text;
comment on column ops.task_run.reason is 'Why it ran or not';

-- Models that earlier versions published are known from the history of runs; they are built once more.
insert into ops.model_state (model, definition, metadata, inputs, version)
select distinct task, '', '', '{}'::jsonb, ''
from ops.task_run
where kind in ('model', 'view') and status in ('passed', 'unchanged') and to_regclass(task) is not null;
