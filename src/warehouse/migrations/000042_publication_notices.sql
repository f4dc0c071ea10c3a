-- Every dashboard hears of what is published, whichever process and version of Daybook publishes it.
create function ops.tell_of_publication() returns trigger language plpgsql set search_path = '' as $$
begin
  perform pg_catalog.pg_notify('daybook_publication', '');
  return null;
end
$$;
comment on function ops.tell_of_publication() is 'Wakes dashboards that listen on daybook_publication when the transaction commits';

create trigger tell after insert or update or delete on publication.notebook
for each statement execute function ops.tell_of_publication();
create trigger tell after insert or update or delete on publication.notebook_run
for each statement execute function ops.tell_of_publication();
create trigger tell after insert or update or delete on ops.pipeline_run
for each statement execute function ops.tell_of_publication();
