-- A line that is added to a file touched every slice that the file has events in. What tells its new lines
-- from those that an incremental model has taken already is kept beside it.

alter table ops.source_file add column generation uuid not null default gen_random_uuid();
comment on column ops.source_file.generation is 'Another one whenever lines that were loaded are replaced, or others come between them; the same while the file only grows';

alter table ops.model_file
  add column generation uuid,
  add column next_line bigint,
  add column open_days date[] not null default '{}';
comment on column ops.model_file.generation is 'That of the ledger''s row when its rows were taken; null: of an earlier version';
comment on column ops.model_file.next_line is 'The line at which the file goes on when it grows; null: new lines cannot be told from old ones';
comment on column ops.model_file.open_days is 'The days of the events from that line on: they go when the file grows';
