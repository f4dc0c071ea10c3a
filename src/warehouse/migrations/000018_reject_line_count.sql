-- A long row of blank lines is one entry: a file may hold a million of them.

alter table ops.reject add column line_count bigint not null default 1;
comment on column ops.reject.line_count is 'So many lines from line_number on it stands for: more than 1 only for blank lines, of which raw has the first';
