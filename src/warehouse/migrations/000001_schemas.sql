-- The five schemas, and the records of runs, files, rejected lines and publications. Migrations are
-- append-only: change the warehouse with the next number.

create schema bronze;
create schema silver;
create schema gold;
-- Schema ops is there already: it holds ops.migration, the list of applied migrations.
create schema publication;

comment on schema bronze is 'Accepted lines of the logs, as they came';
comment on schema silver is 'Cleaned and typed: one row per customer, sign-up, change';
comment on schema gold is 'Answers: the tables that notebooks and dashboards read';
comment on schema ops is 'What the pipeline did: runs, tasks, files, rejected lines';
comment on schema publication is 'Executed notebooks and their runs';

-- What the read-only role daybook_reader may read is no matter of migrations, because that role may
-- come into being later: it is granted whenever the warehouse is opened, for later tables too.

create table bronze.log_event (
  account bigint not null,
  occurred_at timestamptz not null,
  log_type text not null,
  level text,
  payload jsonb not null,
  source_file text not null,
  line_number bigint not null
);
comment on table bronze.log_event is 'Each accepted line of the logs, once';
comment on column bronze.log_event.payload is 'The fields of the line that have no column of their own';
comment on column bronze.log_event.source_file is 'Path of the file below the data folder';
comment on column bronze.log_event.line_number is 'Line in that file, from 1';
create index on bronze.log_event (source_file, line_number);
create index on bronze.log_event (log_type, occurred_at);

create table bronze.report_parameter (
  only_row boolean primary key default true check (only_row),
  time_zone text not null,
  as_of timestamptz
);
comment on table bronze.report_parameter is 'One row: what the models need of the configuration';
comment on column bronze.report_parameter.as_of is 'The instant of the report as configured; null: derived from the newest event';

create table ops.pipeline_run (
  run_id bigint generated always as identity primary key,
  trigger text not null,
  status text not null check (status in ('running', 'passed', 'failed')),
  code_version text,
  data_dir text not null,
  time_zone text not null,
  as_of timestamptz,
  graph jsonb,
  summary jsonb,
  error jsonb,
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz
);
comment on column ops.pipeline_run.trigger is 'What started it: command, schedule, up';
comment on column ops.pipeline_run.graph is 'The models of this run: name to names it reads';
comment on column ops.pipeline_run.as_of is 'The instant of the report, once it is known';

create table ops.task_run (
  run_id bigint not null references ops.pipeline_run on delete cascade,
  task text not null,
  kind text not null check (kind in ('load', 'model', 'view', 'test')),
  status text not null
    check (status in ('pending', 'running', 'passed', 'unchanged', 'failed', 'upstream_failed', 'skipped')),
  attempt integer not null default 1,
  row_count bigint,
  sql text,
  error jsonb,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (run_id, task)
);
comment on column ops.task_run.task is 'A model''s name, or load:FILE';
comment on column ops.task_run.sql is 'The statements that ran, as they ran';

create table ops.source_file (
  source_file text primary key,
  sha256 bytea not null,
  bytes bigint not null,
  line_count bigint not null,
  loaded_count bigint not null,
  rejected_count bigint not null,
  run_id bigint references ops.pipeline_run on delete set null,
  loaded_at timestamptz not null default clock_timestamp()
);
comment on table ops.source_file is 'The files that bronze holds, by content: line_count = loaded_count + rejected_count';

create table ops.reject (
  reject_id bigint generated always as identity primary key,
  source_file text not null references ops.source_file on delete cascade,
  line_number bigint not null,
  byte_offset bigint not null,
  reason text not null,
  message text not null,
  raw bytea not null,
  run_id bigint references ops.pipeline_run on delete set null,
  rejected_at timestamptz not null default clock_timestamp(),
  unique (source_file, line_number)
);
comment on table ops.reject is 'Lines that could not be loaded, byte for byte';
comment on column ops.reject.reason is 'A stable code, like invalid_json';
comment on column ops.reject.byte_offset is 'Where the line begins in the (uncompressed) file, from 0';

create table publication.notebook (
  slug text primary key,
  path text not null,
  title text not null,
  summary text not null default '',
  position integer not null default 0,
  retired_at timestamptz
);
comment on table publication.notebook is 'The notebooks of the dashboard, by the name in their address';
comment on column publication.notebook.retired_at is 'When its file was gone; null while it is there';

create table publication.notebook_run (
  run_id bigint generated always as identity primary key,
  slug text not null references publication.notebook on delete cascade,
  status text not null check (status in ('passed', 'failed')),
  document text not null,
  error jsonb,
  kernel jsonb not null,
  code_version text,
  pipeline_run_id bigint references ops.pipeline_run on delete set null,
  data_through timestamptz,
  started_at timestamptz not null,
  finished_at timestamptz not null
);
comment on table publication.notebook_run is 'Each finished run; the page shows the newest that passed';
comment on column publication.notebook_run.document is 'The executed notebook, nbformat 4.5 as JSON text (jsonb would refuse \u0000)';
comment on column publication.notebook_run.error is 'Of a failed run: cell, line, column, ename, evalue';
comment on column publication.notebook_run.data_through is 'The newest event that the warehouse held when it ran';
create index on publication.notebook_run (slug, run_id desc);
