-- Runs of notebooks that are handed over to the workers: what was asked, the snapshot that all of them read, what each
-- took, and whose they are.

alter table publication.collection_run
  drop constraint collection_run_status_check,
  add constraint collection_run_status_check check (status in ('queued', 'running', 'passed', 'failed', 'stopped')),
  add column request jsonb,
  add column snapshot text,
  add column cancelled_at timestamptz;
comment on column publication.collection_run.request is 'How its notebooks are run, of a run that was handed over to the workers; null: one process does it';
comment on column publication.collection_run.snapshot is 'The snapshot that its notebooks read now, held by the worker that leads it';
comment on column publication.collection_run.cancelled_at is 'When somebody asked for its end';

alter table publication.collection_run_notebook
  add column memory bigint,
  add column error jsonb;
comment on column publication.collection_run_notebook.memory is 'The most memory that its kernel was seen to take, in bytes; null: it was not measured';
comment on column publication.collection_run_notebook.error is 'Its failure';
create index on publication.collection_run_notebook (notebook, collection_run_id) where memory is not null;

alter table ops.worker add column memory bigint;
comment on column ops.worker.memory is 'What its kernels may take together, in bytes; null: as much as there is';

alter table ops.worker_task add column collection_run_id bigint;
comment on column ops.worker_task.collection_run_id is 'The run of notebooks that it belongs to';
