-- Each `daybook notebooks run`: what it was asked to do and what became of it, so that what it did not
-- finish can be done again.

create table publication.collection_run (
  collection_run_id bigint generated always as identity primary key,
  status text not null default 'running' check (status in ('running', 'passed', 'failed', 'stopped')),
  paths text[] not null,
  parameters jsonb not null,
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz
);
comment on table publication.collection_run is 'Each run of several notebooks together';
comment on column publication.collection_run.status is 'running: it goes on, or its process was killed';
comment on column publication.collection_run.paths is 'The notebooks and folders that were asked for, from the root; empty: the whole collection';
comment on column publication.collection_run.parameters is 'What was given for each run of its notebooks; secrets are never given';

create table publication.collection_run_notebook (
  collection_run_id bigint not null references publication.collection_run on delete cascade,
  notebook text not null,
  status text not null default 'waiting' check (status in ('waiting', 'passed', 'unchanged', 'failed', 'stopped')),
  run_id bigint references publication.notebook_run on delete set null,
  primary key (collection_run_id, notebook)
);
comment on table publication.collection_run_notebook is 'The notebooks of each such run';
comment on column publication.collection_run_notebook.notebook is 'Path from the root, with its variant';
create index on publication.collection_run_notebook (run_id);
