-- Several records of a JSON document may stand on one line: the byte where each begins tells them apart.

alter table ops.reject
  drop constraint reject_source_file_line_number_key,
  add unique (source_file, line_number, byte_offset);

alter table ops.refused_line
  drop constraint refused_line_pkey,
  add primary key (source_file, line_number, byte_offset);

alter table ops.mended_line add column byte_offset bigint not null default 0;
update ops.mended_line
set byte_offset = reject.byte_offset
from ops.reject
where reject.source_file = mended_line.source_file and reject.line_number = mended_line.line_number;
alter table ops.mended_line
  alter column byte_offset drop default,
  drop constraint mended_line_pkey,
  add primary key (source_file, line_number, byte_offset);
comment on column ops.mended_line.byte_offset is 'Where it began when it was mended; a record of a JSON document is known by it, a line by its number';
