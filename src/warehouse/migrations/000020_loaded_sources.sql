-- A source all of whose fields have columns leaves no shape behind, and was taken for one that nobody had loaded.
alter table ops.source_shape drop constraint source_shape_kind_check;
alter table ops.source_shape
add constraint source_shape_kind_check check (kind in ('source', 'field', 'value'));

comment on table ops.source_shape is 'What lines of each source were made of, beside what is declared: fields with their types, values of watched columns, and where each was seen first; of kind source one row for each source that was ever loaded';

insert into ops.source_shape (source, kind, name, detail, source_file, run_id)
select distinct on (source) source, 'source', '', '', source_file, run_id
from ops.source_file
order by source, run_id
on conflict do nothing;
