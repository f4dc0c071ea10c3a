-- Files belong to a source, and a file that has grown is continued where its last load ended.

alter table ops.source_file
  add column source text not null default 'customer-logs',
  add column unfinished_bytes bigint,
  add column newest_event timestamptz;
alter table ops.source_file alter column source drop default;
comment on column ops.source_file.source is 'The source that the file belongs to, by its declaration''s name';
comment on column ops.source_file.unfinished_bytes is 'Bytes of the last line if it had no line feed yet, else 0; null: new lines cannot be told from old ones';
comment on column ops.source_file.newest_event is 'The latest event time of its loaded lines';

update ops.source_file
set newest_event = found.newest
from (
  select source_file, max(occurred_at) as newest from bronze.log_event group by source_file
) as found
where found.source_file = source_file.source_file;

-- Two b-trees took more of a load's time than all the rest. A block range index costs nothing to
-- keep: the lines of a file lie together, and that is all that replacing a file needs.
drop index bronze.log_event_source_file_line_number_idx;
drop index bronze.log_event_log_type_occurred_at_idx;
create index log_event_source_file on bronze.log_event
  using brin (source_file) with (pages_per_range = 32, autosummarize = on);
