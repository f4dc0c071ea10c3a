-- Sources are declared in sql/sources, each with a table of its own name.

alter table ops.source_file
  add column definition text not null default '',
  add column next_line bigint,
  add column header text[];
alter table ops.source_file alter column definition drop default;
comment on column ops.source_file.source is 'The source that the file belongs to: the name of its declaration and of its table in bronze';
comment on column ops.source_file.definition is 'Digest of the declaration that the file was loaded by; empty: of an earlier version';
comment on column ops.source_file.unfinished_bytes is 'Bytes at the end that more bytes would make other lines of, like a line without line feed; null: new lines cannot be told from old ones';
comment on column ops.source_file.next_line is 'The line at which the file goes on when it grows: the first of the unfinished ones';
comment on column ops.source_file.header is 'The names of a CSV''s columns as its first record has them';

create table ops.source_shape (
  source text not null,
  kind text not null check (kind in ('field', 'value')),
  name text not null,
  detail text not null,
  source_file text not null,
  run_id bigint references ops.pipeline_run on delete set null,
  seen_at timestamptz not null default clock_timestamp(),
  primary key (source, kind, name, detail)
);
comment on table ops.source_shape is 'What lines of each source were made of, beside what is declared: fields with their types, values of watched columns, and where each was seen first';

update ops.source_file
set
  source = 'log_event',
  next_line = line_count + case when unfinished_bytes = 0 then 1 when unfinished_bytes > 0 then 0 end;
