-- A warehouse did not say which Daybook had brought it along, so an older one could not name what it needs.

create table ops.engine_version (
  number bigint generated always as identity primary key,
  version text,
  used_since timestamptz not null default clock_timestamp()
);
comment on table ops.engine_version is 'Each version of Daybook that wrote here after another one';
comment on column ops.engine_version.version is 'Null: one that did not say so yet';

insert into ops.engine_version (version, used_since)
select null, min(started_at) from ops.pipeline_run having count(*) > 0;
