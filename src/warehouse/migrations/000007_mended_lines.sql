-- Rejected lines that were mended by hand: they take the place of the line in every later load.

create table ops.mended_line (
  source_file text not null,
  line_number bigint not null,
  raw bytea not null,
  mended bytea not null,
  mended_at timestamptz not null default clock_timestamp(),
  primary key (source_file, line_number)
);
comment on table ops.mended_line is 'Lines that were mended by hand; each stands for its line as long as the file has the same bytes there';
comment on column ops.mended_line.raw is 'The line as the file has it';
