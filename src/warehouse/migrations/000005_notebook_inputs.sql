-- What a notebook's run depended on and what it did, so that the next one can tell what changed.

alter table publication.notebook_run
  add column inputs jsonb,
  add column queries jsonb,
  add column cells jsonb,
  add column confirmed_at timestamptz;
comment on column publication.notebook_run.inputs is 'What the run depended on: cells, imported files, lock file, kernel, parameters, and the state of each table that it read';
comment on column publication.notebook_run.queries is 'What it asked the warehouse, in order: sql, tables, rows, milliseconds, cell';
comment on column publication.notebook_run.cells is 'How each cell of code ended: cell (from 1), status, milliseconds';
comment on column publication.notebook_run.confirmed_at is 'When a later run found everything unchanged and left this one in place; pipeline_run_id and data_through are those of then';
