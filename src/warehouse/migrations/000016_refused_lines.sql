-- A file of which too many lines are rejected is not loaded. Its first rejected lines are kept beside the
-- quarantine, so that somebody can see why; they count nowhere.

create table ops.refused_line (
  run_id bigint not null references ops.pipeline_run on delete cascade,
  source_file text not null,
  line_number bigint not null,
  byte_offset bigint not null,
  reason text not null,
  message text not null,
  raw bytea not null,
  rejected_at timestamptz not null default clock_timestamp(),
  primary key (source_file, line_number)
);
comment on table ops.refused_line is 'The first rejected lines of files that were refused for their rejected lines, as of the last attempt; the warehouse holds nothing of that attempt';
comment on column ops.refused_line.raw is 'The beginning of the line';
create index on ops.refused_line (run_id);
