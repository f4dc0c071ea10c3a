-- Past periods done again, one after the other, each in a run of its own; whoever goes on sees what is done.
create table ops.backfill (
  backfill_id bigint generated always as identity primary key,
  from_day date not null,
  to_day date not null check (to_day >= from_day),
  width text not null,
  newest_first boolean not null,
  selected text[] not null,
  data_dir text,
  asked_by text not null,
  asked_at timestamptz not null default clock_timestamp(),
  process text,
  stop_asked_by text,
  finished_at timestamptz
);
comment on table ops.backfill is 'Backfills: past periods that somebody had loaded and built again';
comment on column ops.backfill.to_day is 'The last day, included';
comment on column ops.backfill.selected is 'Models as they were selected; empty: all';
comment on column ops.backfill.process is 'Host and number of the process that is at it, or was at last';
comment on column ops.backfill.finished_at is 'When all its slices had passed';

create table ops.backfill_slice (
  backfill_id bigint not null references ops.backfill on delete cascade,
  slice int not null,
  from_day date,
  to_day date,
  status text not null default 'pending'
    check (status in ('pending', 'running', 'passed', 'failed', 'stopped')),
  run_id bigint,
  tasks jsonb not null default '{}',
  error jsonb,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (backfill_id, slice)
);
comment on table ops.backfill_slice is 'The periods of a backfill in the order in which they are done';
comment on column ops.backfill_slice.from_day is 'Null: the last step, which builds what reads the slices';
comment on column ops.backfill_slice.to_day is 'The last day, included';
comment on column ops.backfill_slice.run_id is 'The pipeline run that did it, or tried to';
comment on column ops.backfill_slice.tasks is 'How each model ended, and all files as "files"';

-- Whether a process is at work on a backfill, by the lock that it holds meanwhile.
create view ops.backfill_state as
select
  backfill.backfill_id,
  exists (
    select from pg_locks
    where
      locktype = 'advisory' and granted and objsubid = 2 and classid = 8
      and objid::bigint = (hashtext(backfill.backfill_id::text)::bigint & 4294967295)
      and database = (select oid from pg_database where datname = current_database())
  ) as is_held
from ops.backfill;
comment on view ops.backfill_state is 'Whether a process is at work on a backfill';
